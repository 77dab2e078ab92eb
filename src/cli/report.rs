//! Where the report of a command goes. What a person or a log reads goes to standard error; a document that a machine
//! reads goes to standard output, or with `--report` into a file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::diagnostic::{Format, Severity};
use crate::{Report, Sources, render_reports};

use super::manifests::Manifest;
use super::{Stop, replace, say, text, write_stderr};

/// How diagnostics are printed, and where.
#[derive(Args)]
pub(super) struct Reporting {
    /// How diagnostics are printed: `human`, `short` and `github` on standard error, the others on standard output.
    /// With `json`, `access` and `route` answer in JSON too
    #[arg(long, value_enum, default_value_t = FormatName::Human)]
    format: FormatName,
    /// Writes the diagnostics to FILE instead, all at once
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
    /// Prints the reports of these manifests. For a person, a last line counts what was found in each.
    pub(super) fn report(&self, manifests: &[Manifest]) -> Result<(), Stop> {
        self.report_and(manifests, |manifest| {
            if !manifest.report().diagnostics().is_empty() {
                self.summary(manifest);
            }
        })
    }

    /// The same, with a last line also for a manifest in which nothing was found.
    pub(super) fn report_and_count(&self, manifests: &[Manifest]) -> Result<(), Stop> {
        self.report_and(manifests, |manifest| self.summary(manifest))
    }

    /// The same for a question, where only errors are in the way of an answer. A file is written in any case.
    pub(super) fn report_errors(&self, manifests: &[Manifest]) -> Result<(), Stop> {
        let has_errors = manifests.iter().any(|manifest| manifest.report().has_errors());
        if has_errors || self.file.is_some() { self.report(manifests) } else { Ok(()) }
    }

    /// A person reads what is said of a manifest below what was found there; a machine reads one document.
    fn report_and(&self, manifests: &[Manifest], say_last: impl Fn(&Manifest)) -> Result<(), Stop> {
        let together = if self.is_on_a_screen() { 1 } else { manifests.len().max(1) };
        for manifests in manifests.chunks(together) {
            let reports: Vec<_> = manifests.iter().map(|manifest| (manifest.report(), manifest.sources())).collect();
            self.print(&reports)?;
            manifests.iter().for_each(&say_last);
        }
        Ok(())
    }

    /// A line that counts what was found, for a person.
    fn summary(&self, manifest: &Manifest) {
        self.tell(format!("{}: {}", manifest.name(), counts(manifest.report())));
    }

    /// A line of which a machine has no need.
    pub(super) fn tell(&self, line: String) {
        if self.is_for_a_person() {
            say(line);
        }
    }

    /// Prints the diagnostics of several reports as one document. If no manifest could be read there is none: an empty
    /// document would say that nothing is wrong.
    pub(super) fn print(&self, reports: &[(&Report, &Sources)]) -> Result<(), Stop> {
        if reports.is_empty() {
            return Ok(());
        }
        let rendered = render_reports(reports, self.format);
        match &self.file {
            Some(file) => write_file(file, &anstream::adapter::strip_str(&rendered).to_string()),
            None if self.takes_standard_output() => text::print(&rendered),
            None => {
                write_stderr(&rendered);
                Ok(())
            }
        }
    }

    /// Whether a report was asked for that is kept.
    pub(super) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether a machine reads what is printed.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether standard output is the report's, so that nothing else may be printed there.
    pub(super) fn takes_standard_output(&self) -> bool {
        self.file.is_none() && matches!(self.format, Format::Json | Format::Sarif | Format::Junit)
    }

    fn is_for_a_person(&self) -> bool {
        self.format == Format::Human || self.file.is_some()
    }

    fn is_on_a_screen(&self) -> bool {
        self.format == Format::Human && self.file.is_none()
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), Stop> {
    replace::file(path, text).map_err(|error| Stop::unusable(format!("cannot write `{}`: {error}", path.display())))
}

fn counts(report: &Report) -> String {
    let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
    let counts: Vec<String> = severities.filter_map(|severity| count(report, severity)).collect();
    if counts.is_empty() { "no errors".to_owned() } else { counts.join(", ") }
}

fn count(report: &Report, severity: Severity) -> Option<String> {
    let count = report.count(severity);
    let plural = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} {}{plural}", severity.word()))
}
