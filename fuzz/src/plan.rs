//! Text to plan: whatever the text, mlmesh ends, with YAML or with an error, and with the same one twice;
//! and if it is YAML, every way to another traffic API ends where that API's own begins.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use mlmesh::output::Tree;
use mlmesh::{Analysis, Format, Overlay, Source, analyze, render_report};

fuzz_target!(|text: &str| {
    let analysis = analyze(Source::new("mlops.toml", text), &[]).expect("nothing is laid over it");
    let again = analyze(Source::new("mlops.toml", text), &[]).expect("nothing is laid over it");
    for format in [Format::Human, Format::Short, Format::Json] {
        let report = |analysis: &Analysis| render_report(analysis.report(), analysis.sources(), format);
        assert_eq!(report(&analysis), report(&again));
    }
    assert_eq!(analysis.checked().is_some(), !analysis.report().has_errors(), "either a plan or an error");
    assert_eq!(stream(&analysis), stream(&again));
    let Some(checked) = analysis.checked() else { return };
    files(&checked);
    for word in ["smi", "profile", "gateway-api", "istio"] {
        let Ok(other) = analyze(Source::new("mlops.toml", text), &[Overlay::traffic(word)]) else { continue };
        let Some(moved) = other.checked() else { continue };
        let last = checked.steps_to(moved).iter().map(|step| files(step)).last();
        assert_eq!(last.unwrap_or_else(|| files(&checked)), files(&moved), "the way to {word}");
    }
});

/// The files of a tree; none leads out of its folder, and none is there twice.
fn files(tree: &impl Tree) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    tree.walk(&mut |path, text| {
        assert!(path.split('/').all(|part| !["", ".", ".."].contains(&part)) && !path.contains(['\\', '\0']), "{path}");
        assert!(files.insert(path.to_owned(), text.to_owned()).is_none(), "two objects at {path}");
    });
    files
}

fn stream(analysis: &Analysis) -> String {
    let mut text = String::new();
    if let Some(checked) = analysis.checked() {
        checked.stream(&mut |part| text.push_str(part));
    }
    text
}
