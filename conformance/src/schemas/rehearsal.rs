//! Every rule of every schema, run once on an object made up from its schema: a rule that no good tree of ours
//! happens to touch must be able to run all the same.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Schemas;

/// An object with every field that its schema knows; each text can be read as a duration.
fn full(schema: &Value) -> Value {
    if let Some(Value::Array(options)) = schema.get("enum") {
        return options[0].clone();
    }
    if schema.get("x-kubernetes-int-or-string").is_some() {
        return json!(1);
    }
    match schema["type"].as_str() {
        Some("object") => full_object(schema),
        Some("array") => json!([full(&schema["items"])]),
        Some("integer") => json!(1),
        Some("number") => json!(0.5),
        Some("boolean") => json!(true),
        _ => json!("5s"),
    }
}

fn full_object(schema: &Value) -> Value {
    let fields = schema.get("properties").and_then(Value::as_object);
    let fields = fields.into_iter().flatten().map(|(name, schema)| (name.clone(), full(schema)));
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    fields.chain(others.map(|others| ("1".to_owned(), full(others)))).collect::<Map<_, _>>().into()
}

#[test]
fn every_rule_runs() {
    let Some(folder) = env::var_os("MLMESH_CRDS") else {
        return writeln!(io::stderr(), "skipped: `rehearsal`: no folder of upstream schemas in MLMESH_CRDS").unwrap();
    };
    let schemas = Schemas::load(Path::new(&folder)).unwrap();
    let (mut runs, mut texts) = (0, BTreeSet::new());
    for copy in schemas.kinds.values().flat_map(|versions| versions.values()).flat_map(|kind| &kind.copies) {
        let Some(schema) = &copy.published else { continue };
        let outcome = schemas.engine.run(&copy.rules, schema, &full(schema));
        assert!(outcome.unjudged.is_empty(), "{}: {:?}", copy.release, outcome.unjudged);
        runs += outcome.runs;
        texts.extend(outcome.rules_run);
    }
    let left_out = schemas.unjudged.len();
    assert_eq!(runs, schemas.counts.rules - left_out);
    assert_eq!(texts.len(), schemas.counts.distinct_rules - left_out);
}
