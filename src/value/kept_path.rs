//! A path of `keep`, in the output folder.

use crate::diagnostic::codes;
use crate::value::declare::{Wrong, texts};

codes! {
    INVALID_KEPT_PATH = "invalid-kept-path", Error, "a path of `keep` that is not inside the output folder",
        "`keep` names files beside the generated ones, by their path from the output folder: a path that begins at the root or \
         climbs out by `..` names no file of it, and would keep nothing.";
}

texts! {
    /// A path in the output folder.
    pub(crate) struct KeptPath("a path in the output folder", most 1024, like "kustomization.yaml", kept_path);
}

fn kept_path(text: &str) -> Result<String, Wrong> {
    let path = text.strip_suffix('/').unwrap_or(text);
    let inside = !path.contains(['\\', ':']) && path.split('/').all(|part| !["", ".", ".."].contains(&part));
    let help = "write the path from the output folder, such as \"kustomization.yaml\" or \"extra/\"";
    inside.then(|| path.to_owned()).ok_or(Wrong { code: &INVALID_KEPT_PATH, what: "path inside the output folder", help })
}
