//! Structural defaults, applied as the API server applies them before it validates
//! (`apiextensions-apiserver/pkg/apiserver/schema/defaulting`).

use serde_json::{Map, Value};

/// Fills every absent field that has a default, from the outside in.
pub fn apply(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(fields) => apply_to_fields(schema, fields),
        Value::Array(items) => {
            let schema = &schema["items"];
            items.iter_mut().for_each(|item| apply(schema, item));
        }
        _ => {}
    }
}

fn apply_to_fields(schema: &Value, fields: &mut Map<String, Value>) {
    let declared = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in declared.into_iter().flatten() {
        if let Some(default) = schema.get("default").filter(|_| lacks(fields, name, schema)) {
            fields.insert(name.clone(), default.clone());
        }
        if let Some(value) = fields.get_mut(name) {
            apply(schema, value);
        }
    }
    let others = &schema["additionalProperties"];
    if others.is_object() {
        fields.values_mut().for_each(|value| apply(others, value));
    }
}

/// Absent, or null where null is not a value.
fn lacks(fields: &Map<String, Value>, name: &str, schema: &Value) -> bool {
    fields.get(name).is_none_or(|value| value.is_null() && schema.get("nullable") != Some(&Value::Bool(true)))
}
