//! A CRD's structural schema as a JSON Schema that refuses unknown fields, which is what the API server does under
//! `fieldValidation: Strict`.
//!
//! Defaults are for [`super::defaults`], CEL for [`super::rules`]. A keyword or format that is not known here is an
//! error, so that nothing an upstream begins to say goes unheard.

use serde_json::{Map, Value, json};

use super::lists;

/// Keywords that mean the same in both languages.
const KEPT: &[&str] = &[
    "type",
    "enum",
    "required",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];
/// Keywords that restrict no value, or that are handled beside the walk.
const PASSED: &[&str] = &[
    "description",
    "title",
    "default",
    "example",
    "format",
    "nullable",
    "externalDocs",
    "x-kubernetes-validations",
    "x-kubernetes-map-type",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
];
/// Formats that the API server does not check either.
const UNCHECKED_FORMATS: &[&str] = &["string", "url", "double", "float", "int64"];

/// The closed JSON Schema of a structural schema. Errs on a keyword or format that we do not know.
pub fn closed(schema: &Value) -> Result<Value, String> {
    let mut out = translated(schema, closed)?;
    let open = is_true(schema, "x-kubernetes-preserve-unknown-fields");
    let holds_fields = out.contains_key("properties") || schema["type"] == "object";
    if holds_fields && !open && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".to_owned(), false.into());
    }
    Ok(Value::Object(out))
}

/// A branch of `oneOf` and its like: it adds to a schema that is closed already.
fn branch(schema: &Value) -> Result<Value, String> {
    translated(schema, branch).map(Value::Object)
}

fn translated(schema: &Value, inner: fn(&Value) -> Result<Value, String>) -> Result<Map<String, Value>, String> {
    let keywords = schema.as_object().ok_or("a schema must be a mapping")?;
    let mut out = Map::new();
    for (keyword, value) in keywords {
        if let Some(value) = keyword_value(keyword, value, inner).map_err(|e| format!("{e} in `{keyword}`"))? {
            out.insert(keyword.clone(), value);
        }
    }
    if is_true(schema, "x-kubernetes-int-or-string") {
        out.insert("type".to_owned(), json!(["integer", "string"]));
    }
    add_format(schema, &mut out)?;
    lists::add(schema, &mut out);
    if is_true(schema, "nullable") {
        admit_null(&mut out);
    }
    Ok(out)
}

type Translate = fn(&Value) -> Result<Value, String>;

fn keyword_value(keyword: &str, value: &Value, inner: Translate) -> Result<Option<Value>, String> {
    match keyword {
        "properties" => each_field(value, inner).map(Some),
        "items" => inner(value).map(Some),
        "additionalProperties" if value.is_boolean() => Ok(Some(value.clone())),
        "additionalProperties" => inner(value).map(Some),
        "not" => branch(value).map(Some),
        "oneOf" | "anyOf" | "allOf" => each_item(value).map(Some),
        _ if KEPT.contains(&keyword) => Ok(Some(value.clone())),
        _ if PASSED.contains(&keyword) => Ok(None),
        _ => Err("an unknown keyword".to_owned()),
    }
}

fn each_field(fields: &Value, inner: Translate) -> Result<Value, String> {
    let fields = fields.as_object().ok_or("not a mapping")?;
    let translated = fields.iter().map(|(name, schema)| {
        let schema = inner(schema).map_err(|e| format!("{e} of `{name}`"))?;
        Ok::<_, String>((name.clone(), schema))
    });
    translated.collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn each_item(schemas: &Value) -> Result<Value, String> {
    let schemas = schemas.as_array().ok_or("not a list")?;
    schemas.iter().map(branch).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn add_format(schema: &Value, out: &mut Map<String, Value>) -> Result<(), String> {
    let Some(format) = schema.get("format").and_then(Value::as_str) else { return Ok(()) };
    match format {
        "date-time" => drop(out.insert("format".to_owned(), "date-time".into())),
        "duration" => drop(out.insert("format".to_owned(), super::formats::DURATION.into())),
        "byte" => drop(out.insert("format".to_owned(), super::formats::BASE64.into())),
        "int32" => bound(out, i32::MIN, i32::MAX),
        _ if UNCHECKED_FORMATS.contains(&format) => {}
        _ => return Err(format!("an unknown format `{format}`")),
    }
    Ok(())
}

/// The bounds of an `int32`, where the schema has none of its own.
pub fn bound(out: &mut Map<String, Value>, least: i32, most: i32) {
    out.entry("minimum").or_insert_with(|| least.into());
    out.entry("maximum").or_insert_with(|| most.into());
}

fn admit_null(out: &mut Map<String, Value>) {
    if let Some(kind @ Value::String(_)) = out.get("type").cloned() {
        out.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(options)) = out.get_mut("enum") {
        options.push(Value::Null);
    }
}

fn is_true(schema: &Value, keyword: &str) -> bool {
    schema.get(keyword) == Some(&Value::Bool(true))
}
