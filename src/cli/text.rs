//! Standard output: the answers of a command, and the commands that only print, `explain`, `schema` and `completions`.

use std::io::{self, Write};

use super::Stop;
use super::manifests::Manifest;

/// Prints to standard output. A reader that closes it early has read enough.
pub(super) fn print(text: &str) -> Result<(), Stop> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stop::unusable(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints the answer for each manifest, below its name where there are several.
pub(super) fn print_answers(manifests: &[Manifest], answer: impl Fn(&Manifest) -> Result<String, Stop>) -> Result<(), Stop> {
    match manifests {
        [manifest] => print(&answer(manifest)?),
        several => print_each(several, |manifest| Ok(format!("{}:\n{}\n", manifest.name(), answer(manifest)?))),
    }
}

/// Prints the answer for each manifest. One that has none does not hide the others.
pub(super) fn print_each(manifests: &[Manifest], answer: impl Fn(&Manifest) -> Result<String, Stop>) -> Result<(), Stop> {
    let mut stops = Vec::new();
    for manifest in manifests {
        match answer(manifest) {
            Ok(text) => print(&text)?,
            Err(stop) => stops.push(stop),
        }
    }
    Stop::all(stops)
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
