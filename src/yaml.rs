//! YAML as Kubernetes reads it: a printer that is held against the parser inside kubectl, and a reader that takes a text
//! for what kubectl takes it for.

mod print;
mod read;
mod scalar;

pub use print::print;
pub use read::YamlError;
pub(crate) use read::read;
