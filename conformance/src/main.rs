//! `mlmesh-conformance SCHEMAS_DIR TREE...`: exits with 1 if a tree has a fault, with 2 if it could not judge.

use std::env;
use std::io;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((schemas, trees)) = arguments.split_first().filter(|(_, trees)| !trees.is_empty()) else {
        eprintln!("usage: mlmesh-conformance SCHEMAS_DIR TREE...");
        return ExitCode::from(2);
    };
    match mlmesh_conformance::run::run(Path::new(schemas), trees, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::from(2)
        }
    }
}
