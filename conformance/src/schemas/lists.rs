//! Lists that are sets or maps (`x-kubernetes-list-type`): JSON Schema has no word for them, so they are keywords
//! of our own. The API server refuses duplicates in those of CRDs, and server-side apply in those of built-in kinds.

use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};

/// Our keyword: the fields that must differ between the items; no fields, for whole items that must differ.
const KEYWORD: &str = "x-mlmesh-distinct";

/// Adds our keyword to `out` where `schema` declares a set or a map.
pub fn add(schema: &Value, out: &mut Map<String, Value>) {
    let keys = match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
        Some("set") => Some(Value::Array(Vec::new())),
        Some("map") => schema.get("x-kubernetes-list-map-keys").cloned(),
        _ => None,
    };
    if let Some(keys) = keys {
        out.insert(KEYWORD.to_owned(), keys);
    }
}

/// Teaches the validator our keyword.
pub fn known_to(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options.with_keyword(KEYWORD, distinct)
}

struct Distinct {
    keys: Vec<String>,
}

fn distinct<'a>(
    _parent: &'a Map<String, Value>,
    keys: &'a Value,
    _path: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    let keys = keys.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Box::new(Distinct { keys: keys.map(str::to_owned).collect() }))
}

impl Distinct {
    /// The index of the first item that repeats an earlier one.
    fn repeated(&self, list: &Value) -> Option<usize> {
        let items = list.as_array()?;
        let identities: Vec<Vec<&Value>> = items.iter().map(|item| self.identity(item)).collect();
        (1..items.len()).find(|at| identities[..*at].contains(&identities[*at]))
    }

    fn identity<'v>(&self, item: &'v Value) -> Vec<&'v Value> {
        if self.keys.is_empty() {
            return vec![item];
        }
        self.keys.iter().map(|key| item.get(key).unwrap_or(&Value::Null)).collect()
    }
}

impl<'i> Keyword<'i> for Distinct {
    fn validate(&self, list: &'i Value) -> Result<(), ValidationError<'i>> {
        let Some(at) = self.repeated(list) else { return Ok(()) };
        let by = if self.keys.is_empty() { String::new() } else { format!(" by {}", self.keys.join(", ")) };
        Err(ValidationError::custom(format!("item {at} repeats an earlier one{by}")))
    }

    fn is_valid(&self, list: &'i Value) -> bool {
        self.repeated(list).is_none()
    }
}
