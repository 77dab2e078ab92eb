//! Where the report of a command goes. What a person or a log reads goes to standard error; a document that a machine
//! reads goes to standard output, or with `--report` into a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Format, Severity};
use crate::{Analysis, Report, Sources, render_report};

use super::{Stop, say, text, write_stderr};

/// How diagnostics are printed, and where.
#[derive(Args)]
pub(super) struct Reporting {
    /// How diagnostics are printed: `human`, `short` and `github` on standard error, the others on standard output
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,
    /// Writes the diagnostics to FILE instead
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    /// With the lines of the file
    Human,
    /// `FILE:LINE:COL: error[NAME] message`
    Short,
    /// One JSON object a line
    Json,
    /// One SARIF 2.1.0 log
    Sarif,
    /// Workflow commands of GitHub
    Github,
    /// One JUnit document
    Junit,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Human => Self::Human,
            FormatName::Short => Self::Short,
            FormatName::Json => Self::Json,
            FormatName::Sarif => Self::Sarif,
            FormatName::Github => Self::Github,
            FormatName::Junit => Self::Junit,
        }
    }
}

impl Reporting {
    pub(super) fn reporter(&self) -> Reporter {
        Reporter { format: self.format.into(), file: self.report.clone() }
    }
}

/// Prints reports in one format to one place.
pub(super) struct Reporter {
    format: Format,
    file: Option<PathBuf>,
}

impl Reporter {
    /// One that has no file to write to.
    pub(super) fn of(format: Format) -> Self {
        Self { format, file: None }
    }

    /// Prints the report of a manifest. For a person, a last line counts what was found.
    pub(super) fn report(&self, analysis: &Analysis) -> Result<(), Stop> {
        self.print(analysis.report(), analysis.sources())?;
        if self.is_for_a_person() && !analysis.report().diagnostics().is_empty() {
            self.summary(analysis);
        }
        Ok(())
    }

    /// A line that counts what was found, for a person.
    pub(super) fn summary(&self, analysis: &Analysis) {
        self.tell(format!("{}: {}", analysis.sources().manifest_name(), counts(analysis)));
    }

    /// A line of which a machine has no need.
    pub(super) fn tell(&self, line: String) {
        if self.is_for_a_person() {
            say(line);
        }
    }

    /// Prints diagnostics.
    pub(super) fn print(&self, report: &Report, sources: &Sources) -> Result<(), Stop> {
        let rendered = render_report(report, sources, self.format);
        match &self.file {
            Some(file) => write_file(file, &anstream::adapter::strip_str(&rendered).to_string()),
            None if self.takes_standard_output() => text::print(&rendered),
            None => {
                write_stderr(&rendered);
                Ok(())
            }
        }
    }

    /// Whether standard output is the report's, so that nothing else may be printed there.
    pub(super) fn takes_standard_output(&self) -> bool {
        self.file.is_none() && matches!(self.format, Format::Json | Format::Sarif | Format::Junit)
    }

    fn is_for_a_person(&self) -> bool {
        self.format == Format::Human || self.file.is_some()
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line writes the report")]
fn write_file(path: &std::path::Path, text: &str) -> Result<(), Stop> {
    std::fs::write(path, text).map_err(|error| Stop::unusable(format!("cannot write `{}`: {error}", path.display())))
}

fn counts(analysis: &Analysis) -> String {
    let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
    let counts: Vec<String> = severities.filter_map(|severity| count(analysis.report(), severity)).collect();
    if counts.is_empty() { "no errors".to_owned() } else { counts.join(", ") }
}

fn count(report: &Report, severity: Severity) -> Option<String> {
    let count = report.count(severity);
    let plural = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} {}{plural}", severity.word()))
}
