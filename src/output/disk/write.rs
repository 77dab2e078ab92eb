//! Carries a plan out. The order is what makes a kill harmless: the ledger of both old and new
//! first, then the files, then the removals, then the new ledger; whatever a killed run leaves
//! is known to the ledger it leaves. Each file is written aside and renamed into place.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::plan::{Plan, Step, plan};
use super::{DiskError, Keep, Stranger, Tree, look};
use crate::output::ledger::LEDGER;
use crate::output::tree::{folders_of, try_walk};

/// The folder that files are written aside in; it is there only while a render runs.
const ASIDE: &str = ".mlmesh.tmp";

/// What to do with files that mlmesh did not write, or that were edited since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Refuse the whole render.
    OursOnly,
    /// Overwrite them, or remove them when they are in the ledger and no longer wanted.
    Force,
}

/// How many files a render did what to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub created: usize,
    /// Files that had another text.
    pub changed: usize,
    /// Files that had the wanted text and were not touched.
    pub kept: usize,
    /// Files that are no longer wanted.
    pub removed: usize,
    /// Manifests in the folder that are not of this tree, and that were left alone.
    pub strangers: Vec<(String, Stranger)>,
}

/// Makes the folder `dir` hold `tree`, and returns what that took. Another render into the same
/// folder is waited for.
///
/// # Errors
/// When something is in the way, before anything is written: [`DiskError::Refused`]. When the
/// system fails half-way, the next render goes on from there. A forced render that stopped
/// half-way has to be forced again, for the files that it did not reach are still not ours.
pub fn write(dir: &Path, tree: &dyn Tree, mode: Overwrite, keep: &Keep) -> Result<Written, DiskError> {
    let root = look::resolved(dir)?;
    fs::create_dir_all(&root).map_err(DiskError::io("create", &root))?;
    let _lock = lock(&root)?;
    clear_aside(&root)?;
    let plan = accepted(dir, tree, mode, keep)?;
    if !plan.is_settled() {
        carry_out(&plan, tree)?;
    }
    Ok(count(&plan))
}

/// What [`write()`] would do with `tree`. Nothing is touched.
///
/// # Errors
/// As [`plan()`](plan), and when something is in the way.
pub fn accepted(dir: &Path, tree: &dyn Tree, mode: Overwrite, keep: &Keep) -> Result<Plan, DiskError> {
    let plan = plan(dir, tree, keep)?;
    let refusals: Vec<_> = plan
        .refusals()
        .filter(|(_, refusal)| mode == Overwrite::OursOnly || !refusal.yields_to_force())
        .map(|(path, refusal)| (path.to_owned(), refusal))
        .collect();
    if refusals.is_empty() { Ok(plan) } else { Err(DiskError::Refused { dir: dir.to_owned(), refusals }) }
}

/// Waits until nobody else holds the lock of the folder `root`; the next one waits until the file is dropped.
///
/// # Errors
/// When the folder cannot be opened or locked.
pub fn lock(root: &Path) -> Result<File, DiskError> {
    let file = lockable(root).map_err(DiskError::io("open", root))?;
    file.lock().map_err(DiskError::io("lock", root))?;
    Ok(file)
}

#[cfg(unix)]
fn lockable(root: &Path) -> io::Result<File> {
    File::open(root)
}

/// Folders cannot be locked here. The file stays: to remove it would let two renders in.
#[cfg(not(unix))]
fn lockable(root: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(root.join(".mlmesh.lock"))
}

fn carry_out(plan: &Plan, tree: &dyn Tree) -> Result<(), DiskError> {
    let aside = Aside::open(&plan.root)?;
    let mut ledger = plan.ledger_text.clone();
    if !plan.keeps_every_file() {
        record(plan.before.union(&plan.after).to_string(), &mut ledger, plan, &aside)?;
        put_files(plan, tree, &aside)?;
    }
    remove_files(plan)?;
    remove_empty_folders(plan);
    record(plan.after.to_string(), &mut ledger, plan, &aside)
}

/// Writes the ledger anew, unless the wanted text is already there.
fn record(wanted: String, ledger: &mut Vec<u8>, plan: &Plan, aside: &Aside) -> Result<(), DiskError> {
    if *ledger != wanted.as_bytes() {
        aside.put(&plan.root.join(LEDGER), &wanted)?;
        *ledger = wanted.into_bytes();
    }
    Ok(())
}

fn put_files(plan: &Plan, tree: &dyn Tree, aside: &Aside) -> Result<(), DiskError> {
    let mut ready = String::new(); // the folder that was made last: files come folder by folder
    try_walk(tree, |path, text| {
        if !matches!(plan.step(path), Some(Step::Create | Step::Change | Step::Refuse(_))) {
            return Ok(());
        }
        let folder = folders_of(path).next_back().unwrap_or_default();
        if ready != folder {
            let made = plan.root.join(folder);
            fs::create_dir_all(&made).map_err(DiskError::io("create", &made))?;
            folder.clone_into(&mut ready);
        }
        aside.put(&plan.root.join(path), text)
    })
}

fn remove_files(plan: &Plan) -> Result<(), DiskError> {
    for (path, _) in plan.unwanted() {
        let path = plan.root.join(path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(DiskError::io("remove", &path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Innermost first. The system refuses to remove a folder that holds something, and a folder
/// that cannot go for another reason is no harm.
fn remove_empty_folders(plan: &Plan) {
    let removed = plan.unwanted().map(|(path, _)| path);
    let paths = removed.chain(plan.gone.iter().map(String::as_str));
    let folders: BTreeSet<&str> = paths.flat_map(folders_of).collect();
    for folder in folders.into_iter().rev() {
        _ = fs::remove_dir(plan.root.join(folder));
    }
}

fn count(plan: &Plan) -> Written {
    let strangers = plan.strangers().map(|(path, stranger)| (path.to_owned(), stranger)).collect();
    let mut written = Written { strangers, ..Written::default() };
    for (path, step) in plan.steps() {
        match step {
            Step::Create => written.created += 1,
            Step::Keep => written.kept += 1,
            Step::Remove => written.removed += 1,
            Step::Refuse(_) if !plan.after.lists(path) => written.removed += 1, // forced
            Step::Change | Step::Refuse(_) => written.changed += 1,
        }
    }
    written
}

/// Where files are written before they are renamed into place; gone when it is dropped.
struct Aside {
    folder: PathBuf,
    file: PathBuf,
}

impl Aside {
    fn open(root: &Path) -> Result<Aside, DiskError> {
        let folder = root.join(ASIDE);
        fs::create_dir(&folder).map_err(DiskError::io("create", &folder))?;
        Ok(Aside { file: folder.join("next"), folder })
    }

    /// Makes the file at `path` have `text`, all at once. A file keeps its mode; a link is
    /// replaced, not followed.
    fn put(&self, path: &Path, text: &str) -> Result<(), DiskError> {
        let mut file = File::create_new(&self.file).map_err(DiskError::io("write", path))?;
        file.write_all(text.as_bytes()).map_err(DiskError::io("write", path))?;
        if let Ok(old) = fs::symlink_metadata(path)
            && old.is_file()
        {
            file.set_permissions(old.permissions()).map_err(DiskError::io("write", path))?;
        }
        drop(file);
        fs::rename(&self.file, path).map_err(DiskError::io("write", path))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder); // what stays is cleared by the next render
    }
}

/// Removes what a killed render left aside; a link there is removed, not followed.
fn clear_aside(root: &Path) -> Result<(), DiskError> {
    let folder = root.join(ASIDE);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DiskError::io("remove", &folder)(error)),
        _ => Ok(()),
    }
}
