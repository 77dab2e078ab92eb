//! What a diagnostic or a key of the language means. The text of a code stands beside the stage that
//! raises it; the text of a key is the schema's, and so the doc comment of its field.

use serde_json::Value;

use crate::diagnostic::{Code, listing, nearest};
use crate::manifest::{self, schema};
use crate::{expect, gate, lints, mesh, support, syntax, value};

/// Every code that a report can hold, by name.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let reading = [syntax::CODES].into_iter().chain(value::ALL_CODES.iter().chain(manifest::ALL_CODES).copied());
    let checking = mesh::ALL_CODES.iter().copied().chain(gate::codes());
    let mut codes: Vec<&Code> = reading.chain(checking).chain([lints::CODES, expect::CODES]).flatten().copied().collect();
    codes.sort_by_key(|code| code.name);
    // Two targets may share a check.
    codes.dedup_by_key(|code| code.name);
    codes
}

/// The explanation of a code or of a key such as `models.routes.timeout` or `timeout`.
///
/// # Errors
/// Says which name was probably meant.
pub fn explain(name: &str) -> Result<String, String> {
    let codes = codes();
    if let Some(code) = codes.iter().find(|code| code.name == name) {
        return Ok(code.explanation());
    }
    let keys = keys();
    let ending = format!(".{name}");
    let mut found: Vec<(Vec<&str>, String)> = Vec::new();
    for key in keys.iter().filter(|key| key.path == name || key.path.ends_with(&ending)) {
        let meaning = key.meaning();
        match found.iter_mut().find(|(_, known)| *known == meaning) {
            // Two kinds of table may have a key in common, as services here and outside have.
            Some((paths, _)) if paths.contains(&key.path.as_str()) => {}
            Some((paths, _)) => paths.push(&key.path),
            None => found.push((vec![&key.path], meaning)),
        }
    }
    if !found.is_empty() {
        let explained: Vec<String> = found.iter().map(|(paths, meaning)| format!("{}\n{meaning}", paths.join("\n"))).collect();
        return Ok(explained.join("\n"));
    }
    let known = codes
        .iter()
        .map(|code| code.name)
        .chain(keys.iter().map(|key| key.path.as_str()))
        .chain(keys.iter().filter_map(|key| key.path.rsplit('.').next()));
    Err(match nearest(name, known) {
        Some(near) => format!("there is no diagnostic and no key `{name}`; did you mean `{near}`?"),
        None => format!("there is no diagnostic and no key `{name}`; the tables are {}", listing(tables(&keys))),
    })
}

fn tables(keys: &[Key]) -> impl Iterator<Item = &str> {
    keys.iter().map(|key| key.path.as_str()).filter(|path| !path.contains('.'))
}

struct Key {
    path: String,
    description: String,
    kind: String,
    /// What each word means, if the key takes words.
    words: Vec<String>,
}

impl Key {
    fn meaning(&self) -> String {
        let honoured = support::honoured(&self.path).map_or_else(String::new, |said| format!("    On its targets: {said}.\n"));
        let words: String = self.words.iter().map(|word| format!("      {word}\n")).collect();
        format!("    {}\n    Takes {}.\n{words}{honoured}", self.description, self.kind)
    }
}

/// Every key of the language; the names of models and the like are left out of the paths.
fn keys() -> Vec<Key> {
    let schema = schema();
    let mut keys = Vec::new();
    collect(&schema, &schema, "", &mut keys);
    keys
}

fn collect(root: &Value, at: &Value, path: &str, keys: &mut Vec<Key>) {
    for table in shapes(root, at) {
        if let Some(properties) = table["properties"].as_object() {
            for (key, value) in properties {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let description = value["description"].as_str().unwrap_or("").to_owned();
                keys.push(Key { path: path.clone(), description, kind: kind(root, value), words: words(root, value) });
                collect(root, value, &path, keys);
            }
        }
        for inner in ["additionalProperties", "items"] {
            if table[inner].is_object() {
                collect(root, &table[inner], path, keys);
            }
        }
    }
}

/// A schema with its references followed, and each of its alternatives.
fn shapes<'a>(root: &'a Value, at: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = at["$ref"].as_str() {
        return shapes(root, root.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null));
    }
    let alternatives = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| at[key].as_array()).flatten();
    let alternatives: Vec<&Value> = alternatives
        .filter(|alternative| alternative.get("required").is_none() || alternative.get("properties").is_some())
        .collect();
    if alternatives.is_empty() || at["properties"].is_object() {
        return vec![at];
    }
    alternatives.into_iter().flat_map(|alternative| shapes(root, alternative)).collect()
}

fn kind(root: &Value, at: &Value) -> String {
    let own = at["examples"][0].as_str();
    let mut kinds: Vec<String> = shapes(root, at).into_iter().map(|shape| shape_name(root, shape, own)).collect();
    kinds.dedup();
    kinds.join(", or ")
}

fn words(root: &Value, at: &Value) -> Vec<String> {
    let shapes = shapes(root, at).into_iter();
    shapes.filter_map(|shape| Some(format!("\"{}\": {}", shape["const"].as_str()?, shape["description"].as_str()?))).collect()
}

/// `own` is an example of the key itself, which goes before one of its type.
fn shape_name(root: &Value, shape: &Value, own: Option<&str>) -> String {
    if let Some(word) = shape["const"].as_str() {
        return format!("\"{word}\"");
    }
    let example = own.or(shape["examples"][0].as_str()).map_or(String::new(), |example| format!(" such as \"{example}\""));
    match shape["type"].as_str().unwrap_or("") {
        "string" => format!("a string{example}"),
        "integer" => "an integer".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!("a list, each {}", kind(root, &shape["items"])),
        _ if shape["additionalProperties"].is_object() => {
            format!("a table by name, each {}", kind(root, &shape["additionalProperties"]))
        }
        _ => "a table".to_owned(),
    }
}
