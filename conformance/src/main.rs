//! `mlmesh-conformance SCHEMAS_DIR TREE...`: exits with 1 if a tree has a fault, with 2 if it could not judge.

use std::env;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use mlmesh_conformance::{Schemas, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((schemas, trees)) = arguments.split_first().filter(|(_, trees)| !trees.is_empty()) else {
        eprintln!("usage: mlmesh-conformance SCHEMAS_DIR TREE...");
        return ExitCode::from(2);
    };
    match judge(Path::new(schemas), trees) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::from(2)
        }
    }
}

fn judge(schemas: &Path, trees: &[String]) -> Result<bool, Box<dyn Error>> {
    let schemas = Schemas::load(schemas)?;
    Ok(run::run(&schemas, trees.iter().map(|tree| run::read_tree(tree)), &mut io::stdout().lock())?)
}
