//! Linkerd's policies: who may call. One Server for each port, and a grant for each kind of caller; a
//! port or a route that names callers denies everyone else.

mod decorate;
mod grant;
mod inbound;
mod rate_limit;

use crate::mesh::{Access, App, Port, names};
use crate::objects::core::IntOrString;
use crate::objects::linkerd::{Reference, ServerSpec};
use crate::objects::{Object, Origin, Rest};
use crate::targets::{Part, Role, Scene, Target, metadata};
use crate::upstream::versions::GATEWAY_ROUTE_POLICIES_SINCE;
use crate::value::{InboundPolicy, Protocol};

use grant::Granted;

pub(super) static TARGET: Target =
    Target { name: "linkerd", roles: &[Role::Access], compile, decorate: decorate::decorate, ..Target::NONE };

/// The group of Linkerd's policies.
const GROUP: &str = "policy.linkerd.io";

fn compile(scene: &Scene<'_>, part: Part<'_>) -> Vec<Object> {
    let Part::App(app) = part else { return Vec::new() };
    if !app.namespace.inject {
        return Vec::new();
    }
    app.ports.iter().flat_map(|port| self::port(scene, app, port)).collect()
}

/// The Server of a port and everything that is granted there. A port of which nothing is said has none, so that the
/// default of the install holds for it.
fn port(scene: &Scene<'_>, app: &App, port: &Port) -> Vec<Object> {
    let is_closed = port.is_closed();
    if !is_closed && !port.has_policy() {
        return Vec::new();
    }
    let server = names::server(app, port);
    let origin = metadata::port_origin(app, port);
    let mut objects = if is_closed {
        inbound::routes(scene, app, port, &server)
    } else {
        let mut objects = inbound::probe_routes(scene, app, port, &server);
        objects.extend(callers(scene, app, port, &server, &origin));
        objects
    };
    let policy = port.access.policy().filter(|_| !is_closed).map_or(InboundPolicy::Deny, |policy| policy.value);
    objects.extend(rate_limit::policy(app, &server, port, &origin));
    let spec = ServerSpec {
        pod_selector: Some(metadata::app_labels(&app.name).into()),
        port: IntOrString::Int(port.numbers.container.into()),
        proxy_protocol: Some(proxy_protocol(scene, app, port, is_closed).into()),
        access_policy: Some(policy.word().into()),
        rest: Rest::new(),
    };
    objects.push(Object::new(metadata::of_app(server, app), spec, origin));
    objects
}

/// The grants to the callers that a port names.
fn callers(scene: &Scene<'_>, app: &App, port: &Port, server: &str, origin: &Origin) -> Vec<Object> {
    let target = reference("Server", server.to_owned());
    let granted = Granted::of(scene.mesh, &port.access);
    match &port.access {
        Access::Only(callers) => {
            grant::grants(app, &names::callers(server), &target, granted, &origin.key("callers", callers.span))
        }
        Access::Inbound(_) | Access::Default(_) => Vec::new(),
    }
}

/// How the proxy reads a port. A gRPC port whose routes are HTTPRoutes is read as HTTP/2, which gRPC is: those are
/// handed to the proxy only for the HTTP protocols (policy-controller/grpc/src/inbound.rs).
fn proxy_protocol(scene: &Scene<'_>, app: &App, port: &Port, is_closed: bool) -> &'static str {
    let has_routes = is_closed || inbound::wants_probe_routes(app, port);
    match port.protocol.value {
        Protocol::Detect => "unknown",
        Protocol::Http1 => "HTTP/1",
        Protocol::Http2 => "HTTP/2",
        Protocol::Grpc if has_routes && !speaks_grpc(scene, port) => "HTTP/2",
        Protocol::Grpc => "gRPC",
        Protocol::Opaque => "opaque",
        Protocol::Tls => "TLS",
    }
}

/// Whether a port is gRPC's and its routes can be GRPCRoutes, which Linkerd has no kind of its own for.
fn speaks_grpc(scene: &Scene<'_>, port: &Port) -> bool {
    port.protocol.value == Protocol::Grpc && has_gateway_routes(scene)
}

/// Whether policies can be for routes of the Gateway API.
fn has_gateway_routes(scene: &Scene<'_>) -> bool {
    let cluster = &scene.mesh.cluster;
    cluster.gateway_api.is_some() && cluster.linkerd.value >= GATEWAY_ROUTE_POLICIES_SINCE
}

fn reference(kind: &'static str, name: String) -> Reference {
    Reference::new(GROUP, kind, name)
}
