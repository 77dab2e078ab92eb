//! An object from a generic tree, and the tree of an object. What a kind does not know is kept, at every depth.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Object, Rest, Spec};

/// Why a tree is not an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectError {
    /// It is not a mapping with an `apiVersion` and a `kind`.
    NoKind,
    /// No row of the table of kinds is for it. Nobody can say what such an object means, so whoever wants to pass it on
    /// decides that where they read it.
    UnknownKind {
        /// Its `apiVersion`.
        api_version: String,
        /// Its `kind`.
        kind: String,
    },
    /// A field is missing, or holds what the kind has no use for.
    Invalid {
        /// The kind.
        kind: String,
        /// Which value is wrong.
        message: String,
    },
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKind => write!(f, "not an object: `apiVersion` or `kind` is missing"),
            Self::UnknownKind { api_version, kind } => write!(f, "unknown kind `{kind}` of `{api_version}`"),
            Self::Invalid { kind, message } => write!(f, "invalid {kind}: {message}"),
        }
    }
}

impl std::error::Error for ObjectError {}

impl Object {
    /// The object that a tree is.
    pub(crate) fn read(tree: Value) -> Result<Self, ObjectError> {
        let Value::Object(fields) = tree else { return Err(ObjectError::NoKind) };
        let mut fields: Rest = fields.into_iter().collect();
        let (Some(Value::String(api_version)), Some(Value::String(kind))) = (fields.remove("apiVersion"), fields.remove("kind"))
        else {
            return Err(ObjectError::NoKind);
        };
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let metadata = field("metadata", &mut fields).map_err(|error| invalid(&kind, &error))?;
        let spec = Spec::read(group, &kind, &mut fields).map_err(|error| invalid(&kind, &error))?;
        let version = version.to_owned().into();
        match spec {
            Some(spec) => Ok(Self { version, metadata, spec, origin: None, rest: fields }),
            None => Err(ObjectError::UnknownKind { api_version, kind }),
        }
    }

    /// The whole object as a generic tree.
    ///
    /// # Panics
    /// Never: an object holds only text, numbers, lists and maps with text for keys.
    #[must_use]
    pub fn tree(&self) -> Value {
        serde_json::to_value(self).expect("an object has a value for every field, and text for keys")
    }

    /// Every value that holds no other, by its path in the tree, a JSON pointer (RFC 6901).
    #[must_use]
    pub fn leaves(&self) -> Vec<(String, Value)> {
        let mut leaves = Vec::new();
        collect(String::new(), self.tree(), &mut leaves);
        leaves
    }
}

/// Takes a field out of those of an object.
pub(super) fn field<T: DeserializeOwned>(name: &str, fields: &mut Rest) -> serde_json::Result<T> {
    serde_json::from_value(fields.remove(name).unwrap_or_default())
}

fn invalid(kind: &str, error: &serde_json::Error) -> ObjectError {
    ObjectError::Invalid { kind: kind.to_owned(), message: error.to_string() }
}

fn collect(path: String, value: Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                collect(format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), value, leaves);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.into_iter().enumerate() {
                collect(format!("{path}/{at}"), item, leaves);
            }
        }
        leaf => leaves.push((path, leaf)),
    }
}
