//! Rate limits: one policy for a Server, which each pod's proxy keeps by itself.

use crate::mesh::{App, Port, RateOverride};
use crate::objects::linkerd::{HttpLocalRateLimitPolicySpec, Limit, Override, Reference};
use crate::objects::{Object, Origin};
use crate::spanned::Spanned;
use crate::targets::metadata;
use crate::value::Rate;

use super::reference;

pub(super) fn policy(app: &App, server: &str, port: &Port, origin: &Origin) -> Option<Object> {
    let limit = port.rate_limit.as_ref()?;
    let a_second = |rate: Spanned<Rate>| Limit { requests_per_second: rate.value.0 };
    let spec = HttpLocalRateLimitPolicySpec {
        target_ref: reference("Server", server.to_owned()),
        total: limit.total.map(a_second),
        identity: limit.per_caller.map(a_second),
        overrides: limit.overrides.iter().map(override_of).collect(),
    };
    Some(Object::new(metadata::of_app(server.to_owned(), app), spec, origin.key("rate-limit", limit.span)))
}

fn override_of(one: &RateOverride) -> Override {
    let (name, namespace) = (one.account.clone(), Some(one.namespace.clone()));
    let client = Reference { group: "", kind: "ServiceAccount", name, namespace };
    Override { requests_per_second: one.rate.value.0, client_refs: vec![client] }
}
