//! YAML that Kubernetes reads: the printer, which is held against the parser inside kubectl.

mod print;

pub use print::print;
