//! The manifests that Git tracks. Git itself is asked: in a hook it is told by its environment which index counts.

use std::path::PathBuf;
use std::process::{Command, Output};

use super::Stop;
use super::input::MANIFEST;

/// Every manifest in the current folder and below that Git tracks, as a path from here, in the order of the paths.
pub(super) fn manifests() -> Result<Vec<PathBuf>, Stop> {
    let listing = ["ls-files", "-z", "--", &format!(":(glob)**/{MANIFEST}")].map(str::to_owned);
    let output = Command::new("git").args(listing).env("LC_ALL", "C").output();
    let output = output.map_err(|error| Stop::unusable(format!("`--all` needs Git, which cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(Stop::unusable(format!("`--all` needs a Git repository: {}", reason(&output))));
    }
    let paths = String::from_utf8(output.stdout).map_err(|_| {
        Stop::unusable(format!("the path of a tracked `{MANIFEST}` is not UTF-8 text; name the manifests instead"))
    })?;
    let paths: Vec<PathBuf> = paths.split_terminator('\0').map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err(Stop::unusable(format!("Git tracks no `{MANIFEST}` in this folder or below; add one with `git add`")));
    }
    Ok(paths)
}

/// What Git says, without the word that it begins with.
fn reason(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or("`git ls-files` failed");
    line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
}
