//! What stands on the disk: looks that follow no link below the output folder and change nothing.
//! What is to be made of it is decided in [`plan`](super::plan()).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{DiskError, Refusal};
use crate::output::ledger::{Hash, LEDGER, Ledger};
use crate::output::tree::folders_of;

/// The output folder with links resolved once; `dir` as it is when nothing is there yet.
pub(super) fn resolved(dir: &Path) -> Result<PathBuf, DiskError> {
    match fs::metadata(dir) {
        Ok(found) if found.is_dir() => dir.canonicalize().map_err(DiskError::io("resolve", dir)),
        Ok(_) => Err(DiskError::NotAFolder { path: dir.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(dir.to_owned()),
        Err(error) => Err(DiskError::io("read", dir)(error)),
    }
}

/// What is at a path, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Nothing,
    /// A file, and its length in bytes.
    File(u64),
    Folder,
    Link,
    /// A pipe, a socket, a device: not to be opened, for that may wait for ever.
    Other,
}

pub(super) fn standing(path: &Path) -> Result<Standing, DiskError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if is_absence(&error) => return Ok(Standing::Nothing),
        Err(error) => return Err(DiskError::io("read", path)(error)),
    };
    let kind = found.file_type();
    Ok(if kind.is_file() {
        Standing::File(found.len())
    } else if kind.is_dir() {
        Standing::Folder
    } else if kind.is_symlink() {
        Standing::Link
    } else {
        Standing::Other
    })
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What keeps a path from being reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap<'p> {
    /// A folder on the way is not there.
    Missing,
    /// This folder on the way is something else.
    Blocked(&'p str, Refusal),
}

/// The folders below the output folder, each looked at once.
pub(super) struct Folders<'r> {
    root: &'r Path,
    seen: BTreeMap<String, Standing>,
}

impl<'r> Folders<'r> {
    pub(super) fn new(root: &'r Path) -> Self {
        Folders { root, seen: BTreeMap::new() }
    }

    /// The outermost folder of `path` that is not there as a folder.
    pub(super) fn gap<'p>(&mut self, path: &'p str) -> Result<Option<Gap<'p>>, DiskError> {
        for folder in folders_of(path) {
            match self.look(folder)? {
                Standing::Folder => {}
                Standing::Nothing => return Ok(Some(Gap::Missing)),
                Standing::Link => return Ok(Some(Gap::Blocked(folder, Refusal::LinkedFolder))),
                Standing::File(_) | Standing::Other => {
                    return Ok(Some(Gap::Blocked(folder, Refusal::NotAFolder)));
                }
            }
        }
        Ok(None)
    }

    fn look(&mut self, folder: &str) -> Result<Standing, DiskError> {
        if let Some(known) = self.seen.get(folder) {
            return Ok(*known);
        }
        let found = standing(&self.root.join(folder))?;
        self.seen.insert(folder.to_owned(), found);
        Ok(found)
    }
}

/// The YAML and JSON files below the output folder, and links that are called so, in order. A GitOps controller applies
/// all of them, whoever wrote them. Links to folders are not followed.
pub(super) fn manifests(root: &Path) -> Result<Vec<String>, DiskError> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let path = root.join(&folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if is_absence(&error) => continue,
            Err(error) => return Err(DiskError::io("read", &path)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(DiskError::io("read", &path))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = entry.file_type().map_err(DiskError::io("read", &path))?;
            if name.starts_with(".mlmesh.") || name == ".git" {
                continue;
            } else if kind.is_dir() {
                open.push(below);
            } else if is_manifest(&name) {
                found.push(below);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_manifest(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["yaml", "yml", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether the file at `path` begins with `start`.
pub(super) fn begins_with(path: &Path, start: &str) -> Result<bool, DiskError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(start.len() as u64).read_to_end(&mut bytes));
    match read {
        Err(error) if !is_absence(&error) => Err(DiskError::io("read", path)(error)),
        _ => Ok(bytes == start.as_bytes()),
    }
}

/// Fills `bytes` with the file at `path`; empty when it went away in the meantime.
pub(super) fn read_into(bytes: &mut Vec<u8>, path: &Path) -> Result<(), DiskError> {
    bytes.clear();
    let read = File::open(path).and_then(|mut file| file.read_to_end(bytes));
    match read {
        Err(error) if !is_absence(&error) => Err(DiskError::io("read", path)(error)),
        _ => Ok(()),
    }
}

/// The hash of the file at `path`, however long it is.
pub(super) fn hash(path: &Path) -> Result<Hash, DiskError> {
    let mut hasher = Sha256::new();
    let mut piece = [0; 16 * 1024];
    let mut file = File::open(path).map_err(DiskError::io("read", path))?;
    loop {
        match file.read(&mut piece).map_err(DiskError::io("read", path))? {
            0 => return Ok(Hash::of_pieces(hasher)),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// The ledger in the folder `root`, and its text as it is there; both empty when it is not there.
pub(super) fn ledger(root: &Path) -> Result<(Ledger, Vec<u8>), DiskError> {
    let path = root.join(LEDGER);
    let mut bytes = Vec::new();
    match standing(&path)? {
        Standing::Nothing => {}
        Standing::File(_) => read_into(&mut bytes, &path)?,
        Standing::Folder | Standing::Link | Standing::Other => {
            return Err(DiskError::LedgerNotAFile { path });
        }
    }
    match Ledger::parse(&bytes) {
        Ok(ledger) => Ok((ledger, bytes)),
        Err((line, fault)) => Err(DiskError::Ledger { path, line, fault }),
    }
}
