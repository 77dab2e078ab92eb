//! Text to plan: whatever the text, mlmesh ends, with YAML or with an error, and with the same one twice.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use mlmesh::output::Tree;
use mlmesh::{Analysis, Format, Source, analyze, render_report};

fuzz_target!(|text: &str| {
    let analysis = analyze(Source::new("mlops.toml", text), &[]).expect("nothing is laid over it");
    let again = analyze(Source::new("mlops.toml", text), &[]).expect("nothing is laid over it");
    for format in [Format::Human, Format::Short, Format::Json] {
        let report = |analysis: &Analysis| render_report(analysis.report(), analysis.sources(), format);
        assert_eq!(report(&analysis), report(&again));
    }
    assert_eq!(analysis.checked().is_some(), !analysis.report().has_errors(), "either a plan or an error");
    assert_eq!(stream(&analysis), stream(&again));
    let mut paths = BTreeSet::new();
    if let Some(checked) = analysis.checked() {
        checked.walk(&mut |path, _| {
            assert!(path.split('/').all(|part| !["", ".", ".."].contains(&part)) && !path.contains(['\\', '\0']), "{path}");
            assert!(paths.insert(path.to_owned()), "two objects at {path}");
        });
    }
});

fn stream(analysis: &Analysis) -> String {
    let mut text = String::new();
    if let Some(checked) = analysis.checked() {
        checked.stream(&mut |part| text.push_str(part));
    }
    text
}
