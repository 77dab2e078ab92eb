//! What is to be written: a tree of texts, and the paths that such a tree may have.
//! A path here is text with `/` between its parts, the same on every system, so that a ledger
//! written on one machine is read on another. Nothing here looks at a disk.

use std::fmt;
use std::path::{Component, Path};

/// What the names of mlmesh's own files in an output folder begin with; no generated file may.
const OURS: &str = ".mlmesh.";

/// A tree of generated files, which can be walked more than once.
///
/// Every walk gives the same files in the same order. The text may live in one reused buffer, so
/// that the whole tree is never in memory.
pub trait Tree {
    /// Calls `each` with the relative path and the text of every file.
    fn walk(&self, each: &mut dyn FnMut(&str, &str));
}

/// Walks `tree` with an `each` that may fail, and returns its first error; `each` is not called
/// again after it.
pub(super) fn try_walk<E>(tree: &dyn Tree, mut each: impl FnMut(&str, &str) -> Result<(), E>) -> Result<(), E> {
    let mut outcome = Ok(());
    tree.walk(&mut |path, text| {
        if outcome.is_ok() {
            outcome = each(path, text);
        }
    });
    outcome
}

/// Why a path cannot be that of a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// It begins at the root of the disk, or of a drive.
    Absolute,
    /// A part of it is `..`.
    LeadsOut,
    /// A part of it is empty or `.`, so that one file would have two paths.
    EmptyPart,
    /// It has a `\`, which separates folders on some systems.
    Backslash,
    /// It has a control character, such as a line break, which a ledger cannot hold.
    Control,
    /// It is one of the names that mlmesh keeps for itself.
    Reserved,
    /// Two files of the tree have this path.
    Twice,
    /// Another file of the tree has this path as its folder.
    AlsoFolder,
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PathFault::Absolute => "is absolute",
            PathFault::LeadsOut => "leads out of the output folder by `..`",
            PathFault::EmptyPart => "has an empty part or a `.`",
            PathFault::Backslash => "has a `\\`",
            PathFault::Control => "has a control character",
            PathFault::Reserved => "is a name that mlmesh keeps for itself",
            PathFault::Twice => "is there twice",
            PathFault::AlsoFolder => "is both a file and a folder",
        })
    }
}

/// What is wrong with `path` by itself, whatever else is in its tree.
pub(super) fn path_fault(path: &str) -> Option<PathFault> {
    if path.chars().any(char::is_control) {
        Some(PathFault::Control)
    } else if path.contains('\\') {
        Some(PathFault::Backslash)
    } else if path.starts_with('/') {
        Some(PathFault::Absolute)
    } else if path.split('/').any(|part| part == "..") {
        Some(PathFault::LeadsOut)
    } else if path.split('/').any(|part| part.is_empty() || part == ".") {
        Some(PathFault::EmptyPart)
    } else if path.starts_with(OURS) {
        Some(PathFault::Reserved)
    } else if !Path::new(path).components().all(is_name) {
        Some(PathFault::Absolute) // a drive letter
    } else {
        None
    }
}

fn is_name(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(_))
}

/// The folders that `path` lies in, outermost first, the output folder itself not among them.
pub(super) fn folders_of(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}
