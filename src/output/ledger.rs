//! The ledger: which files mlmesh wrote into a folder, and the hash of each, in the format of
//! `sha256sum`, so that `sha256sum -c .mlmesh.ledger` verifies a tree without mlmesh.
//! A path may have several hashes: a run that was killed leaves those of before and after.
//! Only text here; it is read and written by [`disk`](super::disk).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sha2::{Digest, Sha256};

use super::tree::{PathFault, path_fault};

/// The ledger's file name in an output folder.
pub(super) const LEDGER: &str = ".mlmesh.ledger";

/// The SHA-256 of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hash([u8; 32]);

impl Hash {
    pub(super) fn of(bytes: &[u8]) -> Hash {
        Hash(Sha256::digest(bytes).into())
    }

    /// The hash of pieces that come one after another.
    pub(super) fn of_pieces(hasher: Sha256) -> Hash {
        Hash(hasher.finalize().into())
    }

    fn parse(hex: &str) -> Option<Hash> {
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        let mut hash = [0; 32];
        if !rest.is_empty() || pairs.len() != hash.len() {
            return None;
        }
        for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
            *byte = digit(*high)? * 16 + digit(*low)?;
        }
        Some(Hash(hash))
    }
}

fn digit(hex: u8) -> Option<u8> {
    let value = char::from(hex).to_digit(16)?;
    u8::try_from(value).ok()
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The files that mlmesh wrote, by path. Its `Display` is the file's text, sorted by path, then
/// by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ledger(BTreeMap<String, BTreeSet<Hash>>);

impl Ledger {
    /// Reads a ledger; lines in any order, and any number of hashes for a path.
    /// On a fault also the number of its line, from 1.
    pub(super) fn parse(bytes: &[u8]) -> Result<Ledger, (usize, LedgerFault)> {
        let mut ledger = Ledger::default();
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let (hash, path) = parse_line(line).map_err(|fault| (index + 1, fault))?;
            ledger.insert(path, hash);
        }
        Ok(ledger)
    }

    pub(super) fn insert(&mut self, path: &str, hash: Hash) {
        match self.0.get_mut(path) {
            Some(hashes) => _ = hashes.insert(hash),
            None => _ = self.0.insert(path.to_owned(), BTreeSet::from([hash])),
        }
    }

    /// Whether mlmesh wrote a file at `path`, with whatever text.
    pub(super) fn lists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// Whether mlmesh wrote this text at `path`.
    pub(super) fn knows(&self, path: &str, hash: Hash) -> bool {
        self.0.get(path).is_some_and(|known| known.contains(&hash))
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether everything of the other is in this one: a merge of two branches leaves hashes of both.
    pub(super) fn holds(&self, other: &Ledger) -> bool {
        other.0.iter().all(|(path, hashes)| hashes.iter().all(|hash| self.knows(path, *hash)))
    }

    /// Everything that is in one of the two.
    pub(super) fn union(&self, other: &Ledger) -> Ledger {
        let mut both = self.clone();
        for (path, hashes) in &other.0 {
            hashes.iter().for_each(|hash| both.insert(path, *hash));
        }
        both
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, hashes) in &self.0 {
            for hash in hashes {
                writeln!(f, "{hash}  {path}")?;
            }
        }
        Ok(())
    }
}

fn parse_line(line: &[u8]) -> Result<(Hash, &str), LedgerFault> {
    let line = str::from_utf8(line).map_err(|_| LedgerFault::Line)?;
    let line = line.strip_suffix('\n').unwrap_or(line);
    // A checkout on Windows may have changed the line ends.
    let line = line.strip_suffix('\r').unwrap_or(line);
    if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
        return Err(LedgerFault::Conflict);
    }
    let (hex, path) = line.split_once("  ").ok_or(LedgerFault::Line)?;
    let hash = Hash::parse(hex).ok_or(LedgerFault::Line)?;
    match path_fault(path) {
        Some(fault) => Err(LedgerFault::Path(fault)),
        None => Ok((hash, path)),
    }
}

/// Why a line of a ledger cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerFault {
    /// It is a marker of a merge that was not resolved.
    Conflict,
    /// It is not a hash, two spaces and a path.
    Line,
    /// Its path is none that mlmesh would write to.
    Path(PathFault),
}

impl fmt::Display for LedgerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerFault::Conflict => f.write_str("is the marker of an unresolved merge"),
            LedgerFault::Line => f.write_str("is not `<sha256>  <path>`"),
            LedgerFault::Path(fault) => write!(f, "names a path that {fault}"),
        }
    }
}
