//! What README shows is what mlmesh does.

use std::fs;

use crate::support::{home, manifest, tree};
use mlmesh::{Format, Source, analyze, render_report};

/// The blocks of README that begin with this fence.
fn blocks(fence: &str) -> Vec<String> {
    let text = fs::read_to_string(home().join("README.md")).unwrap();
    let begin = format!("```{fence}\n");
    text.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_manifest_in_readme_is_the_quickstart() {
    assert_eq!(blocks("toml"), [manifest("quickstart")]);
}

#[test]
fn the_objects_in_readme_are_those_that_the_quickstart_renders_to() {
    let [shown] = blocks("yaml").try_into().unwrap();
    let rendered = tree(&manifest("quickstart"), &[]);
    for object in shown.split("---\n") {
        assert!(rendered.values().any(|file| file == object), "nothing renders to\n{object}");
    }
}

#[test]
fn the_report_in_readme_is_what_the_mistake_gives() {
    let [shown] = blocks("text").try_into().unwrap();
    let mistaken = manifest("quickstart").replace("timeout = \"5s\" }", "timeout = \"5s\", retry = true }");
    let analysis = analyze(Source::new("mlops.toml", mistaken), &[]).unwrap();
    let report = render_report(analysis.report(), analysis.sources(), Format::Human);
    assert_eq!(anstream::adapter::strip_str(&report).to_string() + "mlops.toml: 1 error\n", shown);
}
