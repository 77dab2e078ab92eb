//! The judge finds every defect and nothing else, and has nothing against what mlmesh renders.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod accepts;
mod reads;
mod refuses;
mod rendered;
mod sarif;
mod strict;
mod support;
