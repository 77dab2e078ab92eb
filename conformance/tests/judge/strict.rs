//! Strictness at every place: in good trees, no mapping takes a list under an unknown name, and no value may become
//! a list of lists.

use mlmesh_conformance::{Object, Schemas};
use serde_json::{Value, json};

use crate::support;

#[test]
fn every_mapping_is_closed() {
    let Some(schemas) = support::schemas("strict") else { return };
    let accepted = accepted(schemas, |value| {
        let fields = value.as_object_mut()?;
        fields.insert("zzz-unknown".to_owned(), json!([[]]));
        Some(())
    });
    assert_eq!(accepted, Vec::<String>::new());
}

#[test]
fn every_value_has_its_type() {
    let Some(schemas) = support::schemas("strict") else { return };
    let accepted = accepted(schemas, |value| {
        *value = json!([[]]);
        Some(())
    });
    assert_eq!(accepted, Vec::<String>::new());
}

/// The places of the good trees where the change goes unnoticed.
fn accepted(schemas: &Schemas, change: fn(&mut Value) -> Option<()>) -> Vec<String> {
    let trees = [include_str!("good/later.yaml"), support::NOW];
    let objects: Vec<Object> = trees.into_iter().flat_map(support::objects).collect();
    let mut accepted = Vec::new();
    for object in objects {
        for place in places(&object.value, "") {
            let mut changed = object.clone();
            let value = changed.value.pointer_mut(&place).expect("the place is one of the object's");
            let changes = change(value).is_some();
            if changes && schemas.judge(&changed).is_empty() {
                accepted.push(format!("{} {place}", object.kind()));
            }
        }
    }
    accepted
}

fn places(value: &Value, pointer: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let inner = inner.into_iter().flat_map(|(token, value)| places(value, &format!("{pointer}/{token}")));
    std::iter::once(pointer.to_owned()).chain(inner).collect()
}
