//! The TOML library behind one room: text becomes our own spanned [`Table`]. Several independent
//! syntax errors are found in one run by blanking the statement that holds the first one and reading
//! again; whoever reads the table is told that something is missing from it.

mod error;
mod statement;

use std::borrow::Cow;
use std::ops::Range;

use toml_spanner::{Arena, ArrayStyle, Item, TableStyle, Value as Parsed};

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::source::{Source, offset};
use crate::spanned::{SourceId, Span, Spanned};
use crate::syntax::error::describe;
use crate::syntax::statement::{begins_header, blanked, section_of, statement_around};

codes! {
    INVALID_TOML = "invalid-toml", Error, "the text is not TOML",
        "Nothing can be read from a statement that is not TOML. mlmesh leaves the statement out and reads on, so that one \
         run shows every mistake; complaints that could only follow from the missing statement are held back. \
         (toml.io, TOML 1.1)";
    DUPLICATE_KEY = "duplicate-key", Error, "a key or table that is written twice",
        "TOML has no rule for which of the two would win, so neither does. (toml.io, TOML 1.1, Keys)";
}

/// A key and its place.
pub(crate) type Key<'s> = Spanned<Cow<'s, str>>;

/// A key and its value.
pub(crate) type Entry<'s> = (Key<'s>, Value<'s>);

/// A TOML table: keys in alphabetical order, each with its place.
#[derive(Clone, Debug)]
pub(crate) struct Table<'s> {
    /// The header, the braces, or the last key of a dotted one.
    pub(crate) span: Span,
    /// Whether every statement of it could be read.
    pub(crate) complete: bool,
    pub(crate) entries: Vec<Entry<'s>>,
}

impl<'s> Table<'s> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value<'s>> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// The value of a key, to lay another one over it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value<'s>> {
        self.entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// Puts a value under a key, in its place in the alphabet, or in place of the one that is there.
    pub(crate) fn insert(&mut self, key: Key<'s>, value: Value<'s>) {
        match self.entries.binary_search_by(|(name, _)| name.value.cmp(&key.value)) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }
}

impl PartialEq for Table<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// A TOML value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Value<'s> {
    pub(crate) span: Span,
    pub(crate) kind: Kind<'s>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'s> {
    String(Cow<'s, str>),
    /// An integer outside of 64 bits is no integer of the language.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Datetime,
    Array(Vec<Value<'s>>),
    Table(Table<'s>),
}

/// Equal values are equal wherever they stand.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl<'s> Value<'s> {
    /// The value as a table, if it is one.
    pub(crate) fn as_table(&self) -> Option<&Table<'s>> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn as_table_mut(&mut self) -> Option<&mut Table<'s>> {
        match &mut self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What TOML calls this kind of value.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::String(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Float(_) => "a float",
            Kind::Boolean(_) => "a boolean",
            Kind::Datetime => "a date or time",
            Kind::Array(_) => "an array",
            Kind::Table(_) => "a table",
        }
    }
}

/// What could be read of a text.
pub(crate) struct Document<'s> {
    pub(crate) root: Table<'s>,
    /// Whether whole tables could not be read, so that names that seem to be missing may have been written.
    pub(crate) lossy: bool,
}

/// Reads a text. Every syntax error is reported, one for each broken statement.
pub(crate) fn parse<'s>(source: &'s Source, id: SourceId, report: &mut Report) -> Document<'s> {
    const MAX_ERRORS: usize = 20;
    if let Some(start) = source.not_text() {
        let end = start + offset(char::REPLACEMENT_CHARACTER.len_utf8());
        let diagnostic = Diagnostic::new(&INVALID_TOML, Span { source: id, start, end }, "this is not UTF-8 text");
        report.push(diagnostic.help("save the file as UTF-8"));
        return nothing_of(id);
    }
    let mut text = Cow::Borrowed(source.text());
    let mut broken_sections = Vec::new();
    let mut lossy = false;
    loop {
        let arena = Arena::new();
        let error = match toml_spanner::parse(&text, &arena) {
            Ok(document) => {
                return match (Tree { source: source.text(), text: &text, id, broken_sections }).root(document.table()) {
                    Ok(root) => Document { root, lossy },
                    Err(TooDeep(value)) => {
                        let message = format!("tables are nested deeper than {MAX_DEPTH} levels");
                        report.push(Diagnostic::new(&INVALID_TOML, value, message).help("remove the innermost tables"));
                        nothing_of(id)
                    }
                };
            }
            Err(error) => error,
        };
        let at = error.span().range();
        let broken = statement_around(&text, at.start);
        report.push(describe(&error, &text, id, &broken));
        let is_stuck = text[broken.clone()].trim().is_empty();
        if is_stuck || report.diagnostics().len() >= MAX_ERRORS {
            return nothing_of(id);
        }
        if begins_header(&text[broken.start..]) {
            lossy = true;
        } else {
            broken_sections.push(section_of(&text, broken.start));
        }
        text = Cow::Owned(blanked(&text, broken));
    }
}

fn nothing_of<'s>(id: SourceId) -> Document<'s> {
    Document { root: Table { span: span_of(0..0, id), complete: false, entries: Vec::new() }, lossy: true }
}

/// A text that was parsed.
struct Tree<'s, 't> {
    /// What the table may borrow from.
    source: &'s str,
    /// The same text, without the statements that could not be read.
    text: &'t str,
    id: SourceId,
    /// The headers of the tables of which a statement could not be read.
    broken_sections: Vec<Option<usize>>,
}

/// Deeper tables would overflow the stack of whoever walks them, and no key of the language is half as deep.
const MAX_DEPTH: usize = 64;

/// A value that stands deeper than [`MAX_DEPTH`].
struct TooDeep(Span);

impl<'s> Tree<'s, '_> {
    /// The whole document begins nowhere.
    fn root(&self, table: &toml_spanner::Table<'_>) -> Result<Table<'s>, TooDeep> {
        let complete = !self.broken_sections.contains(&None);
        Ok(Table { span: self.span(0..0), complete, entries: self.entries(table, complete, 0)? })
    }

    /// The entries of a table; `complete` says whether all statements of its section could be read.
    fn entries(&self, table: &toml_spanner::Table<'_>, complete: bool, depth: usize) -> Result<Vec<Entry<'s>>, TooDeep> {
        let mut entries = Vec::with_capacity(table.entries().len());
        for (key, item) in table.entries() {
            let key = Spanned::new(self.text(key.as_str()), self.span(key.span.range()));
            entries.push((key, self.value(item, complete, depth)?));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.value.cmp(&other.value));
        Ok(entries)
    }

    fn value(&self, item: &Item<'_>, complete: bool, depth: usize) -> Result<Value<'s>, TooDeep> {
        let range = item.span().range();
        if depth > MAX_DEPTH {
            return Err(TooDeep(self.span(range)));
        }
        let (range, kind) = match item.value() {
            Parsed::String(text) => (range, Kind::String(self.text(text))),
            Parsed::Integer(integer) => (range, Kind::Integer(integer.as_i64())),
            Parsed::Float(float) => (range, Kind::Float(*float)),
            Parsed::Boolean(boolean) => (range, Kind::Boolean(*boolean)),
            Parsed::DateTime(_) => (range, Kind::Datetime),
            Parsed::Array(array) => {
                let range = if array.style() == ArrayStyle::Header { header(self.text, range) } else { range };
                let items = array.iter().map(|item| self.value(item, complete, depth + 1));
                (range, Kind::Array(items.collect::<Result<_, _>>()?))
            }
            Parsed::Table(table) => {
                let has_header = table.style() == TableStyle::Header;
                let complete = if has_header { !self.broken_sections.contains(&Some(range.start)) } else { complete };
                let range = if has_header { header(self.text, range) } else { range };
                let entries = self.entries(table, complete, depth + 1)?;
                (range.clone(), Kind::Table(Table { span: self.span(range), complete, entries }))
            }
        };
        Ok(Value { span: self.span(range), kind })
    }

    /// The text as a slice of the source. What is not in the source in these bytes, such as a string with an escape
    /// sequence, is copied.
    fn text(&self, text: &str) -> Cow<'s, str> {
        let start = (text.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        let slice = self.source.get(start..start.saturating_add(text.len()));
        slice.filter(|slice| std::ptr::eq(*slice, text)).map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed)
    }

    fn span(&self, range: Range<usize>) -> Span {
        span_of(range, self.id)
    }
}

/// The header of a table or an array that begins with one: its own range goes on to its last value.
fn header(text: &str, table: Range<usize>) -> Range<usize> {
    let span = toml_spanner::Span::new(offset(table.start), offset(table.end));
    span.extract_header_span(text.as_bytes()).range()
}

/// These bytes of a source.
pub(crate) fn span_of(range: Range<usize>, source: SourceId) -> Span {
    Span { source, start: offset(range.start), end: offset(range.end) }
}

#[cfg(test)]
mod tests;
