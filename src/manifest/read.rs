//! How a table of the language is read: field by field, and every wrong one is reported. A field and
//! its key are written once: see `table`.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Report, as_key, codes, listing, nearest};
use crate::manifest::Field;
use crate::manifest::table::Fields;
use crate::spanned::{Span, Spanned};
use crate::syntax::{Key, Kind, Table, Value};
use crate::value::Named;
use crate::value::read::Read;

codes! {
    UNKNOWN_KEY = "unknown-key", Error, "a key that the language does not have",
        "A key that nothing reads would be a setting that does nothing, which is what mlmesh exists to prevent.";
    MISSING_KEY = "missing-key", Error, "a key that its table cannot do without",
        "There is no default that would be right for everybody, and mlmesh does not guess.";
}

/// Reads a whole table; a key that the language does not have is reported.
pub(crate) fn read_table<T: Fields>(table: &Table, report: &mut Report) -> T {
    read_table_of_kind(table, None, report)
}

/// The same, of a table that is what it is by one of its keys: `kind` says so to whoever writes a key that does not fit.
pub(crate) fn read_table_of_kind<T: Fields>(table: &Table, kind: Option<&'static str>, report: &mut Report) -> T {
    let (table, respelled) = if table.entries.iter().all(|(key, _)| T::has_key(key)) {
        (Cow::Borrowed(table), Vec::new())
    } else {
        let (table, respelled) = respell::<T>(table, kind, report);
        (Cow::Owned(table), respelled)
    };
    T::read_fields(&mut Reader { table: &table, respelled: &respelled, report })
}

/// The table with its misspelt keys as they were probably meant, so that nothing seems to be missing that was only
/// misspelt, and those keys. Each is reported; one that is like no other leaves the table incomplete.
fn respell<'s, T: Fields>(table: &Table<'s>, kind: Option<&'static str>, report: &mut Report) -> (Table<'s>, Vec<String>) {
    let mut keys = Vec::new();
    T::add_fields(&mut keys);
    let keys: Vec<String> = keys.into_iter().map(|field| field.replace('_', "-")).collect();
    let (known, unknown): (Vec<_>, Vec<_>) = table.entries.iter().cloned().partition(|(key, _)| T::has_key(key));
    let mut meant = Table { span: table.span, complete: table.complete, entries: known };
    let mut respelled = Vec::new();
    let written: Vec<(&str, Option<&Value<'_>>)> = keys.iter().map(|key| (key.as_str(), table.get(key))).collect();
    for (key, value) in unknown {
        let open = written.iter().filter(|(_, written)| is_open(*written, &value)).map(|(known, _)| *known);
        report.push(unknown_key(&key, open.clone(), kind, &keys));
        match nearest(&key, open) {
            Some(near) => {
                respelled.push(near.to_owned());
                add(&mut meant, Spanned::new(near.to_owned().into(), key.span), value);
            }
            None => meant.complete = false,
        }
    }
    (meant, respelled)
}

/// Whether a misspelt key may have been meant as one that is written so: not at all, or both are tables, such as
/// `[moels.a]` beside `[models.b]`.
fn is_open(written: Option<&Value<'_>>, value: &Value<'_>) -> bool {
    written.is_none_or(|written| written.as_table().is_some() && value.as_table().is_some())
}

/// Adds what a misspelt key holds to what its right spelling holds. What both hold is the latter's.
fn add<'s>(table: &mut Table<'s>, key: Key<'s>, value: Value<'s>) {
    match (table.get_mut(&key), value.kind) {
        (None, kind) => table.insert(key, Value { kind, ..value }),
        (Some(Value { kind: Kind::Table(written), .. }), Kind::Table(other)) => {
            other.entries.into_iter().for_each(|(key, value)| add(written, key, value));
        }
        (Some(_), _) => {}
    }
}

fn unknown_key<'a>(
    key: &Key<'_>,
    open: impl Iterator<Item = &'a str> + Clone,
    kind: Option<&str>,
    keys: &[String],
) -> Diagnostic {
    let message = format!("the language has no key `{key}` here");
    let none_left = open.clone().next().is_none();
    let diagnostic = Diagnostic::new(&UNKNOWN_KEY, key.span, message).help_with_names(key, open, "keys of this table", as_key);
    match kind {
        _ if diagnostic.suggestion.is_some() => diagnostic,
        Some(kind) => diagnostic.help(format!("{kind}, and takes only {}", listing(keys.iter().map(String::as_str)))),
        None if none_left => diagnostic.help("leave it out: every key that this table takes is written"),
        None => diagnostic,
    }
}

/// Reads the fields of one table whose keys are all of the language.
pub(crate) struct Reader<'a> {
    table: &'a Table<'a>,
    /// The keys that were written in another spelling.
    respelled: &'a [String],
    report: &'a mut Report,
}

impl<'a> Reader<'a> {
    /// Where the table begins.
    pub(crate) fn span(&self) -> Span {
        self.table.span
    }

    pub(crate) fn report(&mut self) -> &mut Report {
        self.report
    }

    /// The raw value of a field, named as in Rust.
    pub(crate) fn value(&self, field: &str) -> Option<&'a Value<'a>> {
        self.table.entries.iter().find(|(key, _)| is_key(field, key)).map(|(_, value)| value)
    }

    /// Whether a field that is not there was left out for sure.
    pub(crate) fn is_complete(&self) -> bool {
        self.table.complete
    }

    /// A field that may be left out.
    pub(crate) fn optional<T: Read>(&mut self, field: &'static str) -> Field<T> {
        match self.value(field) {
            Some(value) => self.read(field, value),
            None if self.table.complete => Field::Absent,
            None => Field::Invalid,
        }
    }

    fn read<T: Read>(&mut self, field: &'static str, value: &Value) -> Field<T> {
        if !self.respelled.iter().any(|key| is_key(field, key)) {
            return T::read(value, self.report).map_or(Field::Invalid, Field::Given);
        }
        // Where the value does not fit the key that was probably meant, perhaps it was not meant.
        let mut found = Report::default();
        let read = T::read(value, &mut found);
        if read.is_some() {
            self.report.extend(found.into_diagnostics());
        }
        read.map_or(Field::Invalid, Field::Given)
    }

    /// A field that must be there.
    pub(crate) fn required<T: Read>(&mut self, field: &'static str) -> Field<T> {
        let read = self.optional(field);
        if !read.is_absent() {
            return read;
        }
        let key = field.replace('_', "-");
        let message = format!("`{key}` is missing here");
        self.report.push(Diagnostic::new(&MISSING_KEY, self.span(), message).help(format!("add `{key} = ...`")));
        Field::Invalid
    }

    /// A field of many, empty if left out.
    pub(crate) fn many<T: Many>(&mut self, field: &'static str) -> T {
        match self.optional(field) {
            Field::Given(many) => many,
            Field::Absent => T::default(),
            Field::Invalid => T::incomplete(),
        }
    }
}

/// What a field of many holds.
pub(crate) trait Many: Read + Default {
    /// As many as could be read, where it is not known how many there are.
    fn incomplete() -> Self;
}

impl<T: Read + Default> Many for Named<T> {
    fn incomplete() -> Self {
        Self::of_unknown()
    }
}

impl<T: Read> Many for Vec<T> {
    fn incomplete() -> Self {
        Self::new()
    }
}

/// Whether a key is that of a field: the same words, with hyphens between them.
pub(crate) fn is_key(field: &str, key: &str) -> bool {
    let hyphenated = field.bytes().map(|byte| if byte == b'_' { b'-' } else { byte });
    field.len() == key.len() && hyphenated.eq(key.bytes())
}
