//! From objects to text: one file for each, or one stream. A file's path is made of names that were
//! checked, so it cannot lead out of its folder. Printing is `yaml`'s, the disk is `disk`'s.

mod diff;
pub mod disk;
mod layout;
mod ledger;
mod tree;

pub use disk::{
    Difference, DiskError, Keep, LedgerFault, Overwrite, PathFault, Plan, Refusal, Step, Stranger, Tree, Written, accepted, diff,
    lock, plan, write,
};
pub(crate) use layout::{origins, path, stream, tree};

use std::collections::{BTreeMap, BTreeSet};

/// What becomes of the files of a tree.
#[derive(Debug, Default)]
pub struct Changes {
    /// Files that only the later tree has.
    pub created: Vec<String>,
    /// Files that differ.
    pub changed: Vec<String>,
    /// Files that only the earlier tree has.
    pub removed: Vec<String>,
}

/// What turns one tree into another. Hands out the unified diff of each file that differs.
pub fn changes(before: &dyn Tree, after: &dyn Tree, out: &mut dyn FnMut(&str)) -> Changes {
    let (before, after) = (files(before), files(after));
    let mut changes = Changes::default();
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        let (old, new) = (before.get(path), after.get(path));
        if old == new {
            continue;
        }
        match (old, new) {
            (None, _) => changes.created.push(path.clone()),
            (_, None) => changes.removed.push(path.clone()),
            _ => changes.changed.push(path.clone()),
        }
        diff::unified(path, old.map(String::as_bytes), new.map(String::as_str), out);
    }
    changes
}

fn files(tree: &dyn Tree) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    tree.walk(&mut |path, text| drop(files.insert(path.to_owned(), text.to_owned())));
    files
}
