//! `mlmesh render`.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use crate::Checked;
use crate::output::{self, Difference, DiskError, Keep, Overwrite, Written};

use super::arguments::FileArguments;
use super::input::one_spelling;
use super::manifests::Manifest;
use super::report::Reporter;
use super::{Stop, say};

#[derive(Args)]
pub(super) struct Render {
    #[command(flatten)]
    arguments: FileArguments,
    /// The folder to write to, for one manifest [default: the manifest's `output.dir`]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Prints one YAML stream, namespaces first and grants before what denies, and writes no file
    #[arg(long, conflicts_with_all = ["output", "check", "force", "exit_code"])]
    stdout: bool,
    /// Writes nothing; prints a diff and ends with 1 where the folder is not what would be rendered
    #[arg(long, conflicts_with_all = ["force", "exit_code"])]
    check: bool,
    /// Ends with 1 where a file was created, changed or removed, so that a hook stops the commit
    #[arg(long)]
    exit_code: bool,
    /// Overwrites and removes also files that somebody edited, or that mlmesh did not write
    #[arg(long)]
    force: bool,
}

impl Render {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.arguments.reporter();
        if self.stdout && reporter.takes_standard_output() {
            let message = "the YAML and the report both go to standard output: write the report to a file with `--report FILE`";
            return Err(Stop::unusable(message));
        }
        let manifests = self.arguments.analyses()?;
        reporter.report(&manifests.list)?;
        let manifests = manifests.sound()?;
        let checked: Vec<_> = manifests.iter().filter_map(|one| Some((one, one.analysis.checked()?))).collect();
        if self.stdout {
            return stream(checked.iter().map(|(_, checked)| *checked));
        }
        let trees = self.trees(&checked)?;
        if self.check {
            let differences = trees.iter().filter_map(|tree| tree.show_difference(&reporter).err());
            return Stop::all(differences.collect());
        }
        let overwrite = if self.force { Overwrite::Force } else { Overwrite::OursOnly };
        let refusals = trees.iter().filter_map(|tree| tree.accepted(overwrite).err());
        Stop::all(refusals.collect())?;
        let mut changes = Vec::new();
        for tree in &trees {
            let written = tree.write(overwrite, &reporter)?;
            changes.extend(tree.refused_if_changed(&written).filter(|_| self.exit_code));
        }
        Stop::all(changes)
    }

    /// What goes where. A folder holds the files of one manifest, because a render removes what it did not print.
    fn trees<'a>(&self, checked: &[(&'a Manifest, Checked<'a>)]) -> Result<Vec<Tree<'a>>, Stop> {
        let trees: Vec<Tree<'a>> =
            checked.iter().map(|(manifest, checked)| Tree { manifest, checked: *checked, dir: self.dir(manifest) }).collect();
        let mut owners = BTreeMap::new();
        for tree in &trees {
            if let Some(owner) = owners.insert(one_spelling(&tree.dir), tree.manifest.name()) {
                let (dir, name) = (tree.dir.display(), tree.manifest.name());
                let message = format!("`{owner}` and `{name}` both render to `{dir}`: give each a folder of its own");
                return Err(Stop::unusable(message));
            }
        }
        Ok(trees)
    }

    fn dir(&self, manifest: &Manifest) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            let dir = manifest.analysis.manifest().output.clone().given().unwrap_or_default().dir().value;
            let folder = manifest.place.folder();
            if folder.as_os_str() == "." { PathBuf::from(dir) } else { folder.join(dir) }
        })
    }
}

/// The files of a manifest, and the folder that they belong to.
struct Tree<'a> {
    manifest: &'a Manifest,
    checked: Checked<'a>,
    dir: PathBuf,
}

impl Tree<'_> {
    fn show_difference(&self, reporter: &Reporter) -> Result<(), Stop> {
        let mut print = if reporter.takes_standard_output() { Out::stderr() } else { Out::stdout() };
        let difference = output::diff(&self.dir, &self.checked, &self.keep(), &mut |text| print.print(text))?;
        print.finish()?;
        match difference {
            Difference::Same => Ok(()),
            Difference::Differs => {
                let message = format!("`{}` differs from what `{}` renders to", self.dir.display(), self.manifest.name());
                Err(Stop::Refused { message: message.into(), help: Some("run `mlmesh render`".into()) })
            }
        }
    }

    fn accepted(&self, overwrite: Overwrite) -> Result<(), Stop> {
        output::accepted(&self.dir, &self.checked, overwrite, &self.keep()).map(drop).map_err(refused)
    }

    fn write(&self, overwrite: Overwrite, reporter: &Reporter) -> Result<Written, Stop> {
        let written = output::write(&self.dir, &self.checked, overwrite, &self.keep()).map_err(refused)?;
        let dir = self.dir.display();
        reporter.tell(format!("{dir}: {}", summary(&written)));
        for (path, stranger) in &written.strangers {
            say(format!("warning: {dir}/{path} {stranger}"));
        }
        Ok(written)
    }

    /// Git would commit the tree as it was before.
    fn refused_if_changed(&self, written: &Written) -> Option<Stop> {
        let Written { created, changed, removed, .. } = written;
        let message = format!("`{}` was not what `{}` renders to", self.dir.display(), self.manifest.name());
        let help = "add the written files to the commit";
        (created + changed + removed > 0).then(|| Stop::Refused { message: message.into(), help: Some(help.into()) })
    }

    /// The files that `[output] keep` leaves to other people.
    fn keep(&self) -> Keep {
        let kept = self.manifest.analysis.manifest().output.as_ref().into_iter().flat_map(|output| &output.keep);
        Keep(kept.map(|path| path.value.0.clone()).collect())
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

fn stream<'a>(checked: impl Iterator<Item = Checked<'a>>) -> Result<(), Stop> {
    let mut out = Out::stdout();
    checked.for_each(|checked| checked.stream(&mut |text| out.print(text)));
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
