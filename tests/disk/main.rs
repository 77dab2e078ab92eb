//! A folder that is rendered into: what a person can rely on, also where a render is killed.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]
#![cfg(unix)]

mod folder;
mod kill;
