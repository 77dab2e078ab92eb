//! What the tests share: the schemas of the folder in `MLMESH_CRDS`, and the good trees.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use mlmesh_conformance::{Object, Schemas, yaml};

pub const NOW: &str = include_str!("good/now.yaml");

/// The schemas, loaded once for all tests; nothing, with a word about it, where the folder is not given.
pub fn schemas(test: &str) -> Option<&'static Schemas> {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    let folder = folder(test)?;
    Some(SCHEMAS.get_or_init(|| Schemas::load(&folder).expect("the folder holds usable schemas")))
}

/// The folder of the upstream schemas. That it is not given is said past the test's capture, so that it is seen.
fn folder(test: &str) -> Option<PathBuf> {
    let folder = env::var_os("MLMESH_CRDS").map(PathBuf::from);
    if folder.is_none() {
        let said = writeln!(io::stderr(), "skipped: `{test}`: no folder of upstream schemas in MLMESH_CRDS");
        said.expect("standard error is open");
    }
    folder
}

pub fn objects(text: &str) -> Vec<Object> {
    yaml::read(text).expect("a good tree is YAML").into_iter().map(|value| Object::new("tree.yaml", value)).collect()
}
