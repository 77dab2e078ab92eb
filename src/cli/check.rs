//! `mlmesh check`.

use clap::Args;

use crate::diagnostic::{Format, Safety};
use crate::manifest::overlay::Overlay;
use crate::output::{self, Changes};
use crate::{Analysis, analyze};

use super::input::Input;
use super::{Manifest, Stop, counts, print_news, print_report, say, text, version};

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
        let input = Input::read(self.manifest.file.as_deref())?;
        let mut analysis = analyze(input.source(), &[])?;
        let format = Format::from(self.manifest.format);
        if !self.cluster.is_empty() {
            return self.elsewhere(&input, &analysis, format);
        }
        if self.fix {
            analysis = self.fix(&input, analysis, format)?;
        }
        print_report(&analysis, format);
        if analysis.report().has_errors() {
            return Err(Stop::Found);
        }
        if format == Format::Human && analysis.report().diagnostics().is_empty() {
            say(format!("{}: {}", analysis.sources().manifest_name(), counts(&analysis)));
        }
        Ok(())
    }

    /// What another version would change: the new diagnostics, and the difference of the output.
    fn elsewhere(&self, input: &Input, here: &Analysis, format: Format) -> Result<(), Stop> {
        let Some(before) = here.checked() else {
            print_report(here, format);
            return Err(Stop::Found);
        };
        let there = analyze(input.source(), &self.cluster)?;
        let news = there.news(here);
        print_news(&news, there.sources(), format);
        let Some(after) = there.checked() else { return Err(Stop::Found) };
        let mut diff = String::new();
        let Changes { created, changed, removed } = output::changes(&before, &after, &mut |text| diff.push_str(text));
        text::print(&diff)?;
        if format == Format::Human {
            let (created, changed, removed) = (created.len(), changed.len(), removed.len());
            say(format!("{}: {created} created, {changed} changed, {removed} removed", there.sources().manifest_name()));
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
            say(format!("{}: {made} change{plural} written", analysis.sources().manifest_name()));
        }
        Ok(analysis)
    }
}
