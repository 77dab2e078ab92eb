//! The TOML library behind one file: text becomes our own spanned [`Table`]. Several independent
//! syntax errors are found in one run by blanking the statement that holds the first one and reading
//! again; whoever reads the table is told that something is missing from it.

use toml::de::{DeTable, DeValue};

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
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The header, the braces, or the last key of a dotted one.
    pub(crate) span: Span,
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
    /// Whether statements had to be left out, so that what seems to be missing may have been written.
    pub(crate) lossy: bool,
}

/// Reads a text. Every syntax error is reported, one for each broken statement.
pub(crate) fn parse(source: &Source, id: SourceId, report: &mut Report) -> Document {
    const MOST_ERRORS: usize = 20;
    if let Some(start) = source.not_text() {
        let end = start + offset(char::REPLACEMENT_CHARACTER.len_utf8());
        let diagnostic = Diagnostic::new(&INVALID_TOML, Span { source: id, start, end }, "this is not UTF-8 text");
        report.push(diagnostic.help("save the file as UTF-8"));
        return Document { root: Table::default(), lossy: true };
    }
    let mut text = source.text().to_owned();
    let mut lossy = false;
    loop {
        let (table, mut errors) = DeTable::parse_recoverable(&text);
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        let Some(first) = errors.first() else {
            return Document { root: convert_table(table, id), lossy };
        };
        let at = first.span().unwrap_or(0..0);
        let broken = statement_around(&text, at.start);
        let place = within(&text, at, &broken);
        report.push(describe(first.message(), Span { source: id, start: offset(place.start), end: offset(place.end) }));
        let stuck = text[broken.clone()].trim().is_empty();
        if stuck || report.diagnostics().len() >= MOST_ERRORS {
            return Document { root: convert_table(table, id), lossy: true };
        }
        lossy = true;
        drop(table);
        blank(&mut text, broken);
    }
}

fn describe(message: &str, span: Span) -> Diagnostic {
    if message.starts_with("duplicate key") {
        return Diagnostic::new(&DUPLICATE_KEY, span, "this name is taken already in its table")
            .help("keep one of the two, or give one another name");
    }
    if message.starts_with("invalid boolean") || message.starts_with("string values must be quoted") {
        return Diagnostic::new(&INVALID_TOML, span, "this is no value")
            .help("write a text in quotes; a number, `true` and `false` go without");
    }
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let help = match expected {
        "" | "nothing" => "see https://toml.io for how this is written".to_owned(),
        expected => format!("expected {expected}"),
    };
    Diagnostic::new(&INVALID_TOML, span, found.to_owned()).help(help)
}

/// The lines of the statement that holds this offset: from the last line that begins a statement to
/// the next one that does. A broken header takes the statements below it along.
fn statement_around(text: &str, at: usize) -> std::ops::Range<usize> {
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
fn within(text: &str, at: std::ops::Range<usize>, statement: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let written = text[statement.clone()].trim_end().len() + statement.start;
    let start = floor(text, at.start.clamp(statement.start, written));
    let end = at.end.clamp(start, written);
    let one = text[start..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8);
    start..if text.is_char_boundary(end) { end.max(start + one) } else { start + one }
}

fn blank(text: &mut String, range: std::ops::Range<usize>) {
    let spaces: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &spaces);
}

// The library's table is given back piece by piece, so that there are never two whole ones.
fn convert_table(table: toml::Spanned<DeTable<'_>>, id: SourceId) -> Table {
    Table { span: span_of(table.span(), id), entries: convert_entries(table.into_inner(), id) }
}

fn convert_entries(table: DeTable<'_>, id: SourceId) -> Vec<(Spanned<String>, Value)> {
    let entries = table.into_iter().map(|(key, value)| {
        let span = span_of(key.span(), id);
        (Spanned::new(key.into_inner().into_owned(), span), convert(value, id))
    });
    entries.collect()
}

fn convert(value: toml::Spanned<DeValue<'_>>, id: SourceId) -> Value {
    let span = span_of(value.span(), id);
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::String(text.into_owned()),
        DeValue::Integer(integer) => Kind::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok()),
        DeValue::Float(float) => float.as_str().parse().map_or(Kind::Float(f64::NAN), Kind::Float),
        DeValue::Boolean(boolean) => Kind::Boolean(boolean),
        DeValue::Datetime(_) => Kind::Datetime,
        DeValue::Array(array) => Kind::Array(array.into_iter().map(|value| convert(value, id)).collect()),
        DeValue::Table(table) => Kind::Table(Table { span, entries: convert_entries(table, id) }),
    };
    Value { span, kind }
}

/// These bytes of a source.
pub(crate) fn span_of(range: std::ops::Range<usize>, source: SourceId) -> Span {
    Span { source, start: offset(range.start), end: offset(range.end) }
}
