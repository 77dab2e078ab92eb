//! The pages of `docs/`: the table of diagnostics is generated, and every report shown on a page is one
//! that mlmesh gives.

use std::fmt::Write;
use std::process::Command;

use crate::diagnostics::human;
use crate::support::{examples, generated, home, page};
use mlmesh::codes;

#[test]
fn the_table_of_diagnostics_has_every_code() {
    let mut text = String::from(
        "# Every diagnostic\n\n\
         Generated. `mlmesh explain NAME` says why each matters, with an example and the way out; `[lints]` sets the level of\n\
         warnings and notes.\n\n\
         | name | level | finds |\n|---|---|---|\n",
    );
    for code in codes() {
        writeln!(text, "| `{}` | {} | {} |", code.name, code.level.word(), code.summary.replace('|', "\\|")).unwrap();
    }
    generated("docs/diagnostics.md", &text);
}

#[test]
fn the_table_of_targets_is_what_the_compiler_itself_uses() {
    let text = format!(
        "# What each target honours\n\n\
         Generated from the table that the compiler itself uses. A cell says since which version of the mesh a setting does what\n\
         was asked; Linkerd 2.16 and Istio 1.24 are the oldest that mlmesh compiles for. *Less* is a warning that names the loss, *no*\n\
         is an error at the line; the number leads to the reason. `mlmesh explain KEY` says the same of one key, and\n\
         [adding-a-target.md](adding-a-target.md) how a column comes in.\n\n{}",
        mlmesh::support_table()
    );
    generated("docs/targets.md", &text);
}

#[test]
fn the_reports_on_the_page_of_silent_traps_are_those_that_mlmesh_gives() {
    let shown =
        page("docs/silent-traps.md", "text", |shown| human(shown.split(['[', ']']).nth(1).unwrap()).trim_end().to_owned() + "\n");
    assert_eq!(shown, 10);
}

#[test]
fn who_may_call_whom_in_the_examples_is_as_it_was() {
    for example in examples() {
        let manifest = home().join("examples").join(&example).join("mlops.toml");
        let output = Command::new(env!("CARGO_BIN_EXE_mlmesh")).args(["access", "--markdown", "--file"]).arg(manifest).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        generated(&format!("golden/access/{example}.md"), &text);
    }
}
