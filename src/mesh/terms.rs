//! The terms of requests: routes and their timeouts and retries, limits, and where requests go besides the
//! split.

use std::collections::BTreeSet;

use crate::mesh::{Access, Call, Timeouts};
use crate::spanned::{Span, Spanned};
use crate::value::{Duration, Method, Path, Quantity, Rate, RetryCondition, Share, Tries};

/// A kind of request and its terms.
#[derive(Debug)]
pub(crate) struct Route {
    /// Its name.
    pub name: Spanned<String>,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: Spanned<Path>,
    /// Whether it is a gRPC method.
    pub grpc: bool,
    /// How long a request may take.
    pub timeouts: Timeouts,
    /// Whether the answer is a stream, where that was written.
    pub stream: Option<Spanned<bool>>,
    /// When a failed request is tried again.
    pub retry: Option<Spanned<Retry>>,
    /// Whether trying again does no harm, where that was written.
    pub idempotent: Option<Spanned<bool>>,
    /// The largest body of a request.
    pub max_body: Option<Spanned<Quantity>>,
    /// Who may call it, where it says so itself.
    pub callers: Option<Access>,
    /// Whom it calls, where it says so itself.
    pub calls: Option<Vec<Call>>,
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug)]
pub(crate) struct Retry {
    /// The statuses that count as failed; left out: every 5xx.
    pub on: Option<Spanned<Vec<RetryCondition>>>,
    /// How often; left out: once.
    pub limit: Option<Spanned<Tries>>,
    /// How long one try may take.
    pub timeout: Option<Spanned<Duration>>,
}

impl Retry {
    /// How often a request is tried again.
    #[must_use]
    pub(crate) fn times(&self) -> u32 {
        self.limit.map_or(Tries::DEFAULT, |limit| limit.value).0
    }

    /// The statuses that count as failed, each once.
    #[must_use]
    pub(crate) fn conditions(&self) -> BTreeSet<RetryCondition> {
        self.on.as_ref().map_or(BTreeSet::from([RetryCondition::SERVER_ERRORS]), |on| on.iter().copied().collect())
    }
}

/// The share of requests that retries may add.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryBudget {
    /// Where it stands.
    pub span: Span,
    /// The share.
    pub ratio: Spanned<Share>,
    /// So many a second are always allowed.
    pub min_per_second: Spanned<u32>,
    /// Over how long requests are counted.
    pub ttl: Spanned<Duration>,
}

/// When a pod that keeps failing gets no requests for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CircuitBreaker {
    /// Where it stands.
    pub span: Span,
    /// After so many failures in a row.
    pub max_failures: u32,
    /// How long at least it then gets none.
    pub min_penalty: Spanned<Duration>,
    /// How long at most.
    pub max_penalty: Spanned<Duration>,
}

/// How many requests a second each pod takes; each pod counts by itself.
#[derive(Clone, Debug)]
pub(crate) struct RateLimit {
    /// Where it stands.
    pub span: Span,
    /// From all callers together.
    pub total: Option<Spanned<Rate>>,
    /// From each caller.
    pub per_caller: Option<Spanned<Rate>>,
    /// From these callers, in place of that.
    pub overrides: Vec<RateOverride>,
}

/// The limit of one caller, whom Linkerd knows by its service account.
#[derive(Clone, Debug)]
pub(crate) struct RateOverride {
    /// Its name in the file.
    pub caller: Spanned<String>,
    /// Where the account is.
    pub namespace: String,
    /// The account.
    pub account: String,
    /// How many requests a second.
    pub rate: Spanned<Rate>,
}

/// Requests that go to one version, by a header.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    /// Its name.
    pub name: Spanned<String>,
    /// The key of the version.
    pub version: String,
    /// The header's name, in lowercase.
    pub header: Spanned<String>,
    /// What it says.
    pub is: Spanned<String>,
}

/// The version that gets copies of requests.
#[derive(Clone, Debug)]
pub(crate) struct Mirror {
    /// Where it stands.
    pub span: Span,
    /// The key of the version.
    pub version: Spanned<String>,
    /// The share of the requests that is copied, in percent.
    pub percent: f64,
}
