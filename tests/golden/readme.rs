//! What README shows is what mlmesh does.

use std::fs;
use std::process::Command;

use crate::support::{home, manifest, page, tree};
use mlmesh::{Format, Source, analyze, render_report};

/// The blocks of README that begin with this fence.
fn blocks(fence: &str) -> Vec<String> {
    let text = fs::read_to_string(home().join("README.md")).unwrap();
    let begin = format!("```{fence}\n");
    text.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_manifest_in_readme_is_the_quickstart() {
    let shown = page("README.md", "toml", |shown| match shown.starts_with("# One model") {
        true => manifest("quickstart"),
        false => shown.to_owned(),
    });
    assert_eq!(shown, 2);
    assert!(blocks("toml")[0] == manifest("quickstart"));
}

#[test]
fn what_readme_expects_of_the_quickstart_holds() {
    let expect = &blocks("toml")[1];
    let (lints, expect) = expect.split_at(expect.find("[expect]").unwrap());
    let found = |text: String| analyze(Source::new("mlops.toml", text), &[]).unwrap();
    assert!(found(format!("{}\n{expect}", manifest("quickstart"))).report().diagnostics().is_empty());
    let lints = found(format!("{}\n{lints}", manifest("quickstart")));
    let codes: Vec<_> = lints.report().diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect();
    assert_eq!(codes, ["unused-allowance"], "there is no load balancer in the quickstart");
}

#[test]
fn the_answers_in_readme_are_those_of_the_commands() {
    let shown = page("README.md", "console", |shown| {
        let command = shown.lines().next().unwrap();
        let words = command.strip_prefix("$ mlmesh ").unwrap().split('\'').enumerate();
        let arguments = words.flat_map(|(at, words)| {
            // Between two quotes stands one word.
            if at % 2 == 1 { vec![words] } else { words.split_whitespace().collect() }
        });
        let output = Command::new(env!("CARGO_BIN_EXE_mlmesh")).args(arguments).current_dir(home()).output().unwrap();
        format!("{command}\n{}", String::from_utf8(output.stdout).unwrap())
    });
    assert_eq!(shown, 3);
}

#[test]
fn the_objects_in_readme_are_those_that_the_quickstart_renders_to() {
    let rendered = tree(&manifest("quickstart"), &[]);
    let name = |object: &str| {
        let lines: Vec<&str> = object.lines().filter(|line| line.starts_with("kind: ") || line.starts_with("  name: ")).collect();
        lines.join("\n")
    };
    let shown = page("README.md", "yaml", |shown| {
        let objects = shown.split("---\n").map(|object| {
            let same = rendered.values().find(|file| name(file) == name(object));
            same.unwrap_or_else(|| panic!("nothing renders to\n{object}")).as_str()
        });
        objects.collect::<Vec<_>>().join("---\n")
    });
    assert_eq!(shown, 1);
}

#[test]
fn the_report_in_readme_is_what_the_mistake_gives() {
    let mistaken = manifest("quickstart").replace("timeout = \"5s\" }", "timeout = \"5s\", retry = true }");
    let analysis = analyze(Source::new("mlops.toml", mistaken), &[]).unwrap();
    let report = render_report(analysis.report(), analysis.sources(), Format::Human);
    let report = anstream::adapter::strip_str(&report).to_string() + "mlops.toml: 1 error\n";
    assert_eq!(page("README.md", "text", |_| report.clone()), 1);
}
