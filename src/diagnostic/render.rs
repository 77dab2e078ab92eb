//! Diagnostics as text: for a person, with the lines of the file, or in one line each; what machines
//! read has a file for each format. Only the lines around a place are handed to the printer of
//! snippets, which would else read the whole file.

use std::ops::Range;

use super::{Diagnostic, Report, Severity, Suggestion, github, json, junit, sarif};
use crate::source::{Source, Sources};
use crate::spanned::Span;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

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
    /// One SARIF 2.1.0 log, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows beside the lines.
    Github,
    /// One JUnit document, for whatever shows test results.
    Junit,
}

/// Every diagnostic of the report as text, with colour codes in the human format (the terminal layer
/// strips them where they are not wanted). Without any it is empty, but for SARIF and JUnit, which are
/// whole documents then too.
#[must_use]
pub fn render(report: &Report, sources: &Sources, format: Format) -> String {
    render_all(&[(report, sources)], format)
}

/// The same of several reports, each with its own texts: one document.
#[must_use]
pub fn render_all(reports: &[(&Report, &Sources)], format: Format) -> String {
    match format {
        Format::Human => joined(reports, |diagnostic, sources| human(diagnostic, sources) + "\n\n"),
        Format::Short => joined(reports, |diagnostic, sources| short(diagnostic, sources) + "\n"),
        Format::Json => joined(reports, |diagnostic, sources| json::line(diagnostic, sources) + "\n"),
        Format::Github => joined(reports, |diagnostic, sources| github::command(diagnostic, sources) + "\n"),
        Format::Sarif => sarif::log(reports),
        Format::Junit => junit::document(reports),
    }
}

fn joined(reports: &[(&Report, &Sources)], text: impl Fn(&Diagnostic, &Sources) -> String) -> String {
    let found = reports.iter().flat_map(|(report, sources)| report.diagnostics().iter().map(move |one| (one, sources)));
    found.map(|(diagnostic, sources)| text(diagnostic, sources)).collect()
}

fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let span = diagnostic.primary.span;
    let source = sources.get(span.source);
    let place = source.place(span.start);
    let (level, name) = (diagnostic.severity.word(), diagnostic.code.name);
    format!("{}:{}:{}: {level}[{name}] {}", source.name(), place.line, place.column, diagnostic.message)
}

fn human(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&*diagnostic.message).id(diagnostic.code.name);
    let mut groups = vec![title.elements(snippets(diagnostic, sources))];
    let help = diagnostic.help.as_deref();
    match &diagnostic.suggestion {
        Some(Suggestion { edit, .. }) => {
            let source = sources.get(edit.span.source);
            let window = Window::around(source, &[edit.span]);
            let patch = Patch::new(window.inside(edit.span), edit.text.as_str());
            groups.push(Level::HELP.secondary_title(help.unwrap_or("write")).element(window.snippet(source).patch(patch)));
        }
        None => groups.extend(help.map(|help| Group::with_title(Level::HELP.secondary_title(help)))),
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&groups)
}

/// Where a snippet says something, and what.
type Place<'a> = (Span, &'a str, AnnotationKind);

/// One snippet for each stretch of neighbouring places; the one with the primary place comes first.
fn snippets<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut places = vec![(diagnostic.primary.span, &*diagnostic.primary.text, AnnotationKind::Primary)];
    places.extend(diagnostic.secondary.iter().map(|label| (label.span, &*label.text, AnnotationKind::Context)));
    let mut stretches: Vec<Vec<Place<'_>>> = Vec::new();
    for place in places {
        match stretches.iter_mut().find(|stretch| stretch.iter().any(|other| is_near(other.0, place.0, sources))) {
            Some(stretch) => stretch.push(place),
            None => stretches.push(vec![place]),
        }
    }
    stretches.into_iter().map(|stretch| snippet(stretch, sources)).collect()
}

fn is_near(one: Span, other: Span, sources: &Sources) -> bool {
    const NEIGHBOURS: usize = 12;
    one.source == other.source && first_line(one, sources).abs_diff(first_line(other, sources)) <= NEIGHBOURS
}

fn first_line(span: Span, sources: &Sources) -> usize {
    sources.get(span.source).line_of(span.start)
}

fn snippet<'a>(stretch: Vec<Place<'a>>, sources: &'a Sources) -> Snippet<'a, Annotation<'a>> {
    let source = sources.get(stretch[0].0.source);
    let spans: Vec<Span> = stretch.iter().map(|place| place.0).collect();
    let window = Window::around(source, &spans);
    let annotations = stretch.into_iter().map(|(span, text, kind)| {
        let annotation = kind.span(window.inside(span));
        if text.is_empty() { annotation } else { annotation.label(text) }
    });
    window.snippet(source).annotations(annotations.collect::<Vec<_>>())
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
