//! The SARIF log of every diagnostic, held against the published schema (OASIS, SARIF 2.1.0).

use std::fs;

use jsonschema::Validator;
use mlmesh::{Format, Source, analyze, render_report};
use serde_json::Value;

/// The schema, without the pattern of a key that mlmesh does not write: it has a bracket too many, which
/// JavaScript overlooks and nobody else does.
fn schema() -> Validator {
    let mut schema: Value = serde_json::from_str(include_str!("../../sarif-2.1.0.json")).unwrap();
    for of in ["run", "toolComponent"] {
        schema["definitions"][of]["properties"]["language"].as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn every_log_is_what_the_schema_takes() {
    let schema = schema();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/invalid");
    let mut logs = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let analysis = analyze(Source::new("a folder/mlops.toml", fs::read_to_string(&path).unwrap()), &[]).unwrap();
        let log = serde_json::from_str(&render_report(analysis.report(), analysis.sources(), Format::Sarif)).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
        logs += 1;
    }
    assert!(logs > 200, "{logs}");
}

#[test]
fn the_schema_refuses_what_is_no_log() {
    let log = serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": {}, "results": [{ "level": "fatal" }] }] });
    assert!(!schema().is_valid(&log));
}
