//! `mlmesh migrate`: from one traffic API, or one version of what is installed, to another.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::Format;
use crate::manifest::overlay::Overlay;
use crate::output::{self, Changes, Keep, Overwrite, Tree};
use crate::{Checked, MigrationStep, render_report};

use super::arguments::FileArguments;
use super::check::report_news;
use super::manifests::{Manifest, Manifests, pairs};
use super::{Stop, text};

#[derive(Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    arguments: FileArguments,
    /// The traffic API to move to: a word that `traffic` in `[cluster]` takes
    #[arg(
        long,
        value_name = "API",
        required_unless_present = "cluster",
        value_parser = clap::builder::PossibleValuesParser::new(crate::value::Traffic::WORDS)
    )]
    to: Option<String>,
    /// For one manifest: writes the trees of the steps to `DIR/1`, `DIR/2` and so on, each with its ledger
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Migrate {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.arguments.reporter();
        let here = self.arguments.without_cluster()?;
        if here.has_errors() {
            reporter.report(&here.list)?;
        }
        let here = here.sound()?;
        if self.output.is_some() && here.len() > 1 {
            return Err(Stop::unusable(format!("`--output` is for one manifest, and {} were named", here.len())));
        }
        let there = Manifests::again(&here, &self.arguments.step_and(&self.overlays()));
        if there.has_errors() || reporter.has_file() {
            report_news(&pairs(&here, &there.list), &reporter)?;
        }
        let there = there.sound()?;
        let moves = pairs(&here, &there).into_iter().filter_map(|(before, after)| Move::of(before, after));
        let moves: Vec<Move<'_>> = moves.collect();
        text::print(&moves.iter().map(|one| self.report(one)).collect::<Vec<String>>().join("\n"))?;
        match &self.output {
            Some(dir) => moves.iter().try_for_each(|one| write(dir, &one.steps)),
            None => Ok(()),
        }
    }

    fn overlays(&self) -> Vec<Overlay> {
        let traffic = self.to.iter().map(|word| Overlay::traffic(word));
        traffic.chain(self.arguments.cluster().iter().cloned()).collect()
    }

    /// What is lost, what differs, and what to do in which order.
    fn report(&self, Move { name, news, before, after, steps }: &Move<'_>) -> String {
        let mut out = String::new();
        let set = self.overlays().iter().filter_map(setting).collect::<Vec<String>>().join("` and `");
        let goal = self.to.as_ref().unwrap_or(&set);
        let plural = if steps.len() == 1 { "" } else { "s" };
        line(&format!("{name}: to `{goal}` in {} step{plural}", steps.len()), &mut out);
        list("Said less exactly, or not as before", news.lines().map(str::to_owned), &mut out);
        list("Noticed by callers", before.differences_to(*after).into_iter(), &mut out);
        if steps.is_empty() {
            line(&format!("\nNo file changes: write `{set}` into `[cluster]`."), &mut out);
            return out;
        }
        line("\nSteps: commit one, wait until the cluster has all of it, then the next", &mut out);
        let mut was: &dyn Tree = before;
        for (at, step) in steps.iter().enumerate() {
            line(&format!("  {}. {}: {}", at + 1, step.title(), step.why()), &mut out);
            let Changes { created, changed, removed } = output::changes(was, step, &mut |_| {});
            for (sign, paths) in [('+', created), ('~', changed), ('-', removed)] {
                paths.iter().for_each(|path| line(&format!("     {sign} {path}"), &mut out));
            }
            was = step;
        }
        line(
            &format!("\nWith the last step, write `{set}` into `[cluster]`: that is what `render` gives from then on."),
            &mut out,
        );
        out
    }
}

/// One manifest on its way.
struct Move<'a> {
    name: &'a str,
    /// What is found there and not here, one line each.
    news: String,
    before: Checked<'a>,
    after: Checked<'a>,
    steps: Vec<MigrationStep<'a>>,
}

impl<'a> Move<'a> {
    /// None where one of the two has errors.
    fn of(here: &'a Manifest, there: &'a Manifest) -> Option<Self> {
        let (before, after) = (here.analysis.checked()?, there.analysis.checked()?);
        let news = render_report(&there.analysis.news(&here.analysis), there.sources(), Format::Short);
        Some(Self { name: there.name(), news, before, after, steps: before.steps_to(after) })
    }
}

fn setting(overlay: &Overlay) -> Option<String> {
    match overlay {
        Overlay::Cluster { key, value } => Some(format!("{key} = \"{value}\"")),
        Overlay::Step { .. } => None,
    }
}

fn list(title: &str, lines: impl Iterator<Item = String>, out: &mut String) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        line(&format!("\n{title}"), out);
        lines.iter().for_each(|one| line(&format!("  {one}"), out));
    }
}

fn line(text: &str, out: &mut String) {
    writeln!(out, "{text}").expect("a string takes everything");
}

/// Nothing is written before every step is accepted. What an earlier migration of more steps left goes.
fn write(dir: &Path, steps: &[MigrationStep<'_>]) -> Result<(), Stop> {
    let left = (steps.len()..).take_while(|at| folder(dir, *at).is_dir());
    let left = left.map(|at| (folder(dir, at), &Nothing as &dyn Tree));
    let trees: Vec<(PathBuf, &dyn Tree)> =
        steps.iter().enumerate().map(|(at, step)| (folder(dir, at), step as &dyn Tree)).chain(left).collect();
    for (folder, tree) in &trees {
        output::accepted(folder, *tree, Overwrite::OursOnly, &Keep::default())?;
    }
    for (folder, tree) in &trees {
        output::write(folder, *tree, Overwrite::OursOnly, &Keep::default())?;
    }
    Ok(())
}

/// Where the tree of a step goes.
fn folder(dir: &Path, at: usize) -> PathBuf {
    dir.join((at + 1).to_string())
}

/// A tree without files.
struct Nothing;

impl Tree for Nothing {
    fn walk(&self, _: &mut dyn FnMut(&str, &str)) {}
}
