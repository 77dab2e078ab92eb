//! How many: requests a second, failures in a row.

use crate::value::declare::numbers;

numbers! {
    /// So many a second. More than 100 million no mesh carries: a number beyond it is a slip.
    pub(crate) struct Rate(u32, 1..=100_000_000);
    /// How many failures in a row. A breaker that waits for more than a million never opens.
    pub(crate) struct Failures(u32, 1..=1_000_000);
}
