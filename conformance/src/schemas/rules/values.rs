//! JSON as CEL sees it: typed by the schema, with the names of fields escaped.

use std::collections::HashMap;

use cel::Value as Cel;
use serde_json::Value;

/// CEL's reserved words, which Kubernetes wraps in underscores when they name a field.
const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The CEL value of `value` under its published schema. The keys of a map are left as they are; a field's name is
/// [`escaped`]. A number is a double where the schema says `number`.
pub fn converted(schema: &Value, value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(truth) => Cel::Bool(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) if schema["type"] != "number" => Cel::Int(whole),
            _ => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(|item| converted(&schema["items"], item)).collect::<Vec<Cel>>().into(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| field(schema, name, value));
            fields.collect::<HashMap<String, Cel>>().into()
        }
    }
}

fn field(schema: &Value, name: &str, value: &Value) -> (String, Cel) {
    match schema.get("properties").and_then(|fields| fields.get(name)) {
        Some(schema) => (escaped(name), converted(schema, value)),
        None => (name.to_owned(), converted(&schema["additionalProperties"], value)),
    }
}

/// The name by which a rule calls a field (Kubernetes' `MaybeEscape`).
pub fn escaped(name: &str) -> String {
    if RESERVED.contains(&name) {
        return format!("__{name}__");
    }
    let name = name.replace("__", "__underscores__");
    name.replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__")
}
