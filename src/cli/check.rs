//! `mlmesh check`.

use clap::Args;

use crate::analyze;
use crate::diagnostic::Format;

use super::input::Input;
use super::{Manifest, Stop, counts, print_report, say};

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    manifest: Manifest,
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let input = Input::read(self.manifest.file.as_deref())?;
        let analysis = analyze(input.source(), &[])?;
        let format = Format::from(self.manifest.format);
        print_report(&analysis, format);
        if analysis.report().has_errors() {
            return Err(Stop::Found);
        }
        if format == Format::Human && analysis.report().diagnostics().is_empty() {
            say(&format!("{}: {}\n", analysis.sources().manifest_name(), counts(&analysis)));
        }
        Ok(())
    }
}
