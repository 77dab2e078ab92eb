//! The command line as people run it: what each command says, writes and leaves alone, and how it ends.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

mod check;
mod explain;
mod home;
mod init;
mod migrate;
mod questions;
mod render;
mod rollout;
mod several;
mod terminal;
