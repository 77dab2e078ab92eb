//! What the output of a mesh means, asked of generated meshes, of the examples, of one mesh for each rule of a target,
//! and of what a field test found wrong.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

mod answers;
mod findings;
mod gateway;
mod istio;
mod meaning;
