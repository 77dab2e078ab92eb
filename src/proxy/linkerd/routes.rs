//! What the Gateway API's routes of a Service say (linkerd2, policy-controller/k8s/index/src/outbound;
//! linkerd2-proxy, linkerd/http/route).

use super::GROUP;
use super::matching::{self, Rank};
use crate::objects::gateway::{BackendReference, ParentReference};
use crate::objects::{Map, Metadata, ObjectId};
use crate::proxy::{Request, Retry, Terms, Timeouts, World, range};

/// A rule that matches a request.
struct Candidate<'a> {
    host: Host,
    rank: Rank,
    object: &'a Metadata,
    /// Where the rule stands in its object.
    at: usize,
    name: Option<&'a String>,
    timeout: Option<&'a String>,
    backends: &'a [BackendReference],
}

/// How specific the host name of a route is (linkerd2-proxy, linkerd/http/route/src/http/match/host.rs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Host {
    Any,
    /// A wildcard, by the length of what stands behind it.
    Suffix(usize),
    Exact,
}

/// The best of these host names that a host matches; of a Service none is asked for.
fn matched_host(hostnames: &[String], asked: Option<&str>) -> Option<Host> {
    let Some(asked) = asked.filter(|_| !hostnames.is_empty()) else { return Some(Host::Any) };
    hostnames
        .iter()
        .filter_map(|own| match own.strip_prefix('*') {
            _ if own == asked => Some(Host::Exact),
            Some(suffix) => asked.ends_with(suffix).then_some(Host::Suffix(suffix.len())),
            None => None,
        })
        .max()
}

/// The terms of a request by the routes of a Service's port; `None` where there are none. Where some are
/// and none matches, it goes nowhere: the proxy answers 404.
pub(super) fn terms(world: &World<'_>, (namespace, service, port): (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    let parent = ObjectId { group: "", kind: "Service", namespace, name: service };
    let candidates = candidates(world, parent, (port, None), request)?;
    Some(best(candidates).map_or_else(Terms::default, |taken| terms_of(&taken, service)))
}

/// The same of a host outside, by the routes of the one EgressNetwork of a namespace, which lets pass what
/// no route matches.
pub(super) fn terms_outside(
    world: &World<'_>,
    (namespace, host, port): (&str, &str, u16),
    request: Request<'_>,
) -> Option<Terms> {
    let network = *world.egress.get(namespace)?;
    let parent = ObjectId { group: GROUP, kind: "EgressNetwork", namespace, name: network };
    let taken = best(candidates(world, parent, (port, Some(host)), request)?)?;
    Some(Terms { backends: vec![(host.to_owned(), 1)], ..terms_of(&taken, host) })
}

/// The most specific, by its host name first; of two that are alike the older object, and of one age the first name; inside of it
/// the order.
fn best(candidates: Vec<Candidate<'_>>) -> Option<Candidate<'_>> {
    candidates.into_iter().max_by(|one, other| {
        (one.host, one.rank)
            .cmp(&(other.host, other.rank))
            .then_with(|| (&other.object.name, other.at).cmp(&(&one.object.name, one.at)))
    })
}

fn terms_of(taken: &Candidate<'_>, parent: &str) -> Terms {
    let backends = match taken.backends {
        [] => vec![(parent.to_owned(), 1)],
        // A weight of 0 means nothing where there is no other (linkerd2-proxy, linkerd/distribute).
        [only] => vec![(only.name.clone(), weighted(only).1.max(1))],
        backends => backends.iter().map(weighted).filter(|(_, weight)| *weight > 0).collect(),
    };
    Terms {
        route: taken.name.cloned(),
        timeouts: Timeouts::annotated(taken.object, taken.timeout),
        retry: retry(&taken.object.annotations),
        backends,
        copies: None,
    }
}

/// A Service, and its weight, which is 1 where none is written.
fn weighted(backend: &BackendReference) -> (String, u32) {
    (backend.name.clone(), backend.weight.unwrap_or(1))
}

/// The rules that match; `None` where no route is attached to the port of this parent, for this host.
fn candidates<'a>(
    world: &World<'a>,
    parent: ObjectId<'_>,
    (port, host): (u16, Option<&str>),
    request: Request<'_>,
) -> Option<Vec<Candidate<'a>>> {
    let mut found: Option<Vec<Candidate<'_>>> = None;
    for (object, spec) in world.grpc_routes.get(&parent).into_iter().flatten() {
        let Some(host) = attached(&spec.parent_refs, port, &spec.hostnames, host) else { continue };
        let candidates = found.get_or_insert_default();
        for (at, rule) in spec.rules.iter().enumerate() {
            let Some(rank) = matching::grpc(&rule.matches, request) else { continue };
            candidates.push(Candidate {
                host,
                rank,
                object: &object.metadata,
                at,
                name: rule.name.as_ref(),
                timeout: None,
                backends: &rule.backend_refs,
            });
        }
    }
    // A GRPCRoute puts every HTTPRoute of the same parent out of use (policy-controller/k8s/status).
    if found.is_some() {
        return found;
    }
    for (object, spec) in world.http_routes.get(&parent).into_iter().flatten() {
        let Some(host) = attached(&spec.parent_refs, port, &spec.hostnames, host) else { continue };
        let candidates = found.get_or_insert_default();
        for (at, rule) in spec.rules.iter().enumerate() {
            let Some(rank) = matching::http(world, &rule.matches, request) else { continue };
            let timeout = rule.timeouts.as_ref().and_then(|timeouts| timeouts.request.as_ref());
            candidates.push(Candidate {
                host,
                rank,
                object: &object.metadata,
                at,
                name: rule.name.as_ref(),
                timeout,
                backends: &rule.backend_refs,
            });
        }
    }
    found
}

/// How well a route fits that is attached to this port and for this host.
fn attached(parents: &[ParentReference], port: u16, hostnames: &[String], host: Option<&str>) -> Option<Host> {
    matched_host(hostnames, host).filter(|_| parents.iter().any(|parent| parent.port.is_none_or(|own| own == port)))
}

fn retry(annotations: &Map) -> Option<Retry> {
    let on = match annotation(annotations, "retry.linkerd.io/http") {
        Some(list) => list.split(',').map(statuses).collect(),
        None => annotation(annotations, "retry.linkerd.io/grpc")?.split(',').map(str::to_owned).collect(),
    };
    Some(Retry {
        on,
        limit: Some(annotation(annotations, "retry.linkerd.io/limit").and_then(|limit| limit.parse().ok()).unwrap_or(1)),
        try_timeout: annotation(annotations, "retry.linkerd.io/timeout").map(str::to_owned),
        budget: None,
    })
}

fn annotation<'a>(annotations: &'a Map, key: &str) -> Option<&'a str> {
    annotations.get(key).map(AsRef::as_ref)
}

fn statuses(condition: &str) -> String {
    match condition {
        "5xx" => range(500, 599),
        "gateway-error" => range(502, 504),
        other => other.to_owned(),
    }
}
