//! What a render would do to a folder, file by file, before anything is touched.
//! The rules of what is ours are all here: a file is mlmesh's when the ledger has its hash, or
//! when it already has the wanted text. Everything else on disk belongs to somebody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::look::{self, Folders, Gap, Standing};
use super::{DiskError, PathFault, Refusal, Tree};
use crate::output::layout::{HEADER, OPTIONAL};
use crate::output::ledger::{Hash, Ledger};
use crate::output::tree::{folders_of, path_fault, try_walk};

/// Files that other people keep in an output folder, each a path or a folder below it: `[output] keep`.
#[derive(Debug, Clone, Default)]
pub struct Keep(pub Vec<String>);

impl Keep {
    fn covers(&self, path: &str) -> bool {
        self.0.iter().any(|kept| {
            let rest = path.strip_prefix(kept.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// A manifest in the output folder that a render neither writes nor removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// Somebody else wrote it.
    Foreign,
    /// It begins as the files of mlmesh do, but the ledger does not list it.
    Orphan,
}

/// What a render would do to a folder. It is a look at one moment and holds nothing fast.
#[derive(Debug)]
pub struct Plan {
    pub(super) root: PathBuf,
    steps: BTreeMap<String, Step>,
    /// Paths in the ledger whose files are gone already; their folders may be left over.
    pub(super) gone: Vec<String>,
    pub(super) before: Ledger,
    pub(super) after: Ledger,
    /// The ledger as it is on disk, to the byte.
    pub(super) ledger_text: Vec<u8>,
    strangers: Vec<(String, Stranger)>,
}

/// What a render would do at one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Write a file where there is none.
    Create,
    /// Replace a file that mlmesh wrote.
    Change,
    /// Leave a file as it is: it has the wanted text.
    Keep,
    /// Remove a file that mlmesh wrote and that is no longer wanted.
    Remove,
    /// Nothing, nor anywhere else: this is in the way.
    Refuse(Refusal),
}

impl Plan {
    /// The step of every path that is wanted, to be removed or in the way, in order of the paths.
    pub fn steps(&self) -> impl Iterator<Item = (&str, Step)> {
        self.steps.iter().map(|(path, step)| (path.as_str(), *step))
    }

    /// The step at `path`; `None` where neither mlmesh nor the tree has a file.
    #[must_use]
    pub fn step(&self, path: &str) -> Option<Step> {
        self.steps.get(path).copied()
    }

    /// What is in the way, in order of the paths.
    pub fn refusals(&self) -> impl Iterator<Item = (&str, Refusal)> {
        self.steps().filter_map(|(path, step)| match step {
            Step::Refuse(refusal) => Some((path, refusal)),
            _ => None,
        })
    }

    /// Whether the folder is as the render would leave it, the ledger included.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.keeps_every_file() && self.ledger_text == self.after.to_string().as_bytes()
    }

    /// Whether a render would leave the folder as it is but for hashes in the ledger that no file has any longer, as a
    /// merge of two branches leaves them.
    pub(super) fn is_current(&self) -> bool {
        self.keeps_every_file() && self.before.holds(&self.after)
    }

    /// The manifests in the folder that a GitOps controller would apply and that are not of this tree.
    pub fn strangers(&self) -> impl Iterator<Item = (&str, Stranger)> {
        self.strangers.iter().map(|(path, stranger)| (path.as_str(), *stranger))
    }

    pub(super) fn keeps_every_file(&self) -> bool {
        self.steps.values().all(|step| *step == Step::Keep)
    }

    /// The paths with a step that the tree has no file for.
    pub(super) fn unwanted(&self) -> impl Iterator<Item = (&str, Step)> {
        self.steps().filter(|(path, _)| !self.after.lists(path))
    }
}

/// Compares `tree` with the folder `dir`, which need not be there. Nothing is touched. Files that `keep` covers
/// belong to somebody else.
///
/// # Errors
/// When something cannot be read, the ledger is malformed, or the tree has a path that cannot be
/// written. What is only in the way is a [`Step::Refuse`].
pub fn plan(dir: &Path, tree: &dyn Tree, keep: &Keep) -> Result<Plan, DiskError> {
    let root = look::resolved(dir)?;
    let (before, ledger_text) = look::ledger(&root)?;
    let mut survey = Survey {
        root: &root,
        keep,
        before: &before,
        folders: Folders::new(&root),
        steps: BTreeMap::new(),
        gone: Vec::new(),
        bytes: Vec::new(),
    };
    let after = survey.wanted(tree)?;
    survey.unwanted(&after)?;
    let Survey { steps, gone, .. } = survey;
    let strangers = strangers(&root, keep, |path| after.lists(path) || before.lists(path))?;
    Ok(Plan { steps, gone, after, ledger_text, before, root, strangers })
}

/// The manifests below `root` that are not ours and that nobody wants to keep there.
fn strangers(root: &Path, keep: &Keep, is_ours: impl Fn(&str) -> bool) -> Result<Vec<(String, Stranger)>, DiskError> {
    let mut strangers = Vec::new();
    for path in look::manifests(root)? {
        if is_ours(&path) || keep.covers(&path) {
            continue;
        }
        let on_disk = root.join(&path);
        let is_file = matches!(look::standing(&on_disk)?, Standing::File(_));
        let ours_once = is_file && look::begins_with(&on_disk, HEADER)?;
        strangers.push((path, if ours_once { Stranger::Orphan } else { Stranger::Foreign }));
    }
    Ok(strangers)
}

struct Survey<'a> {
    root: &'a Path,
    keep: &'a Keep,
    before: &'a Ledger,
    folders: Folders<'a>,
    steps: BTreeMap<String, Step>,
    gone: Vec<String>,
    bytes: Vec<u8>,
}

impl Survey<'_> {
    /// Decides on every file of the tree, and returns the ledger of them all.
    fn wanted(&mut self, tree: &dyn Tree) -> Result<Ledger, DiskError> {
        let mut after = Ledger::default();
        try_walk(tree, |path, text| {
            let fault = path_fault(path).or(after.lists(path).then_some(PathFault::Twice));
            if let Some(fault) = fault {
                return Err(DiskError::Tree { path: path.to_owned(), fault });
            }
            if self.keep.covers(path) {
                if OPTIONAL != path {
                    self.steps.insert(path.to_owned(), Step::Refuse(Refusal::Kept));
                }
                return Ok(());
            }
            after.insert(path, Hash::of(text.as_bytes()));
            let (at, step) = match self.folders.gap(path)? {
                None => (path, self.over(path, text)?),
                Some(Gap::Missing) => (path, Step::Create),
                Some(Gap::Blocked(folder, refusal)) => (folder, Step::Refuse(refusal)),
            };
            self.steps.insert(at.to_owned(), step);
            Ok(())
        })?;
        if let Some(path) = after.paths().flat_map(folders_of).find(|path| after.lists(path)) {
            return Err(DiskError::Tree { path: path.to_owned(), fault: PathFault::AlsoFolder });
        }
        Ok(after)
    }

    /// What writing `text` to `path` would do; the folders on the way are there.
    fn over(&mut self, path: &str, text: &str) -> Result<Step, DiskError> {
        let on_disk = self.root.join(path);
        match look::standing(&on_disk)? {
            Standing::Nothing => Ok(Step::Create),
            Standing::Link => Ok(Step::Refuse(Refusal::LinkedFile)),
            Standing::Folder | Standing::Other => Ok(Step::Refuse(Refusal::NotAFile)),
            Standing::File(length) => {
                if length >= text.len() as u64 {
                    look::read_into(&mut self.bytes, &on_disk)?;
                    if self.bytes == text.as_bytes() {
                        return Ok(Step::Keep);
                    }
                    if is_of_other_line_ends(&self.bytes, text) {
                        return Ok(Step::Change);
                    }
                }
                self.if_ours(path, &on_disk, Step::Change)
            }
        }
    }

    /// Decides on every file of the ledger that the tree no longer has, and that nobody keeps.
    fn unwanted(&mut self, after: &Ledger) -> Result<(), DiskError> {
        let before = self.before;
        for path in before.paths().filter(|path| !after.lists(path) && !self.keep.covers(path)) {
            match self.left_over(path)? {
                // what is in the way of the tree stays refused, even if it is ours
                Some((at, step)) => _ = self.steps.entry(at.to_owned()).or_insert(step),
                None => self.gone.push(path.to_owned()),
            }
        }
        Ok(())
    }

    /// Where and what to do about a file that mlmesh once wrote; `None` when it is gone.
    fn left_over<'p>(&mut self, path: &'p str) -> Result<Option<(&'p str, Step)>, DiskError> {
        match self.folders.gap(path)? {
            Some(Gap::Blocked(folder, refusal @ Refusal::LinkedFolder)) => {
                return Ok(Some((folder, Step::Refuse(refusal))));
            }
            Some(_) => return Ok(None),
            None => {}
        }
        let on_disk = self.root.join(path);
        Ok(match look::standing(&on_disk)? {
            Standing::File(_) => Some((path, self.if_ours(path, &on_disk, Step::Remove)?)),
            Standing::Link => Some((path, Step::Refuse(Refusal::LinkedFile))),
            Standing::Nothing | Standing::Folder | Standing::Other => None,
        })
    }

    /// `step`, if the file at `path` is as mlmesh wrote it; a file that the ledger does not list
    /// is not even read.
    fn if_ours(&self, path: &str, on_disk: &Path, step: Step) -> Result<Step, DiskError> {
        Ok(if !self.before.lists(path) {
            Step::Refuse(Refusal::Foreign)
        } else if self.before.knows(path, look::hash(on_disk)?) {
            step
        } else {
            Step::Refuse(Refusal::Edited)
        })
    }
}

/// Whether only the line ends differ, as a checkout on Windows leaves them: nobody edited the file.
fn is_of_other_line_ends(bytes: &[u8], text: &str) -> bool {
    bytes.contains(&b'\r') && bytes.split_inclusive(|byte| *byte == b'\n').flat_map(unix_line).eq(text.bytes())
}

fn unix_line(line: &[u8]) -> impl Iterator<Item = u8> {
    let (line, end): (&[u8], &[u8]) = line.strip_suffix(b"\r\n").map_or((line, b""), |line| (line, b"\n"));
    line.iter().chain(end).copied()
}
