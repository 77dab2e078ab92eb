//! From objects to text: one file for each, or one stream. A file's path is made of names that were
//! checked, so it cannot lead out of its folder. Printing is `yaml`'s, the disk is `disk`'s.

mod diff;
pub mod disk;
mod layout;
mod ledger;
mod tree;
pub(crate) mod yaml;

pub use disk::{Difference, DiskError, LedgerFault, Overwrite, PathFault, Plan, Refusal, Step, Tree, Written, diff, plan, write};
pub(crate) use layout::{stream, tree};
