//! How a generated tree gets to disk: [`plan()`] looks, [`write()`] carries out, [`diff()`] shows.
//! A render writes what changed and nothing else, refuses as a whole before it would touch what
//! somebody else wrote, and can be killed at any moment: every file is then old or new, and the
//! next render goes on from there.
//!
//! It does not sync: what a crash of the machine leaves, the next render mends. And it does not
//! guard against somebody who swaps a file in the instant between the look and the write.

#![expect(clippy::disallowed_methods, reason = "this is the room that touches the disk")]

mod compare;
mod error;
mod look;
mod plan;
mod write;

pub use super::ledger::LedgerFault;
pub use super::tree::{PathFault, Tree};
pub use compare::{Difference, diff};
pub use error::{DiskError, Refusal};
pub use plan::{Keep, Plan, Step, Stranger, plan};
pub use write::{Overwrite, Written, accepted, lock, write};
