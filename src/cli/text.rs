//! The commands that only print: `explain`, `schema`, `completions`.

use std::io::{self, Write};

use super::Stop;

/// Prints to standard output. A reader that closes it early has read enough.
pub(super) fn print(text: &str) -> Result<(), Stop> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stop::unusable(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn explain(name: &str) -> Result<(), Stop> {
    print(&crate::explain::explain(name).map_err(Stop::unusable)?)
}

pub(super) fn schema() -> Result<(), Stop> {
    print(&crate::schema_text())
}

pub(super) fn completions(shell: clap_complete::Shell, command: &mut clap::Command) -> Result<(), Stop> {
    let mut completions = Vec::new();
    clap_complete::generate(shell, command, "mlmesh", &mut completions);
    print(&String::from_utf8_lossy(&completions))
}
