//! The `toml` crate is the oracle: it accepts the same texts and reads the same keys, values and places.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::{Entry, Kind, Table, Value, parse};
use crate::diagnostic::Report;
use crate::source::{Source, offset};
use crate::spanned::{SourceId, Span, Spanned};

#[test]
fn every_manifest_reads_as_with_the_toml_crate() {
    let texts = manifests();
    assert!(texts.len() > 300, "{}", texts.len());
    texts.iter().for_each(|text| compare(text));
}

#[test]
fn every_manifest_with_a_broken_line_is_accepted_or_refused_as_by_the_toml_crate() {
    for text in manifests() {
        for (at, line) in text.match_indices('\n').map(|(at, _)| at).enumerate().filter(|(nth, _)| nth % 3 == 0) {
            let broken = at % 7 + 1;
            let cut = (line.saturating_sub(broken)..line).find(|at| text.is_char_boundary(*at)).unwrap_or(line);
            compare(&format!("{}{}", &text[..cut], &text[line..]));
        }
    }
}

#[test]
fn every_broken_statement_is_reported_once() {
    let text = r#"[cluster]
traffic = smi
[namespaces.ml
inject = true
[models.a]
namespace = "ml
port = 8080
port = 8081
callers = ["x", "y"
timeout = "5s"
image =
[models.a]
x = 1
[models.b]
env.A = 1
env.A.b = 2
note = "a\qb"
image = 1.2.3
"#;
    assert_eq!(
        errors(text),
        [
            "2 this value has no quotes",
            "3 expected a right bracket, found a newline",
            "6 this string has no closing `\"`",
            "8 this name is taken already in its table",
            "9 a comma is missing between two items of an array",
            "11 a value is missing here",
            "12 this name is taken already in its table",
            "16 this name has a value of another kind already",
            "17 `\\q` is not a valid escape sequence",
            "18 expected newline, found a period",
        ]
    );
}

fn errors(text: &str) -> Vec<String> {
    let (source, id, mut report) = (Source::new("mlops.toml", text), SourceId::MANIFEST, Report::default());
    parse(&source, id, &mut report);
    let errors = report.diagnostics().iter();
    errors.map(|error| format!("{} {}", source.place(error.primary.span.start).line, error.message)).collect()
}

fn compare(text: &str) {
    let (source, id, mut report) = (Source::new("mlops.toml", text), SourceId::MANIFEST, Report::default());
    let document = parse(&source, id, &mut report);
    match DeTable::parse(text) {
        Ok(expected) => {
            assert!(!report.has_errors(), "{:?}\n{text}", report.diagnostics());
            same(&document.root, &table(expected, id), text);
        }
        Err(error) => assert!(report.has_errors(), "{error}\n{text}"),
    }
}

fn same(found: &Table, expected: &Table, text: &str) {
    assert_eq!(found.entries.len(), expected.entries.len(), "{text}");
    assert_eq!(found.span, expected.span, "{text}");
    for ((key, value), (expected_key, expected)) in found.entries.iter().zip(&expected.entries) {
        assert_eq!((&key.value, key.span, value.span), (&expected_key.value, expected_key.span, expected.span), "{text}");
        same_value(value, expected, text);
    }
}

fn same_value(found: &Value, expected: &Value, text: &str) {
    match (&found.kind, &expected.kind) {
        (Kind::Table(found), Kind::Table(expected)) => same(found, expected, text),
        (Kind::Array(found), Kind::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{text}");
            found.iter().zip(expected).for_each(|(found, expected)| same_value(found, expected, text));
        }
        (Kind::Float(found), Kind::Float(expected)) => assert_eq!(found.to_bits(), expected.to_bits(), "{text}"),
        (found, expected) => assert_eq!(found, expected, "{text}"),
    }
}

fn table(table: toml::Spanned<DeTable<'_>>, id: SourceId) -> Table<'_> {
    Table { span: span(table.span(), id), complete: true, entries: entries(table.into_inner(), id) }
}

fn entries(table: DeTable<'_>, id: SourceId) -> Vec<Entry<'_>> {
    let entries = table.into_iter().map(|(key, item)| {
        let at = span(key.span(), id);
        (Spanned::new(key.into_inner(), at), value(item, id))
    });
    entries.collect()
}

fn value(value: toml::Spanned<DeValue<'_>>, id: SourceId) -> Value<'_> {
    let at = span(value.span(), id);
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::String(text),
        DeValue::Integer(integer) => Kind::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok()),
        DeValue::Float(float) => float.as_str().parse().map_or(Kind::Float(f64::NAN), Kind::Float),
        DeValue::Boolean(boolean) => Kind::Boolean(boolean),
        DeValue::Datetime(_) => Kind::Datetime,
        DeValue::Array(array) => Kind::Array(array.into_iter().map(|item| self::value(item, id)).collect()),
        DeValue::Table(table) => Kind::Table(Table { span: at, complete: true, entries: entries(table, id) }),
    };
    Value { span: at, kind }
}

fn span(range: Range<usize>, source: SourceId) -> Span {
    Span { source, start: offset(range.start), end: offset(range.end) }
}

/// Every example and every manifest of the findings.
#[expect(clippy::disallowed_methods, reason = "the test reads the examples")]
fn manifests() -> Vec<String> {
    let mut texts = Vec::new();
    let mut open: Vec<PathBuf> = ["examples", "tests/findings"].map(|dir| Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)).into();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}
