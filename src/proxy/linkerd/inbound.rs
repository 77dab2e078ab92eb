//! Whether a pod's proxy lets a request in (linkerd2, policy-controller/k8s/index/src/inbound and
//! grpc/src/inbound.rs; linkerd2-proxy, proxy/server-policy and http/route/src/http/match.rs).

use super::matching::{self, Rank};
use crate::objects::core::Handler;
use crate::objects::linkerd::{AuthorizationPolicySpec, MeshTlsAuthenticationSpec, Reference, ServerSpec};
use crate::proxy::{Client, Decision, Identity, Pod, Request, Verdict, World};
use crate::upstream::linkerd;

const DEFAULT_POLICY: &str = "config.linkerd.io/default-inbound-policy";

/// What the proxy of a pod does with a request at a port of its container.
pub(super) fn decide(world: &World<'_>, pod: Pod<'_>, port: u16, client: &Client, request: Request<'_>) -> Decision {
    let decision = |verdict, rule: String| Decision { verdict, rule };
    let mut servers = world.servers.of(pod.namespace, pod.labels).copied();
    let Some((name, server)) = servers.find(|(_, spec)| spec.port == port) else {
        let policy = pod.annotation(DEFAULT_POLICY, world).unwrap_or("all-unauthenticated");
        let rule = format!("default-inbound-policy {policy}");
        return decision(if admits(policy, client) { Verdict::Allowed } else { Verdict::Denied }, rule);
    };
    match routed(world, pod, name, server, request) {
        Routed::Probe => decision(Verdict::Allowed, "the kubelet's probe, which Linkerd lets pass".to_owned()),
        Routed::Unknown => decision(Verdict::NotFound, format!("no route of the Server {name} matches")),
        Routed::To(targets) => granted(world, pod.namespace, &targets, (name, server), client),
    }
}

/// What a policy can be for: its group, its kind and its name.
type Target<'a> = (&'a str, &'static str, &'a str);

/// The group of Linkerd's own kinds.
const GROUP: &str = "policy.linkerd.io";

/// Where the authorizations of a request are looked for.
enum Routed<'a> {
    /// At these targets of policies.
    To(Vec<Target<'a>>),
    /// Nowhere: it is a probe, and no route was attached.
    Probe,
    /// Nowhere: routes were attached, and none matches.
    Unknown,
}

fn routed<'a>(world: &'a World<'a>, pod: Pod<'a>, name: &'a str, server: &ServerSpec, request: Request<'_>) -> Routed<'a> {
    let key = ((pod.namespace, name), "Server");
    // GRPCRoutes are sent to proxies only for a gRPC Server, HTTPRoutes only for these; an opaque or TLS
    // Server has no list of routes at all.
    let candidates: Vec<(Option<Rank>, Target<'_>)> = match server.proxy_protocol {
        "gRPC" => {
            let attached = world.grpc_routes.get(&key).into_iter().flatten();
            let rules = attached.flat_map(|(metadata, spec)| spec.rules.iter().map(move |rule| (metadata, spec, rule)));
            rules
                .map(|(metadata, spec, rule)| {
                    let route = (group(spec.api_version), "GRPCRoute", metadata.name.as_str());
                    (matching::grpc(&rule.matches, request), route)
                })
                .collect()
        }
        // A GRPCRoute puts every HTTPRoute of the same Server out of use, whatever the Server speaks
        // (policy-controller/k8s/status).
        "unknown" | "HTTP/1" | "HTTP/2" if world.grpc_routes.contains_key(&key) => Vec::new(),
        "unknown" | "HTTP/1" | "HTTP/2" => {
            let attached = world.http_routes.get(&key).into_iter().flatten();
            let rules = attached.flat_map(|(metadata, spec)| spec.rules.iter().map(move |rule| (metadata, spec, rule)));
            rules
                .map(|(metadata, spec, rule)| {
                    let route = (group(spec.api_version), "HTTPRoute", metadata.name.as_str());
                    (matching::http(world, &rule.matches, request), route)
                })
                .collect()
        }
        _ => return Routed::To(vec![(GROUP, "Server", name)]),
    };
    if candidates.is_empty() {
        let of_server = Routed::To(vec![(GROUP, "Server", name)]);
        return match server.proxy_protocol {
            "gRPC" if matching::call(request).is_none() => Routed::Unknown,
            "gRPC" => of_server,
            _ if is_probe(pod, server.port, request) => Routed::Probe,
            _ => of_server,
        };
    }
    let matches = candidates.into_iter().filter_map(|(rank, route)| Some((rank?, route)));
    // Of two that are alike, the older object; of one age, the first name.
    match matches.max_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.2.cmp(one.1.2))) {
        Some((_, route)) => Routed::To(vec![route, (GROUP, "Server", name)]),
        None => Routed::Unknown,
    }
}

/// The group of an apiVersion.
fn group(api_version: &str) -> &str {
    api_version.split('/').next().unwrap_or(api_version)
}

/// Linkerd itself lets the HTTP GET probes of a pod pass, as long as no route is attached.
fn is_probe(pod: Pod<'_>, port: u16, request: Request<'_>) -> bool {
    let container = pod.container;
    let probes = [&container.startup_probe, &container.liveness_probe, &container.readiness_probe];
    probes.into_iter().flatten().any(|probe| match &probe.handler {
        Handler::HttpGet { path, port: asked } => {
            *asked == port && request.method == "GET" && path.split(['?', '#']).next() == Some(request.path)
        }
        _ => false,
    })
}

/// Whether one of the policies of these targets admits the client, or else the Server's own policy.
fn granted(
    world: &World<'_>,
    namespace: &str,
    targets: &[Target<'_>],
    (name, server): (&str, &ServerSpec),
    client: &Client,
) -> Decision {
    for (group, kind, target) in targets {
        let policies = world.policies.get(&((namespace, *target), *kind, *group)).into_iter().flatten();
        for (policy, spec) in policies {
            if asks_for(world, namespace, spec, client) {
                return Decision { verdict: Verdict::Allowed, rule: format!("AuthorizationPolicy {policy}") };
            }
        }
    }
    if admits(server.access_policy, client) {
        let rule = format!("Server {name}: accessPolicy {}", server.access_policy);
        return Decision { verdict: Verdict::Allowed, rule };
    }
    let (_, kind, target) = targets[0];
    Decision { verdict: Verdict::Denied, rule: format!("no policy of the {kind} {target} admits it") }
}

/// Whether the client has all that a policy asks for; one that refers to nothing is never asked.
fn asks_for(world: &World<'_>, namespace: &str, policy: &AuthorizationPolicySpec, client: &Client) -> bool {
    policy.required_authentication_refs.iter().all(|reference| {
        let named = (reference.namespace.as_deref().unwrap_or(namespace), reference.name.as_str());
        match reference.kind {
            "MeshTLSAuthentication" => world.identities.get(&named).is_some_and(|spec| has_identity(world, spec, client)),
            "NetworkAuthentication" => world.networks.get(&named).is_some_and(|spec| {
                spec.networks.iter().any(|network| network.cidr.parse().is_ok_and(|cidr| client.is_in(&cidr)))
            }),
            _ => false,
        }
    })
}

fn has_identity(world: &World<'_>, spec: &MeshTlsAuthenticationSpec, client: &Client) -> bool {
    let Some(Identity { account, namespace, trust_domain }) = &client.identity else { return false };
    let identity = linkerd::identity(account, namespace, &world.settings.control_plane_namespace, trust_domain);
    match spec {
        MeshTlsAuthenticationSpec::Identities(patterns) => patterns.iter().any(|pattern| is_like(&identity, pattern)),
        MeshTlsAuthenticationSpec::IdentityRefs(refs) => {
            refs.iter().any(|reference| is_like(&identity, &pattern(world, reference)))
        }
    }
}

/// The identity that a reference means.
fn pattern(world: &World<'_>, reference: &Reference) -> String {
    let settings = &world.settings;
    let (account, namespace) = match reference.kind {
        "Namespace" => ("*", reference.name.as_str()),
        _ => (reference.name.as_str(), reference.namespace.as_deref().unwrap_or_default()),
    };
    linkerd::identity(account, namespace, &settings.control_plane_namespace, &settings.trust_domain)
}

/// `*` is every identity, `*.rest` every one that ends so.
fn is_like(identity: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(rest) => identity.ends_with(rest),
        None => identity == pattern,
    }
}

/// Whom a default policy admits.
fn admits(policy: &str, client: &Client) -> bool {
    match policy {
        "all-unauthenticated" | "audit" => true,
        "all-authenticated" => client.identity.is_some(),
        "cluster-unauthenticated" => client.inside,
        "cluster-authenticated" => client.inside && client.identity.is_some(),
        _ => false,
    }
}
