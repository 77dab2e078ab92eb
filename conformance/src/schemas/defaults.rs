//! Structural defaults, applied as the API server applies them before it validates
//! (`apiextensions-apiserver/pkg/apiserver/schema/defaulting`).

use serde_json::{Map, Value};

use crate::object::token;

/// Fills every absent field that has a default, from the outside in. Returns the places of those that were filled in
/// below a list: who compares the cluster with Git compares lists as wholes, and finds a difference for ever.
pub fn apply(schema: &Value, value: &mut Value) -> Vec<String> {
    let mut filled = Vec::new();
    walk(schema, value, &Place { pointer: String::new(), in_list: false }, &mut filled);
    filled
}

/// Where a value stands.
struct Place {
    pointer: String,
    in_list: bool,
}

fn walk(schema: &Value, value: &mut Value, place: &Place, filled: &mut Vec<String>) {
    match value {
        Value::Object(fields) => walk_fields(schema, fields, place, filled),
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                let place = Place { pointer: format!("{}/{at}", place.pointer), in_list: true };
                walk(&schema["items"], item, &place, filled);
            }
        }
        _ => {}
    }
}

fn walk_fields(schema: &Value, fields: &mut Map<String, Value>, place: &Place, filled: &mut Vec<String>) {
    let declared = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in declared.into_iter().flatten() {
        let place = Place { pointer: format!("{}/{}", place.pointer, token(name)), in_list: place.in_list };
        if let Some(default) = schema.get("default").filter(|_| lacks(fields, name, schema)) {
            fields.insert(name.clone(), default.clone());
            filled.extend(place.in_list.then(|| place.pointer.clone()));
        }
        if let Some(value) = fields.get_mut(name) {
            walk(schema, value, &place, filled);
        }
    }
    let others = &schema["additionalProperties"];
    if others.is_object() {
        for (name, value) in fields {
            let place = Place { pointer: format!("{}/{}", place.pointer, token(name)), in_list: place.in_list };
            walk(others, value, &place, filled);
        }
    }
}

/// Absent, or null where null is not a value.
fn lacks(fields: &Map<String, Value>, name: &str, schema: &Value) -> bool {
    fields.get(name).is_none_or(|value| value.is_null() && schema.get("nullable") != Some(&Value::Bool(true)))
}
