//! How much an app takes: its rate limits, and its circuit breaker with the defaults set.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest;
use crate::mesh::access::Callers;
use crate::mesh::directory::Bearer;
use crate::mesh::{CircuitBreaker, RateLimit, RateOverride, Who};
use crate::spanned::Spanned;
use crate::value::Rate;

codes! {
    OVERRIDE_WITHOUT_ACCOUNT = "override-without-account", Error, "a limit of its own for a caller without a service account",
        "Linkerd knows the callers of an override by their service account alone, and refuses anything else. (linkerd2, \
         policy-controller/runtime/src/admission.rs)";
}

/// The breaker with its defaults, which have the place of the whole breaker.
pub(crate) fn circuit_breaker(written: &Spanned<manifest::CircuitBreaker>) -> CircuitBreaker {
    CircuitBreaker {
        span: written.span,
        max_failures: written.max_failures().value.0,
        min_penalty: written.min_penalty(),
        max_penalty: written.max_penalty(),
    }
}

/// The rate limit of a port, its callers bound; none where not one of its numbers could be read.
pub(crate) fn rate_limit(
    written: Option<&Spanned<manifest::RateLimit>>,
    callers: &Callers<'_>,
    report: &mut Report,
) -> Option<RateLimit> {
    let written = written?;
    let (total, per_caller) = (written.total.given(), written.per_caller.given());
    let overrides: Vec<RateOverride> =
        written.overrides.iter().filter_map(|(name, rate)| rate_override(name, *rate, callers, report)).collect();
    let is_empty = total.is_none() && per_caller.is_none() && overrides.is_empty();
    let was_read = !written.total.is_invalid()
        && !written.per_caller.is_invalid()
        && written.overrides.is_empty()
        && written.overrides.is_complete();
    (!is_empty || was_read).then_some(RateLimit { span: written.span, total, per_caller, overrides })
}

fn rate_override(
    name: &Spanned<String>,
    rate: Spanned<Rate>,
    callers: &Callers<'_>,
    report: &mut Report,
) -> Option<RateOverride> {
    if is_without_account(name, callers) {
        let message = format!("`{name}` has no service account of this cluster");
        let diagnostic = Diagnostic::new(&OVERRIDE_WITHOUT_ACCOUNT, name.span, message);
        report.push(diagnostic.help("name a model, a service, a job or an identity with a `service-account`"));
        return None;
    }
    match callers.caller(name, report)?.who {
        Who::Account { namespace, account } => Some(RateOverride { caller: name.clone(), namespace, account, rate }),
        Who::Namespace(_) | Who::Foreign { .. } | Who::Networks(_) => None,
    }
}

/// Whether it is known of a caller that it has no service account here.
fn is_without_account(name: &str, callers: &Callers<'_>) -> bool {
    let Some(Bearer::Identity(identity)) = callers.directory.get(name) else { return false };
    let foreign = identity.trust_domain.as_ref().is_some_and(|domain| domain.value != callers.trust_domain);
    let whole = identity.service_account.is_absent();
    foreign || !identity.meshed().value || whole
}
