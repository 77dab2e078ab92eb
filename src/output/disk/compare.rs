//! What a render would change, as a diff to read. Nothing is touched, and nothing is locked: a
//! diff may sit in a pager for an hour.

use std::fmt;
use std::fs;
use std::path::Path;

use super::look::{self, Standing};
use super::plan::{Plan, Step, plan};
use super::{DiskError, Keep, Refusal, Stranger, Tree};
use crate::line::Line;
use crate::output::diff::unified;
use crate::output::ledger::LEDGER;
use crate::output::tree::try_walk;

/// Whether a folder is as a render would leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// A render would write nothing.
    Same,
    /// A render would write something, or be refused.
    Differs,
}

/// Gives `out` the unified diff that turns the folder `dir` into `tree`, in pieces: the files of
/// the tree in its order, then those to be removed. A file that a render would refuse to
/// overwrite is shown like any other; what is no file at all is named.
///
/// # Errors
/// As [`plan`].
pub fn diff(dir: &Path, tree: &dyn Tree, keep: &Keep, out: &mut dyn FnMut(&str)) -> Result<Difference, DiskError> {
    let plan = plan(dir, tree, keep)?;
    let mut difference = Difference::Same;
    for (path, stranger) in plan.strangers() {
        out(&format!("{}\n", Line::from(format!("{path} {stranger}"))));
        difference = Difference::Differs;
    }
    if plan.is_current() {
        return Ok(difference);
    }
    if plan.keeps_every_file() {
        out(&format!("{LEDGER} differs\n"));
        return Ok(Difference::Differs);
    }
    try_walk(tree, |path, text| match plan.step(path) {
        None | Some(Step::Keep) => Ok(()),
        Some(step) => show(&plan, path, step, Some(text), out),
    })?;
    for (path, step) in plan.unwanted() {
        show(&plan, path, step, None, out)?;
    }
    Ok(Difference::Differs)
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stranger::Foreign => "was not written by mlmesh: move it out of the folder, or add it to `[output] keep`",
            Stranger::Orphan => "was written by mlmesh, but the ledger does not list it: remove it, or restore the ledger",
        })
    }
}

fn show(plan: &Plan, path: &str, step: Step, render: Option<&str>, out: &mut dyn FnMut(&str)) -> Result<(), DiskError> {
    match step {
        Step::Refuse(refusal @ (Refusal::LinkedFolder | Refusal::NotAFile | Refusal::NotAFolder)) => {
            out(&format!("{path} {refusal}\n"))
        }
        _ => unified(path, on_disk(&plan.root.join(path))?.as_deref(), render, out),
    }
    Ok(())
}

/// The bytes at `path`; of a link, where it leads, for what is there is not the folder's.
fn on_disk(path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
    let mut bytes = Vec::new();
    match look::standing(path)? {
        Standing::File(_) => look::read_into(&mut bytes, path)?,
        Standing::Link => {
            let target = fs::read_link(path).map_err(DiskError::io("read", path))?;
            bytes = target.to_string_lossy().into_owned().into_bytes();
        }
        Standing::Nothing | Standing::Folder | Standing::Other => return Ok(None),
    }
    Ok(Some(bytes))
}
