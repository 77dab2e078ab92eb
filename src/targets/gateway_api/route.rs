//! The route objects of a place: one rule for each route, in their order, and last of all one that takes
//! what no route matches, which Linkerd would answer with 404 otherwise.

use crate::mesh::{Mesh, Route, Variant, names};
use crate::objects::gateway::{
    GrpcRouteMatch, GrpcRouteRule, GrpcRouteSpec, HeaderMatch, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, Timeouts,
};
use crate::objects::{Metadata, Object, Optional, Rest};
use crate::targets::{matches, metadata};
use crate::upstream::gateway;

use super::place::Place;
use super::plan::{Group, Plan};
use super::terms;

/// The objects of a place.
pub(super) fn routes(mesh: &Mesh, place: Place<'_>) -> Vec<Object> {
    let plan = Plan::of(mesh, place.routes());
    plan.groups().into_iter().map(|group| object(mesh, place, &plan, group)).collect()
}

fn object(mesh: &Mesh, place: Place<'_>, plan: &Plan<'_>, mut group: Group<'_>) -> Object {
    let (callee, linkerd) = (place.callee(), mesh.cluster.linkerd.value);
    let (name, origin) = match group.own {
        Some(route) => {
            let origin = metadata::callee_origin(callee).table("routes", &route.name);
            (names::outbound_route(callee.name(), &route.name), origin)
        }
        None => (place.name(), place.origin()),
    };
    let annotations = std::mem::take(&mut group.annotations).into();
    let metadata = Metadata { annotations, ..metadata::within(place.namespace(), name, metadata::app_labels(callee.name())) };
    let (parent_refs, hostnames) = (vec![place.parent()].into(), place.hostnames().into());
    if place.routes().is_grpc {
        let spec = GrpcRouteSpec { parent_refs, hostnames, rules: grpc_rules(place, &group).into(), rest: Rest::new() };
        Object::new(metadata, spec, origin).in_version(gateway::grpc_route(linkerd))
    } else {
        let spec =
            HttpRouteSpec { parent_refs, hostnames, rules: http_rules(mesh, place, plan, &group).into(), rest: Rest::new() };
        Object::new(metadata, spec, origin).in_version(gateway::http_route(linkerd))
    }
}

/// The rules of a group. A variant is a rule of its own for every route and for the rest: the length of
/// a path outranks a header, so one rule for the header alone would lose to every route.
fn http_rules(mesh: &Mesh, place: Place<'_>, plan: &Plan<'_>, group: &Group<'_>) -> Vec<HttpRouteRule> {
    let of_routes = group.routes.iter().map(|route| http_rule(mesh, place, plan, route));
    let rest = group.catch_all.then(|| HttpRouteRule {
        name: None,
        matches: vec![matches::everything()].into(),
        timeouts: None,
        backend_refs: place.backends().into(),
        rest: Rest::new(),
    });
    let mut rules = Vec::new();
    for rule in of_routes.chain(rest) {
        rules.extend(place.routes().variants.iter().map(|variant| of_variant(place, variant, &rule)));
        rules.push(rule);
    }
    rules
}

fn http_rule(mesh: &Mesh, place: Place<'_>, plan: &Plan<'_>, route: &Route) -> HttpRouteRule {
    HttpRouteRule {
        name: Some(route.name.value.clone()),
        matches: http_matches(plan, route).into(),
        timeouts: terms::of_rule(mesh, place.routes(), route)
            .map(|request| Timeouts { request: Some(request), rest: Rest::new() }),
        backend_refs: place.backends().into(),
        rest: Rest::new(),
    }
}

/// What a route matches. One of every method may have to name each: see `Plan::is_contested`.
fn http_matches(plan: &Plan<'_>, route: &Route) -> Vec<HttpRouteMatch> {
    let plain = matches::http(route);
    if !plan.is_contested(route) {
        return vec![plain];
    }
    gateway::METHODS.map(|method| HttpRouteMatch { method: Some(method.into()), ..plain.clone() }).into()
}

/// The rule for those of its requests that have the header of a variant.
fn of_variant(place: Place<'_>, variant: &Variant, rule: &HttpRouteRule) -> HttpRouteRule {
    let header = HeaderMatch {
        r#type: Some("Exact".into()),
        name: variant.header.value.clone(),
        value: variant.is.value.clone(),
        rest: Rest::new(),
    };
    let mut rule = rule.clone();
    rule.matches.iter_mut().for_each(|one| one.headers = vec![header.clone()].into());
    rule.backend_refs = vec![place.backend(&names::workload(place.callee().name(), Some(&variant.version)), 1)].into();
    rule
}

/// The rules of a group of gRPC methods. A rule without a match takes everything.
fn grpc_rules(place: Place<'_>, group: &Group<'_>) -> Vec<GrpcRouteRule> {
    let rest = grpc_rule(place, None, Optional::default());
    let of_routes = group
        .routes
        .iter()
        .filter_map(|route| Some(grpc_rule(place, Some(route.name.value.clone()), vec![matches::grpc(route)?].into())));
    of_routes.chain(group.catch_all.then(|| rest.clone())).collect()
}

fn grpc_rule(place: Place<'_>, name: Option<String>, matches: Optional<Vec<GrpcRouteMatch>>) -> GrpcRouteRule {
    GrpcRouteRule { name, matches, backend_refs: place.backends().into(), rest: Rest::new() }
}
