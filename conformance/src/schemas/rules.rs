//! The CEL rules of a CRD (`x-kubernetes-validations`), compiled once per text and run at every place they govern.
//!
//! A rule that cannot be compiled, or not run on an object that its schema accepts, is [`Unjudged`]: it has a name,
//! it is reported, and it fails the run unless [`LEFT_OUT_RULES`] says why it may be left out.
//! Not modelled: `messageExpression` (the message is fixed), and the CEL types that upstream gives to texts of the
//! formats `date-time`, `duration` and `byte`, which are texts here.

mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Env, Program, Value as Cel, extensions};
use serde_json::Value;

use super::Complaint;
use crate::object::token;

/// Rules that are left out on purpose: kind, rule, reason.
pub const LEFT_OUT_RULES: &[(&str, &str, &str)] =
    &[("Rollout", "self == oldSelf", "a rule about a change, and a tree has no former state")];

/// The functions that our upstreams' rules call, each of them known to [`Engine`]; the operators are all known.
const FUNCTIONS: &[&str] =
    &["contains", "duration", "endsWith", "int", "isIP", "matches", "size", "startsWith", "substring"];

/// A rule that is not judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// The release, version and kind, and the pointer into its schema or object.
    pub place: String,
    pub rule: String,
    pub reason: String,
    /// Whether [`LEFT_OUT_RULES`] allows it.
    pub allowed: bool,
}

impl fmt::Display for Unjudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: rule `{}`: {}", self.place, self.rule, self.reason)
    }
}

/// The rules of a schema and of what lies beneath it; parts without a rule are left out.
#[derive(Default)]
pub struct RuleTree {
    rules: Vec<Rule>,
    fields: Vec<(String, RuleTree)>,
    items: Option<Box<RuleTree>>,
    others: Option<Box<RuleTree>>,
}

struct Rule {
    text: String,
    message: String,
    program: Arc<Program>,
}

/// What compiling a schema's rules gives.
#[derive(Default)]
pub struct Compiled {
    pub tree: RuleTree,
    pub count: usize,
    pub unjudged: BTreeSet<Unjudged>,
}

/// What running a schema's rules on an object gives.
#[derive(Default)]
pub struct Outcome {
    pub broken: Vec<Complaint>,
    pub runs: usize,
    pub rules_run: BTreeSet<String>,
    pub unjudged: BTreeSet<Unjudged>,
}

/// The CEL environment of Kubernetes, as far as our upstreams use it.
pub struct Engine {
    env: Arc<Env>,
    programs: BTreeMap<String, Result<Arc<Program>, String>>,
}

impl Engine {
    pub fn new() -> Engine {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings).expect("the standard environment has no string extensions yet");
        Engine { env: Arc::new(env), programs: BTreeMap::new() }
    }

    /// How many texts were compiled.
    pub fn programs(&self) -> usize {
        self.programs.len()
    }

    /// Compiles every rule of a published schema; `place` and `kind` name it in what is unjudged.
    pub fn compile(&mut self, place: &str, kind: &str, schema: &Value) -> Compiled {
        let mut compiled = Compiled::default();
        compiled.tree = self.tree(&At { place, kind }, "", schema, &mut compiled);
        compiled
    }

    fn tree(&mut self, at: &At<'_>, pointer: &str, schema: &Value, into: &mut Compiled) -> RuleTree {
        let rules = schema.get("x-kubernetes-validations").and_then(Value::as_array);
        let mut tree = RuleTree::default();
        for rule in rules.into_iter().flatten() {
            into.count += 1;
            match self.rule(at, pointer, rule) {
                Ok(rule) => tree.rules.push(rule),
                Err(unjudged) => drop(into.unjudged.insert(unjudged)),
            }
        }
        let fields = schema.get("properties").and_then(Value::as_object);
        for (name, schema) in fields.into_iter().flatten() {
            let field = self.tree(at, &format!("{pointer}/{}", token(name)), schema, into);
            tree.fields.extend((!field.is_empty()).then(|| (name.clone(), field)));
        }
        tree.items = self.below(at, format!("{pointer}/*"), schema.get("items"), into);
        tree.others = self.below(at, format!("{pointer}/*"), schema.get("additionalProperties"), into);
        tree
    }

    fn below(
        &mut self,
        at: &At<'_>,
        pointer: String,
        schema: Option<&Value>,
        into: &mut Compiled,
    ) -> Option<Box<RuleTree>> {
        let tree = self.tree(at, &pointer, schema?, into);
        (!tree.is_empty()).then(|| Box::new(tree))
    }

    fn rule(&mut self, at: &At<'_>, pointer: &str, rule: &Value) -> Result<Rule, Unjudged> {
        let text = rule["rule"].as_str().unwrap_or_default();
        let program = self.program(text).map_err(|reason| at.unjudged(pointer, text, &reason))?;
        let message = rule["message"].as_str().unwrap_or(text).trim();
        Ok(Rule { text: text.to_owned(), message: format!("{message} (CEL)"), program })
    }

    fn program(&mut self, text: &str) -> Result<Arc<Program>, String> {
        if !self.programs.contains_key(text) {
            let program = self.env.compile(text).map(Arc::new).map_err(|e| format!("does not compile: {e}"));
            self.programs.insert(text.to_owned(), program.and_then(judgeable));
        }
        self.programs[text].clone()
    }

    /// Runs the rules of `tree` on an object that has its defaults.
    pub fn run(&self, tree: &RuleTree, schema: &Value, object: &Value) -> Outcome {
        let mut outcome = Outcome::default();
        if !tree.is_empty() {
            let context = self.context();
            run_tree(tree, &context, &values::converted(schema, object), "", &mut outcome);
        }
        outcome
    }

    fn context(&self) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(&self.env));
        let is_ip = |text: Arc<String>| text.parse::<IpAddr>().is_ok();
        context.add_function("isIP", is_ip).expect("the standard environment has no `isIP`");
        context
    }
}

/// Refuses a rule that could compile and yet never run: one about a change, or with a function that we do not have.
fn judgeable(program: Arc<Program>) -> Result<Arc<Program>, String> {
    let references = program.references();
    if references.has_variable("oldSelf") {
        return Err("asks for `oldSelf`".to_owned());
    }
    let functions = references.functions().into_iter();
    let mut named = functions.filter(|name| name.starts_with(|c: char| c.is_alphabetic()));
    match named.find(|name| !FUNCTIONS.contains(name)) {
        Some(name) => Err(format!("calls the unknown function `{name}`")),
        None => Ok(program),
    }
}

/// Whose rules are compiled.
struct At<'a> {
    place: &'a str,
    kind: &'a str,
}

impl At<'_> {
    fn unjudged(&self, pointer: &str, rule: &str, reason: &str) -> Unjudged {
        let left_out = LEFT_OUT_RULES.iter().find(|(kind, text, _)| *kind == self.kind && *text == rule);
        Unjudged {
            place: format!("{} {pointer}", self.place),
            rule: rule.to_owned(),
            reason: left_out.map_or(reason, |(_, _, reason)| reason).to_owned(),
            allowed: left_out.is_some(),
        }
    }
}

impl RuleTree {
    fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.fields.is_empty() && self.items.is_none() && self.others.is_none()
    }
}

fn run_tree(tree: &RuleTree, context: &Context<'_, '_>, value: &Cel, pointer: &str, outcome: &mut Outcome) {
    for rule in &tree.rules {
        run_rule(rule, context, value, pointer, outcome);
    }
    match value {
        Cel::Map(map) => run_map(tree, context, map, pointer, outcome),
        Cel::List(list) => {
            for (tree, (at, item)) in
                tree.items.iter().flat_map(|tree| list.iter().enumerate().map(move |item| (tree, item)))
            {
                run_tree(tree, context, item, &format!("{pointer}/{at}"), outcome);
            }
        }
        _ => {}
    }
}

fn run_map(tree: &RuleTree, context: &Context<'_, '_>, map: &cel::objects::Map, pointer: &str, outcome: &mut Outcome) {
    for (name, tree) in &tree.fields {
        if let Some(value) = map.get(&Key::from(values::escaped(name))).filter(|value| !matches!(value, Cel::Null)) {
            run_tree(tree, context, value, &format!("{pointer}/{}", token(name)), outcome);
        }
    }
    for (tree, (key, value)) in tree.others.iter().flat_map(|tree| map.map.iter().map(move |entry| (tree, entry))) {
        run_tree(tree, context, value, &format!("{pointer}/{}", token(&key.to_string())), outcome);
    }
}

fn run_rule(rule: &Rule, context: &Context<'_, '_>, value: &Cel, pointer: &str, outcome: &mut Outcome) {
    let mut scope = context.new_inner_scope();
    scope.add_variable_from_value("self", value.clone());
    outcome.runs += 1;
    if !outcome.rules_run.contains(&rule.text) {
        outcome.rules_run.insert(rule.text.clone());
    }
    let reason = match rule.program.execute(&scope) {
        Ok(Cel::Bool(true)) => return,
        Ok(Cel::Bool(false)) => return outcome.broken.push((pointer.to_owned(), rule.message.clone())),
        Ok(_) => "does not answer with a truth value".to_owned(),
        Err(e) => format!("cannot be run: {e}"),
    };
    let (place, rule) = (pointer.to_owned(), rule.text.clone());
    outcome.unjudged.insert(Unjudged { place, rule, reason, allowed: false });
}
