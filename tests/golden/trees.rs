//! The golden trees: what each example renders to, for every traffic API, and what each step of a
//! rollout changes. `UPDATE_GOLDEN=1 cargo test` writes them anew.

use std::fmt::Write;

use crate::support::{Files, compare, examples, home, manifest, tree, with_traffic};
use mlmesh::{Format, Overlay, Source, analyze, render_report};
use similar::TextDiff;

const TARGETS: [&str; 4] = ["smi", "profile", "gateway-api", "istio"];

/// `common/` is what all targets share that take the example, `TARGET/` the rest; where a target refuses
/// it, `TARGET/refused.txt` says why.
#[test]
fn every_example_renders_to_its_golden_tree() {
    for example in examples() {
        let manifest = manifest(&example);
        let trees = TARGETS.map(|target| tree_or_report(&with_traffic(&manifest, target)));
        let taken = || trees.iter().filter_map(|tree| tree.as_ref().ok());
        let shared = |path: &str, text: &str| taken().all(|tree| tree.get(path).is_some_and(|other| other == text));
        let mut expected = Files::new();
        for (target, tree) in TARGETS.iter().zip(&trees) {
            match tree {
                Ok(tree) => {
                    for (path, text) in tree {
                        let folder = if shared(path, text) { "common" } else { target };
                        expected.insert(format!("{folder}/{path}"), text.clone());
                    }
                }
                Err(report) => drop(expected.insert(format!("{target}/refused.txt"), report.clone())),
            }
        }
        expected.extend(steps(&manifest));
        compare(&home().join("golden").join(&example), &expected);
    }
}

/// The tree, or why there is none.
fn tree_or_report(manifest: &str) -> Result<Files, String> {
    let analysis = analyze(Source::new("mlops.toml", manifest), &[]).unwrap();
    match analysis.checked() {
        Some(_) => Ok(tree(manifest, &[])),
        None => Err(render_report(analysis.report(), analysis.sources(), Format::Short)),
    }
}

/// `steps/N.diff`: each step of the only rollout against the one before.
fn steps(manifest: &str) -> Files {
    let at = |step| Overlay::Step { model: None, step };
    let stands =
        |step| analyze(Source::new("mlops.toml", manifest), &[at(step)]).is_ok_and(|analysis| analysis.checked().is_some());
    let mut files = Files::new();
    let mut step = 1;
    while stands(step) {
        let (before, after) = (tree(manifest, &[at(step - 1)]), tree(manifest, &[at(step)]));
        files.insert(format!("steps/{step}.diff"), diff(&before, &after));
        step += 1;
    }
    files
}

fn diff(before: &Files, after: &Files) -> String {
    let mut diff = String::new();
    for path in before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>() {
        let [old, new] = [before, after].map(|files| files.get(path).map_or("", String::as_str));
        if old != new {
            let text = TextDiff::from_lines(old, new);
            write!(diff, "{}", text.unified_diff().header(path, path)).unwrap();
        }
    }
    diff
}

#[test]
fn the_committed_schema_is_that_of_the_language() {
    let path = home().join("schema/mlops.schema.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, mlmesh::schema_text()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == mlmesh::schema_text(), "`UPDATE_GOLDEN=1 cargo test` writes the schema anew");
}
