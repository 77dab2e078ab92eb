//! From text to objects: the way back from `output`, for what others have written and for what a cluster holds.

use std::fmt;

use crate::objects::{Object, ObjectError};
use crate::yaml::{self, YamlError};

/// Why a text is not read as objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is not YAML, or not plain data.
    Yaml(YamlError),
    /// A document is not an object of a kind that mlmesh knows.
    Object(ObjectError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yaml(error) => error.fmt(f),
            Self::Object(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

/// The objects of a text, one in each document, in their order. Every field is kept, also those that mlmesh has no use for,
/// so that printing an object gives back what was read; only a null in a field that is known is left out, which to
/// Kubernetes is the same.
///
/// # Errors
/// At the first document that cannot be read.
pub fn read(text: &str) -> Result<Vec<Object>, ReadError> {
    let documents = yaml::read(text).map_err(ReadError::Yaml)?;
    documents.into_iter().map(|document| Object::read(document).map_err(ReadError::Object)).collect()
}
