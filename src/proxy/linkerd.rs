//! Linkerd's proxies: who is let in by Servers and policies, and where a request goes by a ServiceProfile,
//! or else by the Gateway API's routes. A profile with routes or weights comes before any route
//! (linkerd2-proxy, app/outbound/src/http/logical/profile.rs).

mod inbound;
mod matching;
mod profile;
mod routes;

use super::{Client, Decision, Pod, Request, Terms, World};

const INJECT: &str = "linkerd.io/inject";

/// The injector asks the pod first, then its namespace.
pub(super) fn is_injected(world: &World<'_>, pod: Pod<'_>) -> bool {
    pod.annotation(INJECT, world).is_some_and(|inject| inject == "enabled")
}

/// What the proxy of a pod does with a request at a port of its container.
pub(super) fn decide(world: &World<'_>, pod: Pod<'_>, port: u16, client: &Client, request: Request<'_>) -> Decision {
    inbound::decide(world, pod, port, client, request)
}

/// The terms of a request to a port of a Service, by its name and namespace; `None` where nothing is said
/// of it.
pub(super) fn terms(world: &World<'_>, target: (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    let (namespace, service, _) = target;
    profile::terms(world, namespace, service, request).or_else(|| routes::terms(world, target, request))
}

/// The terms of a request from a namespace to a host outside and its port.
pub(super) fn terms_outside(world: &World<'_>, target: (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    routes::terms_outside(world, target, request)
}
