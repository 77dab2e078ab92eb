//! `mlmesh check`.

use clap::Args;

use crate::diagnostic::Safety;
use crate::manifest::overlay::Overlay;
use crate::output::{self, Changes};
use crate::{Analysis, analyze};

use super::report::Reporter;
use super::{Manifest, Stop, text, version, write_stderr};

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    manifest: Manifest,
    /// Shows what would change or break on another version of `linkerd`, `kubernetes` or `gateway-api`; writes nothing
    #[arg(long, value_name = "NAME=VERSION", value_parser = version, conflicts_with = "fix")]
    cluster: Vec<Overlay>,
    /// Writes into the manifest what is only misspelt: what is said there stays the same
    #[arg(long)]
    fix: bool,
    /// Writes also what was probably meant, such as the nearest name; read the change before you commit it
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.manifest.reporting.reporter();
        if !self.cluster.is_empty() {
            return self.elsewhere(&reporter);
        }
        let analysis = if self.fix { self.fix(&reporter)? } else { analyze(self.manifest.read()?.source(), &[])? };
        reporter.report(&analysis)?;
        if analysis.report().has_errors() {
            return Err(Stop::Found);
        }
        if analysis.report().diagnostics().is_empty() {
            reporter.summary(&analysis);
        }
        Ok(())
    }

    /// What another version would change: the new diagnostics, and the difference of the output.
    fn elsewhere(&self, reporter: &Reporter) -> Result<(), Stop> {
        let input = self.manifest.read()?;
        let here = analyze(input.source(), &[])?;
        let Some(before) = here.checked() else {
            reporter.report(&here)?;
            return Err(Stop::Found);
        };
        let there = analyze(input.source(), &self.cluster)?;
        reporter.print(&there.news(&here), there.sources())?;
        let Some(after) = there.checked() else { return Err(Stop::Found) };
        let mut diff = String::new();
        let Changes { created, changed, removed } = output::changes(&before, &after, &mut |text| diff.push_str(text));
        if reporter.takes_standard_output() {
            write_stderr(&diff);
        } else {
            text::print(&diff)?;
        }
        let (created, changed, removed) = (created.len(), changed.len(), removed.len());
        reporter.tell(format!("{}: {created} created, {changed} changed, {removed} removed", there.sources().manifest_name()));
        Ok(())
    }

    /// Writes what is suggested into the file, and what the new text suggests. What one change brings to light may be
    /// fixed too, but not for ever.
    fn fix(&self, reporter: &Reporter) -> Result<Analysis, Stop> {
        const MAX_ROUNDS: usize = 8;
        let (input, _lock) = self.manifest.read_to_edit()?;
        let safety = if self.unsafe_fixes { Safety::Guess } else { Safety::Safe };
        let (mut analysis, mut made) = (analyze(input.source(), &[])?, 0);
        for _ in 0..MAX_ROUNDS {
            let Some((text, changes)) = analysis.mended(safety) else { break };
            analysis = analyze(input.source_of(&text), &[])?;
            made += changes;
        }
        if made > 0 {
            input.replace(analysis.sources().manifest().text())?;
        }
        let plural = if made == 1 { "" } else { "s" };
        reporter.tell(format!("{}: {made} change{plural} written", analysis.sources().manifest_name()));
        Ok(analysis)
    }
}
