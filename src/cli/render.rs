//! `mlmesh render`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use crate::diagnostic::Format;
use crate::manifest::overlay::Overlay;
use crate::output::{self, Difference, Keep, Overwrite, Written};
use crate::{Analysis, Checked, analyze};

use super::input::Input;
use super::{Manifest, Stop, print_report, say};

#[derive(Args)]
pub(super) struct Render {
    #[command(flatten)]
    manifest: Manifest,
    /// The folder to write to [default: the manifest's `output.dir`, or `deploy` beside the manifest]
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
        let input = Input::read(self.manifest.file.as_deref())?;
        let analysis = analyze(input.source(), &self.step)?;
        let format = Format::from(self.manifest.format);
        print_report(&analysis, format);
        let checked = analysis.checked().ok_or(Stop::Found)?;
        if self.stdout {
            return stream(checked);
        }
        let dir = self.dir(&input, &analysis);
        if self.check {
            return compare(&dir, checked, &keep(&analysis));
        }
        let overwrite = if self.force { Overwrite::Force } else { Overwrite::OursOnly };
        let written = output::write(&dir, &checked, overwrite, &keep(&analysis))?;
        if format == Format::Human {
            say(format!("{}: {}", dir.display(), summary(&written)));
        }
        for (path, stranger) in &written.strangers {
            say(format!("warning: {}/{path} {stranger}", dir.display()));
        }
        Ok(())
    }

    fn dir(&self, input: &Input, analysis: &Analysis) -> PathBuf {
        let written = || analysis.manifest().output.as_ref()?.dir.as_ref().map(|dir| dir.value.as_str());
        self.output.clone().unwrap_or_else(|| {
            let folder = input.folder();
            let dir = written().unwrap_or("deploy");
            if folder.as_os_str() == "." { PathBuf::from(dir) } else { folder.join(dir) }
        })
    }
}

fn summary(written: &Written) -> String {
    let Written { created, changed, removed, kept, .. } = written;
    format!("{created} created, {changed} changed, {removed} removed, {kept} unchanged")
}

/// The files that `[output] keep` leaves to other people.
fn keep(analysis: &Analysis) -> Keep {
    let kept = analysis.manifest().output.iter().flat_map(|output| &output.keep);
    Keep(kept.map(|path| path.value.0.clone()).collect())
}

fn compare(dir: &std::path::Path, checked: Checked<'_>, keep: &Keep) -> Result<(), Stop> {
    let mut out = Stdout::new();
    let difference = output::diff(dir, &checked, keep, &mut |text| out.print(text))?;
    out.finish()?;
    match difference {
        Difference::Same => Ok(()),
        Difference::Differs => Err(Stop::Found),
    }
}

fn stream(checked: Checked<'_>) -> Result<(), Stop> {
    let mut out = Stdout::new();
    checked.stream(&mut |text| out.print(text));
    out.finish()
}

/// Standard output. A reader that closes it early has read enough.
struct Stdout {
    out: BufWriter<io::StdoutLock<'static>>,
    outcome: io::Result<()>,
}

impl Stdout {
    fn new() -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, io::stdout().lock()), outcome: Ok(()) }
    }

    fn print(&mut self, text: &str) {
        if self.outcome.is_ok() {
            self.outcome = self.out.write_all(text.as_bytes());
        }
    }

    fn finish(mut self) -> Result<(), Stop> {
        match self.outcome.and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Stop::unusable(format!("cannot write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }
}
