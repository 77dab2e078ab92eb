//! `mlmesh init`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::MANIFEST;
use super::{Stop, say, text};

const STARTER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/mlops.toml"));

#[derive(Args)]
pub(super) struct Init {
    /// The file to write; `-` is standard output, and a file that exists is never overwritten
    #[arg(default_value = MANIFEST)]
    file: PathBuf,
}

impl Init {
    #[expect(clippy::disallowed_methods, reason = "the command line writes the starter")]
    pub(super) fn run(&self) -> Result<(), Stop> {
        if self.file == Path::new("-") {
            return text::print(STARTER);
        }
        let name = self.file.display();
        let created = std::fs::OpenOptions::new().write(true).create_new(true).open(&self.file);
        let written = created.and_then(|mut file| file.write_all(STARTER.as_bytes()));
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Stop::refused(format!("`{name}` exists already, and is left as it is")),
            _ => Stop::unusable(format!("cannot write `{name}`: {error}")),
        })?;
        say(format!("wrote {name}; next: mlmesh check, mlmesh render --stdout"));
        Ok(())
    }
}
