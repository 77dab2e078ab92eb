//! No name leads out of the folder.

use std::fs;

use mlmesh::output::Tree;
use toml::{Table, Value};

use crate::support::{analysis, examples, mlmesh, short, stays_inside, tree};

/// Names that would lead somewhere else, or that no file and no object can have.
fn bad_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "",
        ".",
        "..",
        "../..",
        "/etc",
        "a/b",
        "a\\b",
        "..\\a",
        "C:",
        "c:\\a",
        "a\nb",
        "a\0b",
        "é",
        "ａ",
        "\u{202e}a",
        "A",
        "a b",
        "a.",
        "-a",
        "a-",
        "~",
        "$HOME",
        "*",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("a".repeat(300));
    names
}

/// A manifest that is right when `NAME` is a good name.
const NAMED: &[(&str, &str)] = &[
    ("a namespace", "[namespaces.NAME]\n[models.m]\nnamespace = NAME\nport = 80\nversions.v1.image = 'r/i:1'\n"),
    ("a model", "[namespaces.ns]\n[models.NAME]\nnamespace = 'ns'\nport = 80\nversions.v1.image = 'r/i:1'\n"),
    ("a service", "[namespaces.ns]\n[services.NAME]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\n"),
    ("a job", "[namespaces.ns]\n[jobs.NAME]\nnamespace = 'ns'\nimage = 'r/i:1'\n"),
    (
        "an identity",
        "[namespaces.ns]\n[identities.NAME]\nnamespace = 'edge'\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\ncallers = [NAME]\n",
    ),
    ("a version", "[namespaces.ns]\n[models.m]\nnamespace = 'ns'\nport = 80\nversions.NAME.image = 'r/i:1'\n"),
    ("a port", "[namespaces.ns]\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\nports.NAME.port = 81\n"),
    (
        "a route",
        "[namespaces.ns]\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\ncallers = []\nroutes.NAME = { get = '/', callers = [] }\n",
    ),
];

fn with_name(manifest: &str, name: &str) -> String {
    let quoted = Value::String(name.to_owned()).to_string();
    let quoted =
        if quoted.starts_with("'''") || quoted.starts_with("\"\"\"") { serde_json::to_string(name).unwrap() } else { quoted };
    format!("[cluster]\ntraffic = 'smi'\n{}", manifest.replace("NAME", &quoted))
}

#[test]
fn a_name_that_is_good_is_taken_everywhere() {
    for (what, manifest) in NAMED {
        let analysis = analysis(&with_name(manifest, "good-1"));
        assert!(analysis.checked().is_some(), "{what}: {}", short(&analysis));
    }
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_an_error_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let inner = home.path().join("a/b/c");
    fs::create_dir_all(&inner).unwrap();
    let mut wrong = Vec::new();
    for (what, manifest) in NAMED {
        // A route may be called as a gRPC method, in words of any case.
        for name in bad_names().into_iter().filter(|name| *what != "a route" || name != "A") {
            let text = with_name(manifest, &name);
            assert!(text.parse::<Table>().is_ok(), "the test writes TOML: {text}");
            fs::write(inner.join("mlops.toml"), text).unwrap();
            let output = mlmesh(&["render", "--format", "short"]).current_dir(&inner).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let line_each = said.lines().all(|line| line.starts_with("mlops.toml:"));
            if output.status.code() != Some(1) || !said.contains("error[") || !line_each {
                wrong.push(format!("{what} called {name:?}: {said:?}"));
            }
            let files: Vec<_> = tree(home.path()).into_keys().collect();
            if files != [inner.join("mlops.toml")] {
                wrong.push(format!("{what} called {name:?} writes {files:?}"));
                fs::remove_dir_all(inner.join("deploy")).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_every_example_stays_inside_its_folder() {
    for (name, text) in examples() {
        analysis(&text).checked().unwrap().walk(&mut |path, _| assert!(stays_inside(path), "{name}: {path}"));
    }
}
