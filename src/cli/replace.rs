//! Replaces a file as a whole: every reader sees the old text or the new one.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::Path;

use super::input::folder;

/// Gives a file this text. One that exists keeps its permissions, and a link stays a link: what it points at is replaced.
/// A pipe or a device is written to.
#[expect(clippy::disallowed_methods, reason = "the command line writes manifests and reports")]
pub(super) fn file(path: &Path, text: &str) -> io::Result<()> {
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        found => found?,
    };
    match fs::metadata(&real) {
        Ok(found) if !found.is_file() => fs::write(path, text),
        Ok(found) => put(&real, text, Some(found.permissions())),
        Err(_) => put(&real, text, None),
    }
}

fn put(path: &Path, text: &str, permissions: Option<Permissions>) -> io::Result<()> {
    let mut file = beside().tempfile_in(folder(path))?;
    file.write_all(text.as_bytes())?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path)?;
    Ok(())
}

/// Temporary files with the permissions of any new file, so that a report can be read by others.
#[cfg(unix)]
fn beside() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.permissions(Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn beside() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}
