//! How a single value is read from the spanned table: the primitives, and the values that TOML has itself.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, listing, quoted};
use crate::spanned::{Span, Spanned};
use crate::syntax::{Kind, Table, Value};

codes! {
    WRONG_TYPE = "wrong-type", Error, "a value of another type than the key takes",
        "A number where a string belongs would have to be guessed at; YAML readers do guess, and differently.";
    UNKNOWN_WORD = "unknown-word", Error, "a word that the key does not know",
        "The key takes one of a few words. Linkerd accepts several of them misspelt and then ignores the setting \
         (an invalid `config.linkerd.io/default-inbound-policy` is logged and dropped).";
    OUT_OF_RANGE = "out-of-range", Error, "a number outside of what Kubernetes or Linkerd takes",
        "The API server or the proxy would refuse the object, or wrap the number round: a traffic weight above 429496 \
         overflows in Linkerd's proxy.";
}

/// A value that can be read from TOML. `None` says that it was wrong and that this was reported.
pub(crate) trait Read: Sized {
    fn read(value: &Value, report: &mut Report) -> Option<Self>;
}

/// The value as a table, or a report that it is none.
pub(crate) fn as_table<'a, 's>(value: &'a Value<'s>, report: &mut Report) -> Option<&'a Table<'s>> {
    let table = value.as_table();
    if table.is_none() {
        wrong_type(value, "a table", report);
    }
    table
}

/// Reports that a value is not what its key takes.
pub(crate) fn wrong_type(value: &Value, expected: &str, report: &mut Report) {
    report.push(not(value, expected));
}

/// Reports that a value is no text; a number or a word becomes one by quotes.
pub(crate) fn not_text(value: &Value, expected: &str, report: &mut Report) {
    let diagnostic = not(value, expected);
    report.push(match &value.kind {
        Kind::Integer(Some(number)) => diagnostic.suggest(Safety::Safe, quoted(&number.to_string())),
        Kind::Boolean(boolean) => diagnostic.suggest(Safety::Safe, quoted(&boolean.to_string())),
        _ => diagnostic,
    });
}

fn not(value: &Value, expected: &str) -> Diagnostic {
    let message = format!("expected {expected}, found {}", value.kind_name());
    Diagnostic::new(&WRONG_TYPE, value.span, message).help(format!("write {expected}"))
}

/// Reports a word that is none of `words`.
pub(crate) fn unknown_word(wrong: &str, span: Span, words: &[&str], report: &mut Report) {
    let message = format!("`{wrong}` is not a word that this key knows");
    let diagnostic = Diagnostic::new(&UNKNOWN_WORD, span, message);
    let diagnostic = diagnostic.help_with_names(wrong, words.iter().copied(), "words of this key", quoted);
    let words = listing(words.iter().copied());
    let help =
        diagnostic.help.as_deref().filter(|_| diagnostic.suggestion.is_some()).map(|near| format!("{near} one of {words}"));
    report.push(diagnostic.help(help.unwrap_or(format!("one of {words}"))));
}

/// Reports a text that is longer than what reads it takes.
pub(crate) fn too_long(span: Span, most: usize, report: &mut Report) {
    let message = format!("this text has more than {most} characters");
    report.push(Diagnostic::new(&OUT_OF_RANGE, span, message).help("write a shorter one"));
}

/// The value as a string, or a report that it is none.
pub(crate) fn as_str<'a>(value: &'a Value, expected: &str, report: &mut Report) -> Option<&'a str> {
    if let Kind::String(text) = &value.kind {
        return Some(text);
    }
    wrong_type(value, expected, report);
    None
}

/// The value as an integer within a range, or a report.
pub(crate) fn integer(value: &Value, range: std::ops::RangeInclusive<i64>, report: &mut Report) -> Option<i64> {
    let Kind::Integer(number) = value.kind else {
        wrong_type(value, "an integer", report);
        return None;
    };
    if let Some(number) = number.filter(|number| range.contains(number)) {
        return Some(number);
    }
    let message = format!("this number is not between {} and {}", range.start(), range.end());
    report.push(Diagnostic::new(&OUT_OF_RANGE, value.span, message).help("write a number in that range"));
    None
}

impl Read for String {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        if let Kind::String(text) = &value.kind {
            return Some(text.to_string());
        }
        not_text(value, "a string", report);
        None
    }
}

impl Read for bool {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        if let Kind::Boolean(boolean) = value.kind {
            return Some(boolean);
        }
        wrong_type(value, "`true` or `false`", report);
        None
    }
}

impl Read for u32 {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let number = integer(value, 0..=i64::from(i32::MAX), report)?;
        Some(Self::try_from(number).expect("the range was checked"))
    }
}

impl<T: Read> Read for Spanned<T> {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        T::read(value, report).map(|read| Self::new(read, value.span))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let Kind::Array(items) = &value.kind else {
            wrong_type(value, "an array", report);
            return None;
        };
        let mut read = Self::with_capacity(items.len());
        read.extend(items.iter().filter_map(|item| T::read(item, report)));
        (items.is_empty() || !read.is_empty()).then_some(read)
    }
}

/// A place changes nothing about what a value may be.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}
