//! How much a model takes: requests a second, and the failures after which a pod is left alone.

use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::upstream::linkerd;
use crate::value::{Duration, Failures, Named, Rate};

table! {
    /// When a pod that keeps failing gets no requests for a while.
    pub(crate) struct CircuitBreaker {
        /// After so many failures in a row.
        optional max_failures: Spanned<Failures> = Failures(linkerd::BREAKER_MAX_FAILURES),
        /// How long at least it then gets none.
        optional min_penalty: Spanned<Duration> = Duration::from_millis(linkerd::BREAKER_MIN_PENALTY_MILLIS),
        /// How long at most, when it fails again and again.
        optional max_penalty: Spanned<Duration> = Duration::from_millis(linkerd::BREAKER_MAX_PENALTY_MILLIS),
    }

    /// How many requests a second each pod takes; each pod counts by itself.
    pub(crate) struct RateLimit {
        /// From all callers together.
        #[default = "no limit"]
        optional total: Spanned<Rate>,
        /// From each caller.
        #[default = "no limit"]
        optional per_caller: Spanned<Rate>,
        /// From these callers, in place of `per-caller`.
        many overrides: Named<Spanned<Rate>>,
    }
}
