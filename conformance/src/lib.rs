//! The judge of generated YAML: holds each object against the schemas that its upstream publishes, and a tree of
//! objects against itself.
//!
//! [`Schemas`] knows one object at a time: its schema, closed against unknown fields, the CEL rules in it, and the
//! value grammars that upstream checks in code ([`values`]). [`judge_tree`] knows what holds between objects.
//! Nothing here knows how the objects came to be: the judge shares no code with the compiler whose output it reads.

pub mod fault;
pub mod grammar;
pub mod object;
pub mod run;
pub mod schemas;
pub mod tree;
pub mod values;
pub mod yaml;

pub use fault::Fault;
pub use object::Object;
pub use schemas::{Schemas, Unjudged, Verdict};
pub use tree::judge_tree;
