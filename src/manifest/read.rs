//! How a table of the language is read: field by field, and every wrong one is reported. A field and
//! its key are written once: see `table`.

use crate::diagnostic::{Diagnostic, Report, as_key, codes, listing};
use crate::spanned::Span;
use crate::syntax::{Table, Value};
use crate::value::read::Read;

codes! {
    UNKNOWN_KEY = "unknown-key", Error, "a key that the language does not have",
        "A key that nothing reads would be a setting that does nothing, which is what mlmesh exists to prevent.";
    MISSING_KEY = "missing-key", Error, "a key that its table cannot do without",
        "There is no default that would be right for everybody, and mlmesh does not guess.";
}

/// Reads the fields of one table and remembers which keys were asked for.
pub(crate) struct Reader<'table, 'report> {
    table: &'table Table,
    asked: Vec<String>,
    kind: Option<&'static str>,
    report: &'report mut Report,
}

impl<'table, 'report> Reader<'table, 'report> {
    pub(crate) fn new(table: &'table Table, report: &'report mut Report) -> Self {
        Self { table, asked: Vec::new(), kind: None, report }
    }

    /// Where what a table is hangs on one of its keys: a sentence that says so to whoever writes a key that
    /// does not fit.
    pub(crate) fn of_kind(self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Where the table begins.
    pub(crate) fn span(&self) -> Span {
        self.table.span
    }

    /// The raw value of a field, named as in Rust.
    pub(crate) fn value(&mut self, field: &str) -> Option<&'table Value> {
        let key = field.replace('_', "-");
        let value = self.table.get(&key);
        self.asked.push(key);
        value
    }

    /// A field that may be left out.
    pub(crate) fn optional<T: Read>(&mut self, field: &'static str) -> Option<T> {
        let value = self.value(field)?;
        self.read(field, value)
    }

    fn read<T: Read>(&mut self, field: &'static str, value: &Value) -> Option<T> {
        let read = T::read(value, self.report);
        if read.is_none() {
            self.report.note_unread(self.table.span, field);
        }
        read
    }

    /// A field that must be there.
    pub(crate) fn required<T: Read>(&mut self, field: &'static str) -> Option<T> {
        if let Some(value) = self.value(field) {
            return self.read(field, value);
        }
        let key = field.replace('_', "-");
        let message = format!("`{key}` is missing here");
        self.report.push(Diagnostic::new(&MISSING_KEY, self.span(), message).help(format!("add `{key} = ...`")));
        None
    }

    /// A field of many, empty if left out.
    pub(crate) fn many<T: Read + Default>(&mut self, field: &'static str) -> T {
        self.optional(field).unwrap_or_default()
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self) {
        for (key, _) in &self.table.entries {
            if !self.asked.iter().any(|asked| asked == &key.value) {
                let message = format!("the language has no key `{}` here", key.value);
                let known = self.asked.iter().map(String::as_str).filter(|key| self.table.get(key).is_none());
                let diagnostic = Diagnostic::new(&UNKNOWN_KEY, key.span, message);
                let none_left = known.clone().next().is_none();
                let diagnostic = diagnostic.help_with_names(&key.value, known, "keys of this table", as_key);
                let help = match self.kind {
                    _ if diagnostic.suggestion.is_some() => None,
                    Some(kind) => Some(format!("{kind}, and takes only {}", listing(self.asked.iter().map(String::as_str)))),
                    None => none_left.then(|| "leave it out: every key that this table takes is written".to_owned()),
                };
                self.report.push(match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
            }
        }
    }
}
