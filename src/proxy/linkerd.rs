//! Linkerd's proxies: who is let in by Servers and policies, and where a request goes by a ServiceProfile,
//! or else by the Gateway API's routes. A profile with routes or weights comes before any route
//! (linkerd2-proxy, app/outbound/src/http/logical/profile.rs).

mod inbound;
mod matching;
mod profile;
mod routes;

pub(super) use inbound::{Members, admits, has_all};

use super::{Pod, Reception, Request, Terms, World};
use crate::upstream::linkerd;

/// The group of Linkerd's own kinds.
const GROUP: &str = "policy.linkerd.io";

const INJECT: &str = "linkerd.io/inject";
const OPAQUE_PORTS: &str = "config.linkerd.io/opaque-ports";

/// The injector asks the pod first, then its namespace.
pub(super) fn is_injected(world: &World<'_>, pod: Pod<'_>) -> bool {
    pod.annotation(INJECT, world).is_some_and(|inject| inject == "enabled")
}

/// What the proxy of a pod makes of a request at a port of its container.
pub(super) fn receive<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    if linkerd::IGNORED_PORTS.contains(&port) {
        return Reception::allowed(format!("Linkerd passes port {port} by its proxy"));
    }
    inbound::receive(world, pod, port, request)
}

/// The terms of a request to a port of a Service, by its name and namespace; `None` where nothing is said
/// of it.
pub(super) fn terms(world: &World<'_>, target: (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    let (namespace, service, port) = target;
    if linkerd::IGNORED_PORTS.contains(&port) || is_opaque(world, target) {
        return None;
    }
    profile::terms(world, namespace, service, request).or_else(|| routes::terms(world, target, request))
}

/// Whether clients take what they send to a port of a Service for bytes: the annotation of the Service, or of its
/// namespace, replaces the list of the install (linkerd2, controller/api/destination/watcher/opaque_ports_watcher.go).
fn is_opaque(world: &World<'_>, (namespace, service, port): (&str, &str, u16)) -> bool {
    let of_service = world.services.get(&(namespace, service)).map(|(metadata, _)| &metadata.annotations);
    let of_namespace = world.namespaces.get(namespace).map(|metadata| &metadata.annotations);
    let mut written = [of_service, of_namespace].into_iter().flatten().filter_map(|annotations| annotations.get(OPAQUE_PORTS));
    match written.next() {
        Some(list) => list.split(',').any(|opaque| opaque.trim().parse() == Ok(port)),
        None => linkerd::OPAQUE_PORTS.contains(&port),
    }
}

/// The terms of a request from a namespace to a host outside and its port.
pub(super) fn terms_outside(world: &World<'_>, target: (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    routes::terms_outside(world, target, request)
}
