//! A diagnostic as one JSON object.

use serde::Serialize;

use super::region::Region;
use super::{Diagnostic, Label, Safety};
use crate::source::Sources;
use crate::spanned::Span;

#[derive(Serialize)]
struct Object<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(flatten)]
    primary: Labelled<'a>,
    related: Vec<Labelled<'a>>,
    help: Option<&'a str>,
    suggestion: Option<Change<'a>>,
}

#[derive(Serialize)]
struct Labelled<'a> {
    #[serde(flatten)]
    at: At<'a>,
    label: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    at: At<'a>,
    text: &'a str,
    safe: bool,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'a> At<'a> {
    fn of(span: Span, sources: &'a Sources) -> Self {
        let Region { file, start, end } = Region::of(span, sources);
        Self { file, line: start.line, column: start.column, end_line: end.line, end_column: end.column }
    }
}

/// The object, without a line break.
pub(super) fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    fn labelled<'a>(label: &'a Label, sources: &'a Sources) -> Labelled<'a> {
        Labelled { at: At::of(label.span, sources), label: &label.text }
    }
    let object = Object {
        severity: diagnostic.severity.word(),
        code: diagnostic.code.name,
        message: &diagnostic.message,
        primary: labelled(&diagnostic.primary, sources),
        related: diagnostic.secondary.iter().map(|label| labelled(label, sources)).collect(),
        help: diagnostic.help.as_deref(),
        suggestion: diagnostic.suggestion.as_ref().map(|suggestion| Change {
            at: At::of(suggestion.edit.span, sources),
            text: &suggestion.edit.text,
            safe: suggestion.safety == Safety::Safe,
        }),
    };
    serde_json::to_string(&object).expect("a diagnostic holds only strings and numbers")
}
