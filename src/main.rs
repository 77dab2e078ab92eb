//! The command line of mlmesh: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mlmesh::cli::run()
}
