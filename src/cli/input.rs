//! Where a manifest is read from: a named file, standard input, or `mlops.toml` in the nearest folder
//! upwards, as cargo looks for its own.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::Format;
use crate::{Analysis, Source, analyze, output};

use super::report::Reporter;
use super::{Manifest, Stop};

/// What a manifest is called where nobody says otherwise.
pub(super) const MANIFEST: &str = "mlops.toml";

/// The manifest that a question is about.
#[derive(Args)]
pub(super) struct Asked {
    /// The manifest [default: `mlops.toml` here or in the nearest folder above]
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Asked {
    /// What is known of the manifest. Only what forbids an answer is printed.
    pub(super) fn analysis(&self) -> Result<Analysis, Stop> {
        let input = Input::read(self.file.as_deref())?;
        let analysis = analyze(input.source(), &[])?;
        if analysis.report().has_errors() {
            Reporter::of(Format::Human).report(&analysis)?;
        }
        Ok(analysis)
    }
}

impl Manifest {
    /// Reads the manifest that was named, or looks for one.
    pub(super) fn read(&self) -> Result<Input, Stop> {
        Input::read(self.path())
    }

    /// The same, to change it: nobody else changes a manifest of this folder meanwhile.
    pub(super) fn read_to_edit(&self) -> Result<(Input, File), Stop> {
        Input::read_to_edit(self.path())
    }

    fn path(&self) -> Option<&Path> {
        self.file.as_deref().or(self.named.as_deref())
    }
}

/// A manifest, and the folder that its own paths count from.
pub(super) struct Input {
    pub(super) path: Option<PathBuf>,
    bytes: Vec<u8>,
}

impl Input {
    /// Reads the manifest that was named, or looks for one.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Stop> {
        Self::of(find(file)?)
    }

    /// Reads a manifest to change it, with the lock of its folder: whoever wants to change it too waits until the lock
    /// is dropped, and reads what was written.
    pub(super) fn read_to_edit(file: Option<&Path>) -> Result<(Self, File), Stop> {
        let path = find(file)?.ok_or_else(|| Stop::unusable("standard input cannot be edited: name a file"))?;
        let lock = output::lock(&folder(&path))?;
        Ok((Self::of(Some(path))?, lock))
    }

    fn of(path: Option<PathBuf>) -> Result<Self, Stop> {
        let bytes = match &path {
            Some(path) => read_file(path)?,
            None => read_stdin()?,
        };
        let input = Self { path, bytes };
        if input.bytes.len() > MOST_BYTES {
            return Err(Stop::unusable(format!("`{}` is larger than 256 MiB", input.name())));
        }
        Ok(input)
    }

    /// The text as a source.
    pub(super) fn source(&self) -> Source {
        self.named(Source::of_bytes(self.name(), self.bytes.clone()))
    }

    /// Another text under the same name.
    pub(super) fn source_of(&self, text: &str) -> Source {
        self.named(Source::new(self.name(), text))
    }

    /// What stands in the header of a file must not hang on how the manifest was handed in.
    fn named(&self, source: Source) -> Source {
        if self.path.is_some() { source } else { source.with_file_name(MANIFEST) }
    }

    fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "stdin".to_owned(), |path| path.display().to_string())
    }

    /// Puts an edited text in place of the file, whole, with the permissions that it had. A link stays a
    /// link: what it points at is replaced.
    pub(super) fn replace(&self, text: &str) -> Result<(), Stop> {
        let path = self.path.as_deref().expect("only a file is read to be edited");
        replace_file(path, text).map_err(|error| Stop::refused(format!("cannot write `{}`: {error}", path.display())))
    }

    /// The folder that holds the manifest; for standard input, the current one.
    pub(super) fn folder(&self) -> PathBuf {
        self.path.as_deref().map_or_else(|| PathBuf::from("."), folder)
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line edits the manifest")]
fn replace_file(path: &Path, text: &str) -> std::io::Result<()> {
    let real = std::fs::canonicalize(path)?;
    let permissions = std::fs::metadata(&real)?.permissions();
    let mut file = tempfile::NamedTempFile::new_in(real.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.persist(&real)?;
    Ok(())
}

/// Larger than any manifest, and small enough for offsets of 32 bits.
const MOST_BYTES: usize = 256 << 20;

fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().unwrap_or(Path::new(""));
    if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
}

/// The file to read; `None` is standard input.
fn find(file: Option<&Path>) -> Result<Option<PathBuf>, Stop> {
    match file {
        Some(file) if file == Path::new("-") => Ok(None),
        Some(file) => Ok(Some(file.to_owned())),
        None => search().map(Some),
    }
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

#[expect(clippy::disallowed_methods, reason = "the command line knows its folder")]
fn search() -> Result<PathBuf, Stop> {
    let here = std::env::current_dir().map_err(|error| Stop::unusable(format!("there is no current folder: {error}")))?;
    for (above, folder) in here.ancestors().enumerate() {
        if folder.join(MANIFEST).is_file() {
            let mut path: PathBuf = std::iter::repeat_n("..", above).collect();
            path.push(MANIFEST);
            return Ok(path);
        }
    }
    let message = format!("no `{MANIFEST}` in this folder or above it; name one, or write one with `mlmesh init`");
    Err(Stop::unusable(message))
}
