//! Rate limits: one policy for a Server, which each pod's proxy keeps by itself.

use crate::mesh::{App, Port, RateOverride};
use crate::objects::linkerd::{HttpLocalRateLimitPolicySpec, Limit, Override};
use crate::objects::{Object, Origin, Rest};
use crate::spanned::Spanned;
use crate::targets::metadata;
use crate::value::Rate;

use super::{grant, reference};

pub(super) fn policy(app: &App, server: &str, port: &Port, origin: &Origin) -> Option<Object> {
    let limit = port.rate_limit.as_ref()?;
    let spec = HttpLocalRateLimitPolicySpec {
        target_ref: reference("Server", server.to_owned()),
        total: limit.total.map(self::limit),
        identity: limit.per_caller.map(self::limit),
        overrides: limit.overrides.iter().map(override_of).collect(),
        rest: Rest::new(),
    };
    Some(Object::new(metadata::of_app(server.to_owned(), app), spec, origin.key("rate-limit", limit.span)))
}

fn limit(rate: Spanned<Rate>) -> Limit {
    Limit { requests_per_second: rate.value.0, rest: Rest::new() }
}

fn override_of(one: &RateOverride) -> Override {
    let client = grant::account(one.account.clone(), one.namespace.clone());
    Override { requests_per_second: one.rate.value.0, client_refs: vec![client], rest: Rest::new() }
}
