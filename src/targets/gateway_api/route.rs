//! The route objects of a place: one rule for each route, in their order, and last of all one that takes
//! what no route matches, which Linkerd would answer with 404 otherwise.

use crate::mesh::{App, Mesh, Route, Variant, names};
use crate::objects::gateway::{
    BackendReference, GrpcRouteMatch, GrpcRouteRule, GrpcRouteSpec, HeaderMatch, HttpRouteMatch, HttpRouteRule, HttpRouteSpec,
    Timeouts,
};
use crate::objects::{Map, Metadata, Object, Spec};
use crate::targets::{app_origin, matches};
use crate::upstream::gateway;

use super::place::Place;
use super::plan::{Group, Plan};
use super::terms;

/// The objects of a place.
pub(super) fn routes(mesh: &Mesh, place: Place<'_>) -> Vec<Object> {
    if let Place::Port(app, at @ 1..) = place {
        let all = Group { annotations: Map::new(), routes: Vec::new(), catch_all: true };
        return vec![object(mesh, place, None, names::server(app, at), all)];
    }
    let app = place.app();
    let plan = Plan::of(mesh, app);
    let named = |group: Group<'_>| {
        let first = group.routes.first().filter(|_| !group.catch_all);
        let name = first.map_or_else(|| app.name.value.clone(), |first| names::outbound_route(app, &first.name));
        object(mesh, place, Some(&plan), name, group)
    };
    plan.groups().into_iter().map(named).collect()
}

fn object(mesh: &Mesh, place: Place<'_>, plan: Option<&Plan<'_>>, name: String, group: Group<'_>) -> Object {
    let (app, linkerd) = (place.app(), mesh.cluster.linkerd.minor);
    let (parent_refs, hostnames) = ([place.parent()], place.hostnames());
    let spec = if place.is_grpc() {
        let rules = rules(place, &group, grpc_rule);
        Spec::GrpcRoute(GrpcRouteSpec { api_version: gateway::grpc_route(linkerd), parent_refs, hostnames, rules })
    } else {
        let contested = |route: &Route| plan.is_some_and(|plan| plan.is_contested(route));
        let rules = rules(place, &group, |route| http_rule(mesh, app, route, contested));
        Spec::HttpRoute(HttpRouteSpec { api_version: gateway::http_route(linkerd), parent_refs, hostnames, rules })
    };
    let within = match (group.routes.first().filter(|_| !group.catch_all), place) {
        (Some(first), _) => format!(".routes.{}", first.name.value),
        (None, Place::Port(_, 1..)) => format!(".ports.{}", place.port().name.value),
        (None, _) => String::new(),
    };
    let labels = Map::from([("app".into(), app.name.value.clone().into())]);
    Object {
        metadata: Metadata { name, namespace: Some(place.namespace().to_owned()), labels, annotations: group.annotations },
        spec,
        origin: app_origin(app, &within),
    }
}

/// A rule whose backends and headers are still open.
trait Rule {
    fn with(self, headers: Vec<HeaderMatch>, backends: Vec<BackendReference>) -> Self;
}

impl Rule for HttpRouteRule {
    fn with(mut self, headers: Vec<HeaderMatch>, backends: Vec<BackendReference>) -> Self {
        if self.matches.is_empty() && !headers.is_empty() {
            self.matches.push(HttpRouteMatch { method: None, path: None, headers: Vec::new() });
        }
        self.matches.iter_mut().for_each(|one| one.headers.clone_from(&headers));
        Self { backend_refs: backends, ..self }
    }
}

impl Rule for GrpcRouteRule {
    fn with(mut self, headers: Vec<HeaderMatch>, backends: Vec<BackendReference>) -> Self {
        if self.matches.is_empty() && !headers.is_empty() {
            self.matches.push(GrpcRouteMatch { method: None, headers: Vec::new() });
        }
        self.matches.iter_mut().for_each(|one| one.headers.clone_from(&headers));
        Self { backend_refs: backends, ..self }
    }
}

/// The rules of a group. A variant is a rule of its own for every route and for the rest: the length of
/// a path outranks a header, so one rule for the header alone would lose to every route.
fn rules<R: Rule>(place: Place<'_>, group: &Group<'_>, rule: impl Fn(Option<&Route>) -> R) -> Vec<R> {
    let app = place.app();
    let rest = group.catch_all.then_some(None);
    let mut rules = Vec::new();
    for route in group.routes.iter().map(|route| Some(*route)).chain(rest) {
        let to = |variant: &Variant| vec![place.backend(&names::workload(app, Some(&variant.version)), None)];
        rules.extend(app.variants.iter().map(|variant| rule(route).with(vec![header(variant)], to(variant))));
        rules.push(rule(route).with(Vec::new(), place.backends()));
    }
    rules
}

fn header(variant: &Variant) -> HeaderMatch {
    HeaderMatch { r#type: "Exact", name: variant.header.value.clone(), value: variant.is.value.clone() }
}

fn http_rule(mesh: &Mesh, app: &App, route: Option<&Route>, contested: impl Fn(&Route) -> bool) -> HttpRouteRule {
    let every_method = |route: &Route| -> Vec<HttpRouteMatch> {
        let of_method = |method: &'static str| HttpRouteMatch { method: Some(method), ..matches::http(route) };
        gateway::METHODS.map(of_method).into()
    };
    HttpRouteRule {
        name: route.map(|route| route.name.value.clone()),
        matches: match route {
            Some(route) if contested(route) => every_method(route),
            Some(route) => vec![matches::http(route)],
            None => Vec::new(),
        },
        timeouts: route.and_then(|route| terms::of_rule(mesh, app, route)).map(|request| Timeouts { request }),
        backend_refs: Vec::new(),
    }
}

fn grpc_rule(route: Option<&Route>) -> GrpcRouteRule {
    let of_method = |route: &Route| GrpcRouteMatch { method: matches::grpc(route), headers: Vec::new() };
    GrpcRouteRule {
        name: route.map(|route| route.name.value.clone()),
        matches: route.map(of_method).into_iter().collect(),
        backend_refs: Vec::new(),
    }
}
