//! The routes of a port. As soon as one route is attached to a Server, Linkerd's own routes for every path
//! and for probes are gone (policy-controller, inbound/index.rs), so each path that may be called has a
//! route here, the probes' too. On a closed port no grant stands on the Server: it would open every route.

use std::collections::BTreeSet;

use crate::mesh::{App, Handler, Port, Route, names};
use crate::objects::gateway::{
    GrpcRouteMatch, GrpcRouteRule, GrpcRouteSpec, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, ParentReference,
};
use crate::objects::linkerd::{HttpRouteSpec as LinkerdHttpRouteSpec, Reference};
use crate::objects::{Kind, Object, Optional, Origin, Rest, Spec};
use crate::targets::{Scene, matches, metadata};
use crate::upstream::{gateway, linkerd};
use crate::value::Method;

use super::grant::{Granted, grants};
use super::{GROUP, has_gateway_routes, speaks_grpc};

/// A route without its name and its grants.
struct Body {
    /// The version of its kind that this Linkerd watches.
    version: &'static str,
    spec: Spec,
}

/// A request of the kubelet.
type Probe<'a> = (Method, &'a str);

/// The routes of a closed port: one for each of its routes, and one for the probes that no route is for.
pub(super) fn routes(scene: &Scene<'_>, app: &App, port: &Port, server: &str) -> Vec<Object> {
    let mut probes = probes(app, port);
    let mut objects = Vec::new();
    for route in &port.routes {
        let name = names::inbound_route(app, &route.name);
        let origin = metadata::app_origin(app).table("routes", &route.name);
        let is_probed = route.path.literal().is_some_and(|path| probes.remove(&(route.method, path)));
        let granted = if is_probed { Granted::everyone() } else { Granted::of(scene.mesh, port.access_of(route)) };
        objects.extend(attached(app, name, body(scene, port, server, route), granted, &origin));
    }
    objects.extend(of_probes(scene, app, port, server, probes));
    objects
}

/// The routes of a port that is open to its callers, if a gRPC probe needs one: Linkerd lets HTTP GET probes pass by
/// itself. The route of the probes admits everyone, and one for the rest takes the grants of the Server.
pub(super) fn probe_routes(scene: &Scene<'_>, app: &App, port: &Port, server: &str) -> Vec<Object> {
    if !wants_probe_routes(app, port) {
        return Vec::new();
    }
    let body = if speaks_grpc(scene, port) {
        grpc(scene, server, None, Vec::new())
    } else {
        http(scene, server, None, &[matches::everything()])
    };
    let mut objects = of_probes(scene, app, port, server, probes(app, port));
    objects.extend(attached(app, names::rest(server), body, Granted::default(), &metadata::app_origin(app)));
    objects
}

/// Whether a gRPC probe asks a port that has a policy and refuses strangers.
pub(super) fn wants_probe_routes(app: &App, port: &Port) -> bool {
    let asked = app.probes().any(|probe| probe.port == port.numbers.container && matches!(probe.handler, Handler::Grpc(_)));
    asked && port.has_requests() && port.has_policy() && !port.access.admits_nodes()
}

fn probes<'a>(app: &'a App, port: &Port) -> BTreeSet<Probe<'a>> {
    app.probe_requests(port).map(|probe| (probe.method, probe.path)).collect()
}

/// The route of these probes, which admits everyone.
fn of_probes(scene: &Scene<'_>, app: &App, port: &Port, server: &str, probes: BTreeSet<Probe<'_>>) -> Vec<Object> {
    if probes.is_empty() {
        return Vec::new();
    }
    let body = if speaks_grpc(scene, port) {
        let matches: Vec<GrpcRouteMatch> = probes.into_iter().filter_map(|(_, path)| matches::call(path)).collect();
        grpc(scene, server, None, matches)
    } else {
        let matches: Vec<HttpRouteMatch> = probes.into_iter().map(|(method, path)| matches::exactly(method, path)).collect();
        http(scene, server, None, &matches)
    };
    attached(app, names::probes(server), body, Granted::everyone(), &metadata::app_origin(app))
}

/// On a gRPC port a GRPCRoute, since no other is looked at there.
fn body(scene: &Scene<'_>, port: &Port, server: &str, route: &Route) -> Body {
    let name = Some(route.name.value.clone());
    match matches::grpc(route).filter(|_| speaks_grpc(scene, port)) {
        Some(method) => grpc(scene, server, name, vec![method]),
        None => http(scene, server, name, &[matches::http(route)]),
    }
}

fn grpc(scene: &Scene<'_>, server: &str, name: Option<String>, matches: Vec<GrpcRouteMatch>) -> Body {
    let rule = GrpcRouteRule { name, matches: matches.into(), backend_refs: Optional::default(), rest: Rest::new() };
    let (parent_refs, rules) = (vec![parent(server)].into(), vec![rule].into());
    let spec = GrpcRouteSpec { parent_refs, hostnames: Optional::default(), rules, rest: Rest::new() };
    Body { version: gateway::grpc_route(scene.mesh.cluster.linkerd.value), spec: spec.into() }
}

fn http(scene: &Scene<'_>, server: &str, name: Option<String>, matches: &[HttpRouteMatch]) -> Body {
    let rules = matches.chunks(linkerd::MOST_MATCHES).map(|matches| HttpRouteRule {
        name: name.clone(),
        matches: matches.to_vec().into(),
        timeouts: None,
        backend_refs: Optional::default(),
        rest: Rest::new(),
    });
    let (parent_refs, rules) = (vec![parent(server)].into(), rules.collect());
    let spec = HttpRouteSpec { parent_refs, hostnames: Optional::default(), rules, rest: Rest::new() };
    if has_gateway_routes(scene) {
        Body { version: gateway::http_route(scene.mesh.cluster.linkerd.value), spec: spec.into() }
    } else {
        let spec = Spec::from(LinkerdHttpRouteSpec(spec));
        Body { version: spec.kind().version, spec }
    }
}

fn parent(server: &str) -> ParentReference {
    ParentReference {
        group: Some(GROUP.into()),
        kind: Some("Server".into()),
        name: server.to_owned(),
        port: None,
        rest: Rest::new(),
    }
}

/// The route, and the grants that name it.
fn attached(app: &App, name: String, Body { version, spec }: Body, granted: Granted, origin: &Origin) -> Vec<Object> {
    let Kind { group, name: kind, .. } = *spec.kind();
    let target = Reference::new(group, kind, name);
    let mut objects = grants(app, &target.name, &target, granted, origin);
    objects.push(Object::new(metadata::of_app(target.name, app), spec, origin.clone()).in_version(version));
    objects
}
