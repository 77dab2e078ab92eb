//! Golden files: what the examples render to, what each diagnostic looks like, and the schema.
//! `UPDATE_GOLDEN=1 cargo test` writes them anew.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

mod diagnostics;
mod docs;
mod formats;
mod origins;
mod readme;
mod support;
mod trees;
