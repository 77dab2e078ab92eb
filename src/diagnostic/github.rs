//! A diagnostic as a workflow command, which GitHub shows beside the line
//! (docs.github.com, workflow commands for GitHub Actions).

use super::region::Region;
use super::{Diagnostic, Severity};
use crate::source::Sources;

/// The command, without a line break.
pub(super) fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Region { file, start, end } = Region::of(diagnostic.primary.span, sources);
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let help = diagnostic.help.as_deref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
    let message = data(&format!("{}{help}", diagnostic.message));
    let (file, title) = (property(file), property(diagnostic.code.name));
    let (line, last) = (start.line, end.line);
    // GitHub takes columns only where one line is meant.
    let columns = if line == last { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
    format!("::{word} file={file},line={line},endLine={last}{columns},title={title}::{message}")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
