//! Text to plan: whatever the text, mlmesh ends, with YAML or with an error, and with the same one twice;
//! and if it is YAML, every way to another traffic API ends where that API's own begins. Text is TOML if the `toml` crate
//! says so.

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
    let is_toml = toml::de::DeTable::parse(text).is_ok();
    assert!(is_toml == !has_syntax_error(&analysis) || is_too_deep(&analysis), "{:?}", analysis.report().diagnostics());
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

fn has_syntax_error(analysis: &Analysis) -> bool {
    analysis.report().diagnostics().iter().any(|one| ["invalid-toml", "duplicate-key"].contains(&one.code.name))
}

/// Both have a limit of their own for tables in tables.
fn is_too_deep(analysis: &Analysis) -> bool {
    analysis.report().diagnostics().iter().any(|one| one.message.contains("deeper than"))
}

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
