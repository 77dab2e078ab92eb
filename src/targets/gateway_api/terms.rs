//! What holds for a whole object: the annotations that a route wants. A duration there is one number and
//! one unit, and a list has no spaces; Linkerd drops what it cannot read (linkerd2,
//! policy-controller/k8s/index/src/outbound/index/{http,grpc}.rs).

use crate::mesh::{Mesh, Retry, Route};
use crate::objects::Map;
use crate::spanned::Span;
use crate::upstream::gateway;
use crate::upstream::versions::ROUTE_TIMEOUTS_SINCE;
use crate::value::RetryCondition;

use super::place::Routes;

/// The annotations that a route wants on its object; none for one whose object it may share.
pub(super) fn annotations(mesh: &Mesh, of_port: Routes<'_>, route: &Route) -> Map {
    let mut annotations = Map::new();
    if let Some(request) = route.timeouts.request.filter(|_| of_rule(mesh, of_port, route).is_none()) {
        annotations.insert("timeout.linkerd.io/request".into(), request.to_string().into());
    }
    if let Some(idle) = route.timeouts.idle {
        annotations.insert("timeout.linkerd.io/idle".into(), idle.to_string().into());
    }
    if let Some(retry) = &route.retry {
        retries(retry, of_port.is_grpc, &mut annotations);
    }
    annotations
}

/// Where the first setting that needs an annotation is written.
pub(super) fn annotated_span(route: &Route) -> Option<Span> {
    let retry = route.retry.as_ref().map(|retry| retry.span);
    retry.or(route.timeouts.idle.map(|idle| idle.span))
}

/// The timeout that a rule can say itself. Beside another timeout in an annotation it would be one set
/// of two, of which Linkerd keeps one.
pub(super) fn of_rule(mesh: &Mesh, of_port: Routes<'_>, route: &Route) -> Option<String> {
    let has_field = mesh.cluster.gateway_api.is_some_and(|version| version.value >= ROUTE_TIMEOUTS_SINCE);
    let request = route.timeouts.request.filter(|_| has_field && !of_port.is_grpc && route.timeouts.idle.is_none())?;
    Some(request.to_string()).filter(|request| gateway::is_duration(request))
}

/// The condition is always written: without one Linkerd retries on no status at all.
fn retries(retry: &Retry, grpc: bool, annotations: &mut Map) {
    let conditions: Vec<String> = if grpc {
        let mut statuses: Vec<&str> = retry.conditions().into_iter().flat_map(RetryCondition::grpc_statuses).collect();
        statuses.sort_unstable();
        statuses.dedup();
        statuses.into_iter().map(str::to_owned).collect()
    } else {
        retry.conditions().into_iter().filter_map(http_status).collect()
    };
    let kind = if grpc { "grpc" } else { "http" };
    annotations.insert(format!("retry.linkerd.io/{kind}").into(), conditions.join(",").into());
    annotations.insert("retry.linkerd.io/limit".into(), retry.times().to_string().into());
    if let Some(timeout) = retry.timeout {
        annotations.insert("retry.linkerd.io/timeout".into(), timeout.to_string().into());
    }
}

fn http_status(condition: RetryCondition) -> Option<String> {
    match condition {
        RetryCondition::SERVER_ERRORS => Some("5xx".to_owned()),
        RetryCondition::Http(502, 504) => Some("gateway-error".to_owned()),
        RetryCondition::Http(first, last) if first == last => Some(first.to_string()),
        RetryCondition::Http(first, last) => Some(format!("{first}-{last}")),
        RetryCondition::Grpc(_) => None,
    }
}
