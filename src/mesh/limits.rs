//! How much an app takes: its rate limits, and its circuit breaker with the defaults set.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest;
use crate::mesh::access::Callers;
use crate::mesh::directory::Bearer;
use crate::mesh::{CircuitBreaker, Duration, Rate, RateLimit};
use crate::spanned::Spanned;

codes! {
    BREAKER_PENALTY = "breaker-penalty", Error, "a circuit breaker whose penalties no mesh accepts",
        "The longest penalty must not be less than the shortest; otherwise Linkerd drops the whole breaker with a line in a \
         log. The shortest must be 1 ms or more: Istio's API server refuses an ejection of `0s`, and Linkerd would send requests \
         to the failing pod again at once. (linkerd2, policy-controller/k8s/index/src/outbound/index.rs; istio/api, \
         networking/v1alpha3/destination_rule.proto)";
    RATE_LIMIT_OVER_TOTAL = "rate-limit-over-total", Error, "a caller's limit that is larger than that of all together",
        "Linkerd's webhook refuses it, and the larger number could never be reached. (linkerd2, \
         policy-controller/runtime/src/admission.rs)";
    EMPTY_RATE_LIMIT = "empty-rate-limit", Error, "a rate limit that limits nothing",
        "Without a number the policy would be there and let everything pass.";
    OVERRIDE_WITHOUT_ACCOUNT = "override-without-account", Error, "a limit of its own for a caller without a service account",
        "Linkerd knows the callers of an override by their service account alone, and refuses anything else. (linkerd2, \
         policy-controller/runtime/src/admission.rs)";
}

/// Linkerd's own defaults (linkerd.io, reference/circuit-breaking).
const MAX_FAILURES: u32 = 7;
const MIN_PENALTY: Duration = Duration::from_millis(1_000);
const MAX_PENALTY: Duration = Duration::from_millis(60_000);

/// The breaker, its defaults set.
pub(crate) fn circuit_breaker(
    written: Option<&Spanned<manifest::CircuitBreaker>>,
    report: &mut Report,
) -> Option<CircuitBreaker> {
    let written = written?;
    let duration = |one: Option<Spanned<Duration>>, default| one.map_or(default, |one| one.value);
    let breaker = CircuitBreaker {
        span: written.span,
        max_failures: written.max_failures.map_or(MAX_FAILURES, |failures| failures.value.0),
        min_penalty: duration(written.min_penalty, MIN_PENALTY),
        max_penalty: duration(written.max_penalty, MAX_PENALTY),
    };
    if let Some(min_penalty) = written.min_penalty.filter(|penalty| penalty.millis() == 0) {
        let message = "with a `min-penalty` of 0s, a failing pod gets requests again at once";
        report.push(Diagnostic::new(&BREAKER_PENALTY, min_penalty.span, message).help("set it to 1 ms or more, such as `1s`"));
    } else if breaker.min_penalty > breaker.max_penalty {
        let span = written.max_penalty.or(written.min_penalty).map_or(written.span, |penalty| penalty.span);
        let message =
            format!("a penalty from {} to {}: Linkerd would drop the breaker", breaker.min_penalty, breaker.max_penalty);
        report.push(Diagnostic::new(&BREAKER_PENALTY, span, message).help("let `max-penalty` be more than `min-penalty`"));
    }
    Some(breaker)
}

/// The rate limit of a port, its callers bound.
pub(crate) fn rate_limit(
    written: Option<&Spanned<manifest::RateLimit>>,
    callers: &Callers<'_>,
    report: &mut Report,
) -> Option<RateLimit> {
    let written = written?;
    let (total, per_caller) = (written.total, written.per_caller);
    let overrides: Vec<(_, Spanned<Rate>)> =
        written.overrides.iter().filter_map(|(name, rate)| Some((callers.caller(name, report)?, *rate))).collect();
    let nothing = total.is_none() && per_caller.is_none() && written.overrides.is_empty();
    if nothing && ["total", "per_caller", "overrides"].iter().all(|field| !report.is_unread(written.value.span, field)) {
        let diagnostic = Diagnostic::new(&EMPTY_RATE_LIMIT, written.span, "this limits nothing");
        report.push(diagnostic.help("write `total = 100` or `per-caller = 20`"));
    }
    for rate in per_caller.iter().chain(overrides.iter().map(|(_, rate)| rate)) {
        if let Some(total) = total.filter(|total| rate.value.0 > total.value.0) {
            let message = format!("{} a second for one caller, and {} for all", rate.value.0, total.value.0);
            let diagnostic = Diagnostic::new(&RATE_LIMIT_OVER_TOTAL, rate.span, message).also(total.span, "for all");
            report.push(diagnostic.help("raise the total, or lower this"));
        }
    }
    for name in written.overrides.keys() {
        if !is_without_account(name, callers, report) {
            continue;
        }
        let message = format!("`{name}` has no service account of this cluster");
        let diagnostic = Diagnostic::new(&OVERRIDE_WITHOUT_ACCOUNT, name.span, message);
        report.push(diagnostic.help("name a model, a service, a job or an identity with a `service-account`"));
    }
    Some(RateLimit { span: written.span, total, per_caller, overrides })
}

/// Whether it is known of a caller that it has no service account here.
fn is_without_account(name: &str, callers: &Callers<'_>, report: &Report) -> bool {
    let Some(Bearer::Identity(identity)) = callers.directory.get(name) else { return false };
    let foreign = identity.trust_domain.as_ref().is_some_and(|domain| domain.value != callers.trust_domain);
    let unmeshed = identity.meshed.is_some_and(|meshed| !meshed.value);
    let whole = identity.service_account.is_none() && !report.is_unread(identity.span, "service_account");
    foreign || unmeshed || whole
}
