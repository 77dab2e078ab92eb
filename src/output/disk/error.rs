//! Why a render stopped, in words, and what the person can do about it. How that becomes a
//! diagnostic and an exit code is not known here.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::{LedgerFault, PathFault};
use crate::output::ledger::LEDGER;

/// How many refused files a message names before it only counts.
const NAMED: usize = 5;

/// Why a tree could not be compared with a folder, or written to it.
///
/// Its `Display` is one lowercase phrase; [`DiskError::help`] is the way out.
#[derive(Debug)]
pub enum DiskError {
    /// The system would not do what was asked of it.
    Io {
        /// The verb: read, write, remove, ...
        action: &'static str,
        /// What it was to be done to.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The output folder is there, but is no folder.
    NotAFolder {
        /// The output folder.
        path: PathBuf,
    },
    /// The ledger is there, but is a link, a folder or the like.
    LedgerNotAFile {
        /// The ledger.
        path: PathBuf,
    },
    /// A line of the ledger cannot be used, so none of it is.
    Ledger {
        /// The ledger.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: LedgerFault,
    },
    /// The tree has a file that cannot be written anywhere: a fault of mlmesh itself.
    Tree {
        /// The path, as the tree has it.
        path: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// Something in the way is not mlmesh's; nothing was written.
    Refused {
        /// The output folder.
        dir: PathBuf,
        /// Every path in the way, relative to `dir`, in order.
        refusals: Vec<(String, Refusal)>,
    },
}

/// What is in the way at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A file that mlmesh wrote and somebody edited.
    Edited,
    /// A file that mlmesh did not write.
    Foreign,
    /// A file that `[output] keep` leaves to somebody else, and that the tree has too.
    Kept,
    /// A symbolic link where a file should be.
    LinkedFile,
    /// A symbolic link where a folder should be.
    LinkedFolder,
    /// A folder, or something else that is no file, where a file should be.
    NotAFile,
    /// A file, or something else that is no folder, where a folder should be.
    NotAFolder,
}

impl Refusal {
    /// Whether [`Overwrite::Force`](super::Overwrite::Force) gets past it.
    #[must_use]
    pub fn yields_to_force(self) -> bool {
        matches!(self, Refusal::Edited | Refusal::Foreign | Refusal::LinkedFile)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Edited => "was edited since mlmesh wrote it",
            Refusal::Foreign => "was not written by mlmesh",
            Refusal::Kept => "is in `[output] keep`, and mlmesh writes a file of this name",
            Refusal::LinkedFile => "is a link where a file should be",
            Refusal::LinkedFolder => "is a link where a folder should be",
            Refusal::NotAFile => "is in the way of a file",
            Refusal::NotAFolder => "is in the way of a folder",
        })
    }
}

impl DiskError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            DiskError::Io { source, .. } => io_help(source.kind()).to_owned(),
            DiskError::NotAFolder { path } => {
                format!("name another output folder, or move `{}` away", path.display())
            }
            DiskError::LedgerNotAFile { path } => {
                format!("move `{}` away, then render again", path.display())
            }
            DiskError::Ledger { fault, .. } => ledger_help(*fault),
            DiskError::Tree { .. } => "this is a fault in mlmesh, not in your manifest: please report it".to_owned(),
            DiskError::Refused { refusals, .. } => refused_help(refusals).to_owned(),
        }
    }

    /// Whether [`Overwrite::Force`](super::Overwrite::Force) gets past it.
    #[must_use]
    pub fn yields_to_force(&self) -> bool {
        matches!(self, DiskError::Refused { refusals, .. } if refusals.iter().all(|(_, refusal)| refusal.yields_to_force()))
    }

    /// Turns the system's error into ours, by what was being done to what.
    pub(super) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DiskError + 'a {
        move |source| DiskError::Io { action, path: path.to_owned(), source }
    }
}

fn io_help(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "give yourself the right to it, or render into another folder"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, then render again: it goes on where this one stopped"
        }
        _ => "render again once that is mended: it goes on where this one stopped",
    }
}

fn ledger_help(fault: LedgerFault) -> String {
    match fault {
        LedgerFault::Conflict => "delete the lines of the markers and keep those of both sides, then render again".to_owned(),
        LedgerFault::Line | LedgerFault::Path(_) => format!(
            "restore `{LEDGER}` from version control, or delete it and render again: \
             files that are as rendered are taken over, others are named before anything is written"
        ),
    }
}

fn refused_help(refusals: &[(String, Refusal)]) -> &'static str {
    if refusals.iter().any(|(_, refusal)| *refusal == Refusal::Kept) {
        "remove the path from `[output] keep`, or rename the file"
    } else if refusals.iter().all(|(_, refusal)| refusal.yields_to_force()) {
        "bring the edits into the manifest and move the files away"
    } else {
        "move what is in the way elsewhere, then render again"
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DiskError::Io { action, path, source } => {
                write!(f, "cannot {action} `{}`: {source}", path.display())
            }
            DiskError::NotAFolder { path } => {
                write!(f, "the output folder `{}` is not a folder", path.display())
            }
            DiskError::LedgerNotAFile { path } => {
                write!(f, "the ledger `{}` is not a file", path.display())
            }
            DiskError::Ledger { path, line, fault } => {
                write!(f, "line {line} of the ledger `{}` {fault}", path.display())
            }
            DiskError::Tree { path, fault } => {
                write!(f, "the generated path `{}` {fault}", path.escape_debug())
            }
            DiskError::Refused { dir, refusals } => {
                write!(f, "nothing was written to `{}`: ", dir.display())?;
                fmt_refusals(refusals, f)
            }
        }
    }
}

fn fmt_refusals(refusals: &[(String, Refusal)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, (path, refusal)) in refusals.iter().take(NAMED).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}`{path}` {refusal}")?;
    }
    match refusals.len().saturating_sub(NAMED) {
        0 => Ok(()),
        more => write!(f, ", and {more} more"),
    }
}

impl std::error::Error for DiskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None // an `Io` has its source in its message already
    }
}
