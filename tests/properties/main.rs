//! What holds of every manifest: its order means nothing, its output is the same everywhere, every
//! setting matters, no input is too much, no name leads out of the folder, no trap has a spelling, and
//! every value can be read back. `MLMESH_MESHES` says how much is generated, as in `tests/meshes`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

mod defaults;
mod defects;
mod endurance;
mod impossible;
mod misspelt;
mod names;
mod objects;
mod order;
mod rows;
mod sameness;
mod settings;
mod support;
mod yaml;
