//! `mlmesh check`.

use std::slice;

use clap::Args;

use crate::diagnostic::Safety;
use crate::output::{self, Changes};
use crate::{Report, Sources, analyze};

use super::arguments::FileArguments;
use super::input::{self, Place};
use super::manifests::{Manifest, Manifests, pairs};
use super::report::Reporter;
use super::{Stop, text, write_stderr};

#[derive(Args)]
#[command(after_help = "With --cluster, shows what would change or break on that version.")]
pub(super) struct Check {
    #[command(flatten)]
    arguments: FileArguments,
    /// Writes into the manifest what is only misspelt: what is said there stays the same
    #[arg(long, conflicts_with_all = ["cluster", "step"])]
    fix: bool,
    /// Writes also what was probably meant, such as the nearest name; read the change before you commit it
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.arguments.reporter();
        if !self.arguments.cluster().is_empty() {
            return self.elsewhere(&reporter);
        }
        let manifests =
            if self.fix { self.arguments.each(|place| self.fixed(place, &reporter))? } else { self.arguments.analyses()? };
        reporter.report_and_count(&manifests.list)?;
        manifests.sound().map(drop)
    }

    /// What another version would change: the new diagnostics, and the difference of the output.
    fn elsewhere(&self, reporter: &Reporter) -> Result<(), Stop> {
        let here = self.arguments.without_cluster()?;
        if here.has_errors() {
            reporter.report(&here.list)?;
        }
        let here = here.sound()?;
        let there = Manifests::again(&here, &self.arguments.step_and(self.arguments.cluster()));
        report_news(&pairs(&here, &there.list), reporter)?;
        for (before, after) in pairs(&here, &there.list) {
            show_changes(before, after, reporter)?;
        }
        there.sound().map(drop)
    }

    /// Writes what is suggested into the file, and what the new text suggests. What one change brings to light may be
    /// fixed too, but not for ever.
    fn fixed(&self, place: Place, reporter: &Reporter) -> Result<Manifest, Stop> {
        const MAX_ROUNDS: usize = 8;
        let _locks = input::lock(slice::from_ref(&place))?;
        let safety = if self.unsafe_fixes { Safety::Guess } else { Safety::Safe };
        let (mut manifest, mut made) = (Manifest::read(place, &[])?, 0);
        for _ in 0..MAX_ROUNDS {
            let Some((text, changes)) = manifest.analysis.mended(safety) else { break };
            let source = manifest.place.source_of(&text);
            *manifest.analysis = analyze(source, &[]).map_err(|error| manifest.unusable(error))?;
            made += changes;
        }
        if made > 0 {
            manifest.place.replace(manifest.sources().manifest().text())?;
        }
        let plural = if made == 1 { "" } else { "s" };
        reporter.tell(format!("{}: {made} change{plural} written", manifest.name()));
        Ok(manifest)
    }
}

/// Prints what was found in the second manifest of each pair and not in the first.
pub(super) fn report_news(pairs: &[(&Manifest, &Manifest)], reporter: &Reporter) -> Result<(), Stop> {
    let news: Vec<Report> = pairs.iter().map(|(before, after)| after.analysis.news(&before.analysis)).collect();
    let sources = pairs.iter().map(|(_, after)| after.sources());
    let reports: Vec<(&Report, &Sources)> = news.iter().zip(sources).collect();
    reporter.print(&reports)
}

fn show_changes(before: &Manifest, after: &Manifest, reporter: &Reporter) -> Result<(), Stop> {
    let (Some(old), Some(new)) = (before.analysis.checked(), after.analysis.checked()) else { return Ok(()) };
    let mut diff = String::new();
    let Changes { created, changed, removed } = output::changes(&old, &new, &mut |text| diff.push_str(text));
    if reporter.takes_standard_output() {
        write_stderr(&diff);
    } else {
        text::print(&diff)?;
    }
    let (created, changed, removed) = (created.len(), changed.len(), removed.len());
    reporter.tell(format!("{}: {created} created, {changed} changed, {removed} removed", after.name()));
    Ok(())
}
