//! Diagnostics as text: for a person (with the lines of the file), one line each, or as JSON. Only the
//! lines around a place are handed to the printer of snippets, which would else read the whole file.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Report, Severity};
use crate::source::{Source, Sources};
use crate::spanned::Span;

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// With the lines of the file, the places underlined.
    #[default]
    Human,
    /// `FILE:LINE:COL: error[NAME] message`, one line each.
    Short,
    /// One JSON object a line.
    Json,
}

/// Every diagnostic of the report as text, with colour codes in the human format (the terminal layer
/// strips them where they are not wanted).
#[must_use]
pub fn render(report: &Report, sources: &Sources, format: Format) -> String {
    let mut out = String::new();
    for diagnostic in report.diagnostics() {
        match format {
            Format::Human => out.push_str(&human(diagnostic, sources)),
            Format::Short => out.push_str(&short(diagnostic, sources)),
            Format::Json => out.push_str(&json(diagnostic, sources)),
        }
        out.push_str(if format == Format::Human { "\n\n" } else { "\n" });
    }
    out
}

fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let span = diagnostic.primary.span;
    let source = sources.get(span.source);
    let place = source.place(span.start);
    let (level, name) = (diagnostic.severity.word(), diagnostic.code.name);
    format!("{}:{}:{}: {level}[{name}] {}", source.name(), place.line, place.column, diagnostic.message)
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'a str,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(flatten)]
    primary: JsonPlace<'a>,
    related: Vec<JsonPlace<'a>>,
    help: Option<&'a str>,
}

fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = |label: &'_ super::Label| -> (usize, usize, usize, usize) {
        let source = sources.get(label.span.source);
        let (start, end) = (source.place(label.span.start), source.place(label.span.end));
        (start.line, start.column, end.line, end.column)
    };
    fn located<'a>(label: &'a super::Label, sources: &'a Sources, at: (usize, usize, usize, usize)) -> JsonPlace<'a> {
        let file = sources.get(label.span.source).name();
        JsonPlace { file, line: at.0, column: at.1, end_line: at.2, end_column: at.3, label: &label.text }
    }
    let object = JsonDiagnostic {
        severity: diagnostic.severity.word(),
        code: diagnostic.code.name,
        message: &diagnostic.message,
        primary: located(&diagnostic.primary, sources, place(&diagnostic.primary)),
        related: diagnostic.secondary.iter().map(|label| located(label, sources, place(label))).collect(),
        help: diagnostic.help.as_deref(),
    };
    serde_json::to_string(&object).expect("a diagnostic holds only strings and numbers")
}

fn human(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name);
    let mut groups = vec![title.elements(snippets(diagnostic, sources))];
    let help = diagnostic.help.as_deref();
    match &diagnostic.suggestion {
        Some(edit) => {
            let source = sources.get(edit.span.source);
            let window = Window::around(source, &[edit.span]);
            let patch = Patch::new(window.inside(edit.span), edit.text.as_str());
            groups.push(Level::HELP.secondary_title(help.unwrap_or("write")).element(window.snippet(source).patch(patch)));
        }
        None => groups.extend(help.map(|help| Group::with_title(Level::HELP.secondary_title(help)))),
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&groups)
}

/// One snippet for each stretch of neighbouring places; the one with the primary place comes first.
fn snippets<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Snippet<'a, Annotation<'a>>> {
    const NEIGHBOURS: usize = 12;
    let mut places = vec![(diagnostic.primary.span, diagnostic.primary.text.as_str(), AnnotationKind::Primary)];
    places.extend(diagnostic.secondary.iter().map(|label| (label.span, label.text.as_str(), AnnotationKind::Context)));
    let line = |span: Span| sources.get(span.source).line_of(span.start);
    let mut stretches: Vec<Vec<_>> = Vec::new();
    for place in places {
        let near = |other: &(Span, &str, AnnotationKind)| {
            other.0.source == place.0.source && line(other.0).abs_diff(line(place.0)) <= NEIGHBOURS
        };
        match stretches.iter_mut().find(|stretch| stretch.iter().any(near)) {
            Some(stretch) => stretch.push(place),
            None => stretches.push(vec![place]),
        }
    }
    let snippet = |stretch: Vec<(Span, &'a str, AnnotationKind)>| {
        let source = sources.get(stretch[0].0.source);
        let spans: Vec<Span> = stretch.iter().map(|place| place.0).collect();
        let window = Window::around(source, &spans);
        let annotations = stretch.into_iter().map(|(span, text, kind)| {
            let annotation = kind.span(window.inside(span));
            if text.is_empty() { annotation } else { annotation.label(text) }
        });
        window.snippet(source).annotations(annotations.collect::<Vec<_>>())
    };
    stretches.into_iter().map(snippet).collect()
}

/// The few lines of a source around some places.
struct Window {
    first_line: usize,
    bytes: Range<usize>,
}

impl Window {
    fn around(source: &Source, spans: &[Span]) -> Self {
        let first = spans.iter().map(|span| source.line_of(span.start)).min().unwrap_or(0);
        let last = spans.iter().map(|span| source.line_of(span.end)).max().unwrap_or(0);
        let first_line = first.saturating_sub(1);
        let end = source.line_start((last + 2).min(source.lines()));
        Self { first_line, bytes: source.line_start(first_line)..end }
    }

    fn inside(&self, span: Span) -> Range<usize> {
        let range = span.range();
        range.start - self.bytes.start..range.end - self.bytes.start
    }

    fn snippet<'a, T: Clone>(&self, source: &'a Source) -> Snippet<'a, T> {
        Snippet::source(&source.text()[self.bytes.clone()]).line_start(self.first_line + 1).path(source.name())
    }
}
