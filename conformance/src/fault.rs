//! What the judge says: one line per defect, with the place where it is.

use std::fmt;

use crate::object::Object;

/// One defect of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file that the object was read from.
    pub path: String,
    pub kind: String,
    pub name: String,
    /// JSON pointer into the object; empty for the object as a whole.
    pub pointer: String,
    pub message: String,
}

impl Fault {
    /// A defect of `object` at `pointer`.
    pub fn at(object: &Object, pointer: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            path: object.path.clone(),
            kind: object.kind().to_owned(),
            name: object.name().to_owned(),
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// A defect of a whole file, of which there is no object to name.
    pub fn of_file(path: &str, message: impl Into<String>) -> Fault {
        Fault {
            path: path.to_owned(),
            kind: "-".to_owned(),
            name: "-".to_owned(),
            pointer: String::new(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { path, kind, name, pointer, message } = self;
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        write!(f, "{path}: {kind}/{name}: {pointer}: {message}")
    }
}
