//! The TOML library behind one file: text becomes our own spanned [`Table`]. Several independent
//! syntax errors are found in one run by blanking the statement that holds the first one and reading
//! again; whoever reads the table is told that something is missing from it.

use std::borrow::Cow;
use std::ops::Range;

use toml_spanner::{Arena, ArrayStyle, ErrorKind, Item, TableStyle, Value as Parsed};

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::source::{Source, offset};
use crate::spanned::{SourceId, Span, Spanned};

codes! {
    INVALID_TOML = "invalid-toml", Error, "the text is not TOML",
        "Nothing can be read from a statement that is not TOML. mlmesh leaves the statement out and reads on, so that one \
         run shows every mistake; complaints that could only follow from the missing statement are held back. \
         (toml.io, TOML 1.1)";
    DUPLICATE_KEY = "duplicate-key", Error, "a key or table that is written twice",
        "TOML has no rule for which of the two would win, so neither does. (toml.io, TOML 1.1, Keys)";
}

/// A TOML table: keys in alphabetical order, each with its place.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// The header, the braces, or the last key of a dotted one.
    pub(crate) span: Span,
    /// Whether every statement of it could be read.
    pub(crate) complete: bool,
    pub(crate) entries: Vec<(Spanned<String>, Value)>,
}

impl Table {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// The value of a key, to lay another one over it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// Puts a value under a key, in its place in the alphabet, or in place of the one that is there.
    pub(crate) fn insert(&mut self, key: Spanned<String>, value: Value) {
        match self.entries.binary_search_by(|(name, _)| name.value.cmp(&key.value)) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// A TOML value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    String(String),
    /// An integer outside of 64 bits is no integer of the language.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Datetime,
    Array(Vec<Value>),
    Table(Table),
}

/// Equal values are equal wherever they stand.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Value {
    /// The value as a table, if it is one.
    pub(crate) fn as_table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn as_table_mut(&mut self) -> Option<&mut Table> {
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
pub(crate) struct Document {
    pub(crate) root: Table,
    /// Whether whole tables could not be read, so that names that seem to be missing may have been written.
    pub(crate) lossy: bool,
}

/// Reads a text. Every syntax error is reported, one for each broken statement.
pub(crate) fn parse(source: &Source, id: SourceId, report: &mut Report) -> Document {
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
                return match (Tree { text: &text, id, broken_sections }).root(document.table()) {
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
        blank(text.to_mut(), broken);
    }
}

fn nothing_of(id: SourceId) -> Document {
    Document { root: Table { span: span_of(0..0, id), complete: false, entries: Vec::new() }, lossy: true }
}

/// Where the header stands that a statement belongs to; the root has none.
fn section_of(text: &str, statement: usize) -> Option<usize> {
    let mut end = statement;
    while end > 0 {
        let start = text[..end - 1].rfind('\n').map_or(0, |end| end + 1);
        let line = &text[start..];
        if begins_statement(line) && begins_header(line) {
            return Some(start + line.find('[').unwrap_or(0));
        }
        end = start;
    }
    None
}

fn describe(error: &toml_spanner::Error, text: &str, id: SourceId, statement: &Range<usize>) -> Diagnostic {
    let place = span_of(within(text, error.span().range(), statement), id);
    let (message, help) = match error.kind() {
        ErrorKind::DuplicateKey { first } => return taken(place, span_of(first.range(), id)),
        ErrorKind::DuplicateTable { name, first } => {
            return taken(span_of(name.range(), id), span_of(header(text, first.range()), id));
        }
        ErrorKind::RedefineAsArray { first } | ErrorKind::DottedKeyInvalidType { first } => {
            let message = "this name has a value of another kind already";
            return Diagnostic::new(&DUPLICATE_KEY, place, message).also(span_of(first.range(), id), "set here").help(RENAME);
        }
        ErrorKind::UnquotedString => ("this value has no quotes".to_owned(), "put text in quotes, such as `\"text\"`"),
        ErrorKind::UnterminatedString(quote) => {
            (format!("this string has no closing `{quote}`"), "add the closing quote, or use `\"\"\"` for several lines")
        }
        ErrorKind::InvalidEscape(c) => (format!("`\\{}` is not a valid escape sequence", c.escape_debug()), BACKSLASH),
        ErrorKind::InvalidHexEscape(_) | ErrorKind::InvalidEscapeValue(_) => {
            ("this escape sequence is not a Unicode character".to_owned(), BACKSLASH)
        }
        ErrorKind::InvalidCharInString(c) => {
            (format!("a string cannot contain `{}`", c.escape_debug()), "write it as an escape sequence, such as `\\n`")
        }
        ErrorKind::InvalidInteger(why) | ErrorKind::InvalidFloat(why) => {
            (format!("this is not a valid number: {why}"), "put text in quotes, such as `\"text\"`")
        }
        ErrorKind::InvalidDateTime(why) => (format!("this is not a valid date: {why}"), "put text in quotes, such as `\"text\"`"),
        ErrorKind::MissingArrayComma => ("a comma is missing between two items of an array".to_owned(), "add `,` or `]`"),
        ErrorKind::UnclosedArray => ("this array has no closing `]`".to_owned(), "add `]`"),
        ErrorKind::MissingInlineTableComma => ("a comma is missing between two keys of a table".to_owned(), "add `,` or `}`"),
        ErrorKind::UnclosedInlineTable => ("this table has no closing `}`".to_owned(), "add `}`"),
        ErrorKind::MultilineStringKey => ("a key cannot have several lines".to_owned(), "use a string of one line"),
        ErrorKind::UnexpectedEof => ("the file ends in the middle of a statement".to_owned(), "complete the statement"),
        ErrorKind::FileTooLarge => ("the file is larger than 256 MiB".to_owned(), "split it"),
        ErrorKind::Unexpected('\n' | '\r') => ("a value is missing here".to_owned(), "add the value, or remove the key"),
        ErrorKind::Unexpected(c) => (format!("unexpected `{}`", c.escape_debug()), SYNTAX),
        // The library's list grows, and some of its errors come from reading values, which happens elsewhere.
        _ => (error.message(text), SYNTAX),
    };
    Diagnostic::new(&INVALID_TOML, place, message).help(help)
}

const RENAME: &str = "remove one of the two, or rename it";
const BACKSLASH: &str = "write `\\\\` for a backslash, or put the string in single quotes";
const SYNTAX: &str = "see https://toml.io for how this is written";

fn taken(place: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_KEY, place, "this name is taken already in its table").also(first, "first set here").help(RENAME)
}

/// The lines of the statement that holds this offset: from the last line that begins a statement to
/// the next one that does. A broken header takes the statements below it along.
fn statement_around(text: &str, at: usize) -> Range<usize> {
    let at = if text[at..].starts_with('\n') || at == text.len() { at.saturating_sub(1) } else { at };
    let line_start = text[..floor(text, at)].rfind('\n').map_or(0, |end| end + 1);
    let mut start = line_start;
    while start > 0 && !begins_statement(&text[start..]) {
        start = text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    // A value that an earlier line leaves open runs into this one: that line is to blame.
    let mut before = start;
    while before > 0 && (before == start || !begins_statement(&text[before..])) {
        before = text[..before - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    if before < start && leaves_open(&text[before..start]) {
        return before..start;
    }
    let header = text[start..].trim_start().starts_with('[');
    let mut end = next_line(text, start);
    while end < text.len() && !(if header { begins_header(&text[end..]) } else { begins_statement(&text[end..]) }) {
        end = next_line(text, end);
    }
    // The error of an unclosed value is where the text ends, its statement where the value began.
    start..end.max(start)
}

/// Whether a bracket is opened here that is not closed; texts in quotes and comments do not count.
fn leaves_open(statement: &str) -> bool {
    let (mut depth, mut quote) = (0i32, None);
    for line in statement.lines() {
        let mut escaped = false;
        for c in line.chars() {
            match quote {
                Some(end) if c == end && !escaped => quote = None,
                Some(end) => escaped = end == '"' && c == '\\' && !escaped,
                None if c == '#' => break,
                None if c == '"' || c == '\'' => quote = Some(c),
                None if c == '[' || c == '{' => depth += 1,
                None if c == ']' || c == '}' => depth -= 1,
                None => {}
            }
        }
        quote = None;
    }
    depth > 0
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn next_line(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |end| from + end + 1)
}

fn begins_header(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '\u{feff}']).starts_with('[')
}

/// Whether a line looks like `key = ...` or `[header]`, and not like the inside of a longer value.
fn begins_statement(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or("").trim_start_matches('\u{feff}');
    let indented = line.starts_with([' ', '\t']);
    let line = line.trim_start();
    if line.starts_with('[') {
        return !indented && !line.trim_end().ends_with(',');
    }
    let key_end = line.find(|c: char| !(c.is_alphanumeric() || "-_.\"' \t".contains(c)));
    key_end.is_some_and(|end| end > 0 && line[end..].starts_with('=') && !line.trim_end().ends_with(','))
}

/// The place of an error inside the statement that is to blame; at least one character, if it can be.
fn within(text: &str, at: Range<usize>, statement: &Range<usize>) -> Range<usize> {
    let written = text[statement.clone()].trim_end().len() + statement.start;
    let start = floor(text, at.start.clamp(statement.start, written));
    let end = at.end.clamp(start, written);
    let one = text[start..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8);
    start..if text.is_char_boundary(end) { end.max(start + one) } else { start + one }
}

fn blank(text: &mut String, range: Range<usize>) {
    let spaces: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &spaces);
}

/// A text that was parsed.
struct Tree<'a> {
    text: &'a str,
    id: SourceId,
    /// The headers of the tables of which a statement could not be read.
    broken_sections: Vec<Option<usize>>,
}

/// Deeper tables would overflow the stack of whoever walks them, and no key of the language is half as deep.
const MAX_DEPTH: usize = 64;

/// A value that stands deeper than [`MAX_DEPTH`].
struct TooDeep(Span);

impl Tree<'_> {
    /// The whole document begins nowhere.
    fn root(&self, table: &toml_spanner::Table<'_>) -> Result<Table, TooDeep> {
        let complete = !self.broken_sections.contains(&None);
        Ok(Table { span: self.span(0..0), complete, entries: self.entries(table, complete, 0)? })
    }

    /// The entries of a table; `complete` says whether all statements of its section could be read.
    fn entries(
        &self,
        table: &toml_spanner::Table<'_>,
        complete: bool,
        depth: usize,
    ) -> Result<Vec<(Spanned<String>, Value)>, TooDeep> {
        let entries = table.entries().iter().map(|(key, item)| {
            let span = self.span(key.span.range());
            let value = self.value(item, complete, depth)?;
            Ok((Spanned::new(key.as_str().to_owned(), span), value))
        });
        let mut entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        entries.sort_unstable_by(|(one, _), (other, _)| one.value.cmp(&other.value));
        Ok(entries)
    }

    fn value(&self, item: &Item<'_>, complete: bool, depth: usize) -> Result<Value, TooDeep> {
        let range = item.span().range();
        if depth > MAX_DEPTH {
            return Err(TooDeep(self.span(range)));
        }
        let (range, kind) = match item.value() {
            Parsed::String(text) => (range, Kind::String((*text).to_owned())),
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
