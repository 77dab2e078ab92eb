//! Where a manifest is read from: a named file, standard input, or `mlops.toml` in the nearest folder
//! upwards, as cargo looks for its own.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::{Source, output};

use super::{Stop, replace};

/// What a manifest is called where nobody says otherwise.
pub(super) const MANIFEST: &str = "mlops.toml";

/// Where a manifest is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    File(PathBuf),
    StandardInput,
}

/// The places that were named, each once, however it is spelt.
pub(super) fn places(files: &[PathBuf]) -> Vec<Place> {
    let mut known = BTreeSet::new();
    let places = files.iter().map(|file| if file == Path::new("-") { Place::StandardInput } else { Place::File(file.clone()) });
    places.filter(|place| known.insert(resolved(place))).collect()
}

/// One spelling for each place.
fn resolved(place: &Place) -> Place {
    match place {
        Place::File(path) => Place::File(one_spelling(path)),
        Place::StandardInput => Place::StandardInput,
    }
}

/// One spelling for each file or folder, also for one that is not there yet.
#[expect(clippy::disallowed_methods, reason = "the command line knows two spellings of one path")]
pub(super) fn one_spelling(path: &Path) -> PathBuf {
    match (std::fs::canonicalize(path), path.file_name()) {
        (Ok(found), _) => found,
        (Err(_), Some(name)) => one_spelling(&folder(path)).join(name),
        (Err(_), None) => path.to_owned(),
    }
}

/// Locks the folders of these manifests, each once and always in the same order. Another process that changes a
/// manifest there waits until the locks are dropped, and reads what was written.
pub(super) fn lock(places: &[Place]) -> Result<Vec<File>, Stop> {
    let mut folders = BTreeSet::new();
    for place in places {
        match resolved(place) {
            Place::File(path) => folders.insert(folder(&path)),
            Place::StandardInput => return Err(Stop::unusable("standard input cannot be edited: name a file")),
        };
    }
    folders.iter().map(|folder| Ok(output::lock(folder)?)).collect()
}

/// The manifest in the nearest folder upwards.
#[expect(clippy::disallowed_methods, reason = "the command line knows its folder")]
pub(super) fn search() -> Result<Place, Stop> {
    let here = std::env::current_dir().map_err(|error| Stop::unusable(format!("there is no current folder: {error}")))?;
    for (above, folder) in here.ancestors().enumerate() {
        if folder.join(MANIFEST).is_file() {
            let mut path: PathBuf = std::iter::repeat_n("..", above).collect();
            path.push(MANIFEST);
            return Ok(Place::File(path));
        }
    }
    let message = format!("no `{MANIFEST}` in this folder or above it; name one, or write one with `mlmesh init`");
    Err(Stop::unusable(message))
}

impl Place {
    /// Reads the text that is there.
    pub(super) fn read(&self) -> Result<Source, Stop> {
        let bytes = match self {
            Self::File(path) => read_file(path)?,
            Self::StandardInput => read_stdin()?,
        };
        if bytes.len() > MAX_BYTES {
            return Err(Stop::unusable(format!("`{}` is larger than 256 MiB", self.name())));
        }
        Ok(self.named(Source::of_bytes(self.name(), bytes)))
    }

    /// Another text under the same name.
    pub(super) fn source_of(&self, text: &str) -> Source {
        self.named(Source::new(self.name(), text))
    }

    /// What stands in the header of a file must not hang on how the manifest was handed in.
    fn named(&self, source: Source) -> Source {
        match self {
            Self::File(_) => source,
            Self::StandardInput => source.with_file_name(MANIFEST),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::StandardInput => "stdin".to_owned(),
        }
    }

    /// Puts an edited text in place of the file.
    pub(super) fn replace(&self, text: &str) -> Result<(), Stop> {
        let Self::File(path) = self else {
            return Err(Stop::unusable("standard input cannot be edited: name a file"));
        };
        replace::file(path, text).map_err(|error| Stop::refused(format!("cannot write `{}`: {error}", path.display())))
    }

    /// The folder that holds the manifest, from which its own paths count; for standard input, the current one.
    pub(super) fn folder(&self) -> PathBuf {
        match self {
            Self::File(path) => folder(path),
            Self::StandardInput => PathBuf::from("."),
        }
    }
}

/// Larger than any manifest, and small enough for offsets of 32 bits.
const MAX_BYTES: usize = 256 << 20;

/// The folder that holds a file.
pub(super) fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().unwrap_or(Path::new(""));
    if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the manifest")]
fn read_file(path: &Path) -> Result<Vec<u8>, Stop> {
    std::fs::read(path).map_err(|error| Stop::unusable(format!("cannot read `{}`: {error}", path.display())))
}

fn read_stdin() -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Stop::unusable(format!("cannot read standard input: {error}")))?;
    Ok(bytes)
}
