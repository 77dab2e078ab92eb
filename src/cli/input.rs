//! Where a manifest is read from: a named file, standard input, or `mlops.toml` in the nearest folder
//! upwards, as cargo looks for its own.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::Format;
use crate::source::Place;
use crate::{Analysis, Source, analyze};

use super::{Stop, print_report};

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
            print_report(&analysis, Format::Human);
        }
        Ok(analysis)
    }
}

/// A manifest, and the folder that its own paths count from.
pub(super) struct Input {
    pub(super) path: Option<PathBuf>,
    pub(super) text: String,
}

impl Input {
    /// Reads the manifest that was named, or looks for one.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Stop> {
        let path = match file {
            Some(file) if file == Path::new("-") => None,
            Some(file) => Some(file.to_owned()),
            None => Some(search()?),
        };
        let bytes = match &path {
            Some(path) => read_file(path)?,
            None => read_stdin()?,
        };
        if bytes.len() > MOST_BYTES {
            return Err(Stop::unusable(format!("`{}` is larger than 256 MiB", name(path.as_deref()))));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
            let end = u32::try_from(valid.len()).unwrap_or(u32::MAX);
            let Place { line, column } = Source::new("", valid).place(end);
            Stop::unusable(format!("{}:{line}:{column}: this is not UTF-8 text", name(path.as_deref())))
        })?;
        Ok(Self { path, text })
    }

    /// The text as a source.
    pub(super) fn source(&self) -> Source {
        self.source_of(&self.text)
    }

    /// Another text under the same name.
    pub(super) fn source_of(&self, text: &str) -> Source {
        Source::new(name(self.path.as_deref()), text)
    }

    /// Puts an edited text in place of the file, whole, with the permissions that it had. A link stays a
    /// link: what it points at is replaced.
    #[expect(clippy::disallowed_methods, reason = "the command line edits the manifest")]
    pub(super) fn replace(&self, text: &str) -> Result<(), Stop> {
        let path = self.editable()?;
        let fail = |error: std::io::Error| Stop::refused(format!("cannot write `{}`: {error}", path.display()));
        let real = std::fs::canonicalize(path).map_err(fail)?;
        let permissions = std::fs::metadata(&real).map_err(fail)?.permissions();
        let mut file = tempfile::NamedTempFile::new_in(real.parent().unwrap_or(Path::new("."))).map_err(fail)?;
        file.write_all(text.as_bytes()).map_err(fail)?;
        file.as_file().set_permissions(permissions).map_err(fail)?;
        file.persist(&real).map_err(|error| fail(error.error))?;
        Ok(())
    }

    /// The file, which standard input has none.
    pub(super) fn editable(&self) -> Result<&Path, Stop> {
        self.path.as_deref().ok_or_else(|| Stop::unusable("standard input cannot be edited: name a file".to_owned()))
    }

    /// The folder that holds the manifest; for standard input, the current one.
    pub(super) fn folder(&self) -> PathBuf {
        let parent = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
    }
}

/// Larger than any manifest, and small enough for offsets of 32 bits.
const MOST_BYTES: usize = 256 << 20;

fn name(path: Option<&Path>) -> String {
    path.map_or_else(|| "stdin".to_owned(), |path| path.display().to_string())
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
