//! How much a model takes: requests a second, and the failures after which a pod is left alone.

use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::value::{Duration, Failures, Named, Rate};

table! {
    /// When a pod that keeps failing gets no requests for a while.
    pub struct CircuitBreaker {
        /// After so many failures in a row. Default: 7.
        optional max_failures: Spanned<Failures>,
        /// How long at least it then gets none. Default: 1s.
        optional min_penalty: Spanned<Duration>,
        /// How long at most, when it fails again and again. Default: 1m.
        optional max_penalty: Spanned<Duration>,
    }

    /// How many requests a second each pod takes; each pod counts by itself.
    pub struct RateLimit {
        /// From all callers together. Default: no limit.
        optional total: Spanned<Rate>,
        /// From each caller. Default: no limit.
        optional per_caller: Spanned<Rate>,
        /// From these callers, in place of `per-caller`.
        many overrides: Named<Spanned<Rate>>,
    }
}
