//! `mlmesh check`.

use clap::Args;

use crate::diagnostic::{Format, Safety};
use crate::{Analysis, analyze};

use super::input::Input;
use super::{Manifest, Stop, counts, print_report, say};

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    manifest: Manifest,
    /// Writes into the manifest what is only misspelt: what is said there stays the same
    #[arg(long)]
    fix: bool,
    /// Writes also what was probably meant, such as the nearest name; read the change before you commit it
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let input = Input::read(self.manifest.file.as_deref())?;
        let mut analysis = analyze(input.source(), &[])?;
        let format = Format::from(self.manifest.format);
        if self.fix {
            analysis = self.fix(&input, analysis, format)?;
        }
        print_report(&analysis, format);
        if analysis.report().has_errors() {
            return Err(Stop::Found);
        }
        if format == Format::Human && analysis.report().diagnostics().is_empty() {
            say(&format!("{}: {}\n", analysis.sources().manifest_name(), counts(&analysis)));
        }
        Ok(())
    }

    /// Mends the file, and what the mended one still has. What one change brings to light may be mended
    /// too, but not for ever.
    fn fix(&self, input: &Input, analysis: Analysis, format: Format) -> Result<Analysis, Stop> {
        const MOST_ROUNDS: usize = 8;
        input.editable()?;
        let safety = if self.unsafe_fixes { Safety::Guess } else { Safety::Safe };
        let (mut analysis, mut made) = (analysis, 0);
        for _ in 0..MOST_ROUNDS {
            let Some((text, changes)) = analysis.mended(safety) else { break };
            analysis = analyze(input.source_of(&text), &[])?;
            made += changes;
        }
        if made > 0 {
            input.replace(analysis.sources().manifest().text())?;
        }
        if format == Format::Human {
            let plural = if made == 1 { "" } else { "s" };
            say(&format!("{}: {made} change{plural} written\n", analysis.sources().manifest_name()));
        }
        Ok(analysis)
    }
}
