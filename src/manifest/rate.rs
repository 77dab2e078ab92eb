//! How much a model takes: requests a second, and the failures after which a pod is left alone.

use schemars::JsonSchema;

use crate::diagnostic::Report;
use crate::manifest::duration::Duration;
use crate::manifest::named::Named;
use crate::manifest::read::{Read, integer};
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::Value;

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

/// So many a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate(pub u32);

impl Read for Rate {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let rate = integer(value, 1..=MOST_A_SECOND, report)?;
        u32::try_from(rate).ok().map(Self)
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST_A_SECOND })
    }
}

/// More than any mesh carries; a number beyond it is a slip.
const MOST_A_SECOND: i64 = 100_000_000;

/// How many failures in a row, from 1 on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures(pub u32);

impl Read for Failures {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let failures = integer(value, 1..=MOST_FAILURES, report)?;
        u32::try_from(failures).ok().map(Self)
    }
}

impl JsonSchema for Failures {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Failures".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST_FAILURES })
    }
}

/// A breaker that waits for more never opens.
const MOST_FAILURES: i64 = 1_000_000;
