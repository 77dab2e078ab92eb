//! The routes of a closed port. As soon as one route is attached to a Server, Linkerd's own routes for
//! every path and for probes are gone (policy-controller, inbound/index.rs), so each path that may be
//! called has a route here, the probes' too. No grant stands on the Server: it would open every route.

use std::collections::BTreeSet;

use crate::mesh::{Access, App, Method, Route, names};
use crate::objects::gateway::{GrpcRouteRule, GrpcRouteSpec, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, ParentReference};
use crate::objects::linkerd::Reference;
use crate::objects::{Object, Spec};
use crate::targets::{Scene, app_origin, matches};
use crate::upstream::{gateway, linkerd};

use super::grant::{everyone, grants};
use super::{GROUP, has_gateway_routes, metadata, speaks_grpc};

/// Linkerd's own HTTPRoute, for clusters without the Gateway API's.
const OWN_HTTP_ROUTE: &str = "policy.linkerd.io/v1beta3";

/// One route for each route of the app, and one for the probes that no route has the path of.
pub(super) fn routes(scene: &Scene<'_>, app: &App, server: &str) -> Vec<Object> {
    let mut probes: BTreeSet<&str> = app.probe_paths().map(|path| path.value).collect();
    let mut objects = Vec::new();
    for route in &app.routes {
        let name = names::inbound_route(app, &route.name);
        let within = format!(".routes.{}", route.name.value);
        let probed = route.method == Method::Get && route.path.literal().is_some_and(|path| probes.remove(path));
        let access = if probed { &everyone() } else { app.access_of(route) };
        objects.extend(attached(scene, app, &name, spec(scene, app, server, route), access, &within));
    }
    if !probes.is_empty() {
        let of_probe = |path| HttpRouteMatch { method: Method::Get.token(), path: matches::exactly(path), headers: Vec::new() };
        let spec = http(scene, server, None, probes.into_iter().map(of_probe).collect());
        objects.extend(attached(scene, app, &names::probes(app), spec, &everyone(), ""));
    }
    objects
}

/// On a gRPC port a GRPCRoute, since no other is looked at there.
fn spec(scene: &Scene<'_>, app: &App, server: &str, route: &Route) -> Spec {
    let name = Some(route.name.value.clone());
    match matches::grpc(route).filter(|_| speaks_grpc(scene, app)) {
        Some(method) => Spec::GrpcRoute(GrpcRouteSpec {
            api_version: gateway::grpc_route(scene.mesh.cluster.linkerd.minor),
            parent_refs: [parent(server)],
            hostnames: Vec::new(),
            rules: vec![GrpcRouteRule { name, matches: vec![method], backend_refs: Vec::new() }],
        }),
        None => http(scene, server, name, vec![matches::http(route)]),
    }
}

fn http(scene: &Scene<'_>, server: &str, name: Option<String>, matches: Vec<HttpRouteMatch>) -> Spec {
    let linkerd = scene.mesh.cluster.linkerd.minor;
    let api_version = if has_gateway_routes(scene) { gateway::http_route(linkerd) } else { OWN_HTTP_ROUTE };
    let rule = |matches: &[HttpRouteMatch]| HttpRouteRule {
        name: name.clone(),
        matches: matches.to_vec(),
        timeouts: None,
        backend_refs: Vec::new(),
    };
    let rules = matches.chunks(linkerd::MOST_MATCHES).map(rule).collect();
    Spec::HttpRoute(HttpRouteSpec { api_version, parent_refs: [parent(server)], hostnames: Vec::new(), rules })
}

fn parent(server: &str) -> ParentReference {
    ParentReference { group: GROUP, kind: "Server", name: server.to_owned(), port: None }
}

/// The route, and the grants that name it.
fn attached(scene: &Scene<'_>, app: &App, name: &str, spec: Spec, access: &Access, within: &str) -> Vec<Object> {
    let route = Object { metadata: metadata(name.to_owned(), app), spec, origin: app_origin(app, within) };
    let (api_version, kind) = route.kind();
    let (group, _) = api_version.split_once('/').expect("a route has a group");
    let target = Reference { group, kind, name: name.to_owned(), namespace: None };
    let mut objects = grants(scene.mesh, app, name, &target, access, within);
    objects.push(route);
    objects
}
