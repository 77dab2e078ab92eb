//! Rate limits: one policy for a Server, which each pod's proxy keeps by itself.

use crate::mesh::{App, Caller, Port, Rate, Who};
use crate::objects::linkerd::{HttpLocalRateLimitPolicySpec, Limit, Override, Reference};
use crate::objects::{Object, Spec};
use crate::spanned::Spanned;
use crate::targets::app_origin;

use super::{metadata, reference};

pub(super) fn policy(app: &App, server: &str, port: &Port, within: &str) -> Option<Object> {
    let limit = port.rate_limit.as_ref()?;
    let a_second = |rate: Spanned<Rate>| Limit { requests_per_second: rate.value.0 };
    let spec = HttpLocalRateLimitPolicySpec {
        target_ref: reference("Server", server.to_owned()),
        total: limit.total.map(a_second),
        identity: limit.per_caller.map(a_second),
        overrides: limit.overrides.iter().filter_map(|(caller, rate)| self::override_of(caller, *rate)).collect(),
    };
    let origin = app_origin(app, &format!("{within}.rate-limit"));
    Some(Object { metadata: metadata(server.to_owned(), app), spec: Spec::HttpLocalRateLimitPolicy(spec), origin })
}

/// A caller by its service account: a check has refused everyone else.
fn override_of(caller: &Caller, rate: Spanned<Rate>) -> Option<Override> {
    let Who::Account { namespace, account } = &caller.who else { return None };
    let client = Reference { group: "", kind: "ServiceAccount", name: account.clone(), namespace: Some(namespace.clone()) };
    Some(Override { requests_per_second: rate.value.0, client_refs: [client] })
}
