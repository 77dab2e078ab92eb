//! `mlmesh render`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use crate::manifest::overlay::Overlay;
use crate::output::{self, Difference, DiskError, Keep, Overwrite, Written};
use crate::{Analysis, Checked, analyze};

use super::input::Input;
use super::{Manifest, Stop, say};

#[derive(Args)]
pub(super) struct Render {
    #[command(flatten)]
    manifest: Manifest,
    /// The folder to write to [default: the manifest's `output.dir`]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Prints one YAML stream, namespaces first and grants before what denies, and writes no file
    #[arg(long, conflicts_with_all = ["output", "check", "force"])]
    stdout: bool,
    /// Writes nothing; prints a diff and ends with 1 where the folder is not what would be rendered
    #[arg(long, conflicts_with = "force")]
    check: bool,
    /// Renders the rollout of MODEL (or the only one) as if it stood at this step
    #[arg(long, value_name = "[MODEL=]N", value_parser = step)]
    step: Vec<Overlay>,
    /// Overwrites and removes also files that somebody edited, or that mlmesh did not write
    #[arg(long)]
    force: bool,
}

fn step(text: &str) -> Result<Overlay, String> {
    Overlay::step(text).ok_or_else(|| "write a step, such as `2` or `recommender=2`".to_owned())
}

impl Render {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.manifest.reporting.reporter();
        if self.stdout && reporter.takes_standard_output() {
            let message = "the YAML and the report both go to standard output: write the report to a file with `--report FILE`";
            return Err(Stop::unusable(message));
        }
        let input = self.manifest.read()?;
        let analysis = analyze(input.source(), &self.step)?;
        reporter.report(&analysis)?;
        let checked = analysis.checked().ok_or(Stop::Found)?;
        if self.stdout {
            return stream(checked);
        }
        let dir = self.dir(&input, &analysis);
        if self.check {
            let mut print = if reporter.takes_standard_output() { Out::stderr() } else { Out::stdout() };
            let difference = output::diff(&dir, &checked, &keep(&analysis), &mut |text| print.print(text))?;
            print.finish()?;
            return match difference {
                Difference::Same => Ok(()),
                Difference::Differs => Err(Stop::Found),
            };
        }
        let overwrite = if self.force { Overwrite::Force } else { Overwrite::OursOnly };
        let written = output::write(&dir, &checked, overwrite, &keep(&analysis)).map_err(refused)?;
        reporter.tell(format!("{}: {}", dir.display(), summary(&written)));
        for (path, stranger) in &written.strangers {
            say(format!("warning: {}/{path} {stranger}", dir.display()));
        }
        Ok(())
    }

    fn dir(&self, input: &Input, analysis: &Analysis) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            let dir = analysis.manifest().output.clone().given().unwrap_or_default().dir().value;
            let folder = input.folder();
            if folder.as_os_str() == "." { PathBuf::from(dir) } else { folder.join(dir) }
        })
    }
}

fn summary(written: &Written) -> String {
    let Written { created, changed, removed, kept, .. } = written;
    format!("{created} created, {changed} changed, {removed} removed, {kept} unchanged")
}

/// The way out, of which `--force` may be one.
fn refused(error: DiskError) -> Stop {
    let forced = if error.yields_to_force() { ", or overwrite them with `--force`" } else { "" };
    let help = format!("{}{forced}", error.help());
    Stop::Refused { message: error.to_string().into(), help: Some(help.into()) }
}

/// The files that `[output] keep` leaves to other people.
fn keep(analysis: &Analysis) -> Keep {
    let kept = analysis.manifest().output.as_ref().into_iter().flat_map(|output| &output.keep);
    Keep(kept.map(|path| path.value.0.clone()).collect())
}

fn stream(checked: Checked<'_>) -> Result<(), Stop> {
    let mut out = Out::stdout();
    checked.stream(&mut |text| out.print(text));
    out.finish()
}

/// Where text is printed in pieces. A reader that closes it early has read enough.
struct Out {
    out: BufWriter<Box<dyn Write>>,
    outcome: io::Result<()>,
}

impl Out {
    fn stdout() -> Self {
        Self::to(io::stdout().lock())
    }

    fn stderr() -> Self {
        Self::to(io::stderr().lock())
    }

    fn to(writer: impl Write + 'static) -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, Box::new(writer)), outcome: Ok(()) }
    }

    fn print(&mut self, text: &str) {
        if self.outcome.is_ok() {
            self.outcome = self.out.write_all(text.as_bytes());
        }
    }

    fn finish(mut self) -> Result<(), Stop> {
        match self.outcome.and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Stop::unusable(format!("cannot write the output: {error}")))
            }
            _ => Ok(()),
        }
    }
}
