//! One object of a tree: its JSON value and the file that it came from.
//!
//! The accessors answer an empty text for what is absent: that it is absent is for the schema to say.

use serde_json::Value;

/// A Kubernetes object as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub path: String,
    pub value: Value,
}

impl Object {
    /// `value`, as read from the file `path`.
    pub fn new(path: impl Into<String>, value: Value) -> Object {
        Object { path: path.into(), value }
    }

    /// The text at a JSON pointer, or an empty text.
    pub fn text(&self, pointer: &str) -> &str {
        text(&self.value, pointer)
    }

    /// The items of the list at a JSON pointer, each with its own pointer.
    pub fn items(&self, pointer: &str) -> Vec<(String, &Value)> {
        items(&self.value, pointer, "")
    }

    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    pub fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }

    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        group_of(self.api_version())
    }

    /// Whether the object is of this group and kind, in whatever version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind() == kind && self.group() == group
    }
}

/// The group part of an `apiVersion`; empty for the core group.
pub fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The text at `pointer` in `value`, or an empty text.
pub fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The items of the list at `pointer` in `value`, each with `base`, `pointer` and its index as its own pointer.
pub fn items<'v>(value: &'v Value, pointer: &str, base: &str) -> Vec<(String, &'v Value)> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    let items = list.into_iter().flatten().enumerate();
    items.map(|(at, item)| (format!("{base}{pointer}/{at}"), item)).collect()
}

/// One key as a token of a JSON pointer (RFC 6901).
pub fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
