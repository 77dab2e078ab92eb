//! How long a request may take.

use crate::manifest::RouteTerms;
use crate::spanned::{Span, Spanned};
use crate::support::Feature;
use crate::value::Duration;

/// The timeouts of a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timeouts {
    /// How long a request may take, retries included.
    pub request: Option<Spanned<Duration>>,
    /// How long it may pass without a byte in either direction.
    pub idle: Option<Spanned<Duration>>,
}

/// One timeout of a route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeout {
    /// What a target must support to set it.
    pub feature: Feature,
    /// What a message calls it.
    pub name: &'static str,
    /// Where it is set.
    pub span: Span,
    /// How long it is.
    pub duration: Duration,
}

impl Timeouts {
    /// The timeouts of a route as written.
    pub(super) fn of(terms: &RouteTerms) -> Self {
        Self { request: terms.timeout.given(), idle: terms.idle_timeout.given() }
    }

    /// Each that is set.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Timeout> {
        let each = [(Feature::Timeout, "timeout", self.request), (Feature::IdleTimeout, "idle timeout", self.idle)];
        each.into_iter().filter_map(|(feature, name, set)| {
            set.map(|Spanned { value: duration, span }| Timeout { feature, name, span, duration })
        })
    }
}
