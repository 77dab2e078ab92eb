//! Regular expressions as the proxies compile them: each once, since every question asks for the same ones.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use regex::Regex;

/// The expressions that were asked for so far; none where one cannot be compiled.
#[derive(Default)]
pub(super) struct Expressions(RefCell<BTreeMap<String, Option<Rc<Regex>>>>);

impl Expressions {
    pub(super) fn get(&self, expression: &str) -> Option<Rc<Regex>> {
        if let Some(known) = self.0.borrow().get(expression) {
            return known.clone();
        }
        let compiled = Regex::new(expression).ok().map(Rc::new);
        self.0.borrow_mut().insert(expression.to_owned(), compiled.clone());
        compiled
    }
}
