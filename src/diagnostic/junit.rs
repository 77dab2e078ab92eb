//! Reports as a JUnit document, each a test suite: a test case for each diagnostic, or a single one that passes. Errors are
//! failures; what is less than an error is said on a case that passes.

use std::fmt::Write;

use super::region::Region;
use super::{Report, Severity};
use crate::source::Sources;

/// The document of all these reports, each with its own texts, with a line break at its end.
pub(super) fn document(reports: &[(&Report, &Sources)]) -> String {
    let suites: String = reports.iter().map(|(report, sources)| suite(report, sources)).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
}

fn suite(report: &Report, sources: &Sources) -> String {
    let (tests, failures) = (report.diagnostics().len().max(1), report.count(Severity::Error));
    let mut cases = String::new();
    for diagnostic in report.diagnostics() {
        let Region { file, start, .. } = Region::of(diagnostic.primary.span, sources);
        let place = escaped(&format!("{file}:{}:{}", start.line, start.column));
        let (file, name, message) = (escaped(file), diagnostic.code.name, escaped(&diagnostic.message));
        let help = escaped(diagnostic.help.as_deref().unwrap_or_default());
        let word = diagnostic.severity.word();
        let said = match diagnostic.severity {
            Severity::Error => {
                format!("<failure type=\"{name}\" message=\"{message}\">{place}: {message}&#10;help: {help}</failure>")
            }
            _ => format!("<system-out>{place}: {word}: {message}&#10;help: {help}</system-out>"),
        };
        let line = start.line;
        writeln!(
            cases,
            "    <testcase classname=\"{file}\" name=\"{name} {place}\" file=\"{file}\" line=\"{line}\">{said}</testcase>"
        )
        .expect("a string takes everything");
    }
    if report.diagnostics().is_empty() {
        cases = format!("    <testcase classname=\"{}\" name=\"check\"/>\n", escaped(sources.manifest_name()));
    }
    format!("  <testsuite name=\"mlmesh\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{cases}  </testsuite>\n")
}

/// Text as XML takes it; of control characters it takes hardly any, so they become a question mark.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            control if control.is_control() => out.push('?'),
            plain => out.push(plain),
        }
    }
    out
}
