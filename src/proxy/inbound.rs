//! Whether a pod's proxy lets a request in (linkerd2, policy-controller/k8s/index/src/inbound and
//! grpc/src/inbound.rs; linkerd2-proxy, proxy/server-policy and http/route/src/http/match.rs).

use std::net::IpAddr;

use ipnet::IpNet;
use regex::Regex;

use super::{Client, Pod, Request, World};
use crate::objects::core::Handler;
use crate::objects::gateway::{HttpRouteMatch, PathMatch};
use crate::objects::linkerd::{AuthorizationPolicySpec, MeshTlsAuthenticationSpec, Reference, ServerSpec};
use crate::upstream::linkerd;

const DEFAULT_POLICY: &str = "config.linkerd.io/default-inbound-policy";

/// What becomes of a request, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    /// The rule that decided, or what is missing.
    pub(crate) rule: String,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It reaches the model.
    Allowed,
    /// It is refused: 403, or a closed connection.
    Denied,
    /// No route matches: 404.
    NotFound,
}

impl Verdict {
    /// The word that answers print.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::NotFound => "not found",
        }
    }
}

/// What the proxy of a pod does with a request at a port of its container.
pub(crate) fn decide(world: &World<'_>, pod: Pod<'_>, port: u16, client: &Client, request: Request<'_>) -> Decision {
    let decision = |verdict, rule: String| Decision { verdict, rule };
    if !pod.is_injected(world) {
        return decision(Verdict::Allowed, "its pods have no proxy".to_owned());
    }
    let servers = world.servers.get(pod.namespace).into_iter().flatten();
    let server =
        servers.copied().find(|(_, spec)| spec.port == port && super::is_subset(&spec.pod_selector.match_labels, pod.labels));
    let Some((name, server)) = server else {
        let policy = pod.setting(DEFAULT_POLICY, world).unwrap_or("all-unauthenticated");
        let rule = format!("default-inbound-policy {policy}");
        return decision(if admits(policy, client) { Verdict::Allowed } else { Verdict::Denied }, rule);
    };
    match routed(world, pod, name, server, request) {
        Routed::Probe => decision(Verdict::Allowed, "the kubelet's probe, which Linkerd lets pass".to_owned()),
        Routed::Unknown => decision(Verdict::NotFound, format!("no HTTPRoute of the Server {name} matches")),
        Routed::To(targets) => granted(world, pod.namespace, &targets, (name, server), client),
    }
}

/// Where the authorizations of a request are looked for.
enum Routed<'a> {
    /// At these targets of policies, by kind and name.
    To(Vec<(&'static str, &'a str)>),
    /// Nowhere: it is a probe, and no route was attached.
    Probe,
    /// Nowhere: routes were attached, and none matches.
    Unknown,
}

fn routed<'a>(world: &'a World<'a>, pod: Pod<'a>, name: &'a str, server: &ServerSpec, request: Request<'_>) -> Routed<'a> {
    // Routes are sent to proxies only for these; a gRPC, opaque or TLS Server has no list of HTTP routes.
    let http = ["unknown", "HTTP/1", "HTTP/2"].contains(&server.proxy_protocol);
    let attached: Vec<_> = world.routes.get(&(pod.namespace, name)).into_iter().flatten().filter(|_| http).collect();
    if attached.is_empty() {
        return if http && is_probe(pod, server.port, request) { Routed::Probe } else { Routed::To(vec![("Server", name)]) };
    }
    let matches = attached.iter().flat_map(|(route, spec)| {
        spec.rules.iter().flat_map(|rule| &rule.matches).filter_map(move |one| Some((matched(one, request)?, *route)))
    });
    // The longest path, then a match that names a method, then the older object; of one age, the name.
    match matches.max_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.cmp(one.1))) {
        Some((_, route)) => Routed::To(vec![("HTTPRoute", route), ("Server", name)]),
        None => Routed::Unknown,
    }
}

/// How specific a match is, if it is one.
fn matched(one: &HttpRouteMatch, request: Request<'_>) -> Option<(usize, bool)> {
    if one.method.as_deref().is_some_and(|method| method != request.method) {
        return None;
    }
    let PathMatch { r#type, value } = &one.path;
    let length = match *r#type {
        "Exact" => (value == request.path).then_some(value.len()),
        "PathPrefix" => {
            let prefix = value.trim_end_matches('/');
            let rest = request.path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(value.len())
        }
        // The leftmost match must span the whole path.
        _ => {
            let found = Regex::new(value).ok()?.find(request.path)?;
            (found.range() == (0..request.path.len())).then_some(request.path.len())
        }
    };
    Some((length?, one.method.is_some()))
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
    targets: &[(&'static str, &str)],
    (name, server): (&str, &ServerSpec),
    client: &Client,
) -> Decision {
    for (kind, target) in targets {
        let policies = world.policies.get(&((namespace, *target), *kind)).into_iter().flatten();
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
    let (kind, target) = targets[0];
    Decision { verdict: Verdict::Denied, rule: format!("no policy of the {kind} {target} admits it") }
}

/// Whether the client has all that a policy asks for; one that refers to nothing is never asked.
fn asks_for(world: &World<'_>, namespace: &str, policy: &AuthorizationPolicySpec, client: &Client) -> bool {
    policy.required_authentication_refs.iter().all(|reference| {
        let named = (reference.namespace.as_deref().unwrap_or(namespace), reference.name.as_str());
        match reference.kind {
            "MeshTLSAuthentication" => world.identities.get(&named).is_some_and(|spec| has_identity(world, spec, client)),
            "NetworkAuthentication" => world.networks.get(&named).is_some_and(|spec| {
                spec.networks.iter().any(|network| network.cidr.parse().is_ok_and(|cidr| is_in(&cidr, client.address)))
            }),
            _ => false,
        }
    })
}

fn has_identity(world: &World<'_>, spec: &MeshTlsAuthenticationSpec, client: &Client) -> bool {
    let Some(identity) = &client.identity else { return false };
    match spec {
        MeshTlsAuthenticationSpec::Identities(patterns) => patterns.iter().any(|pattern| is_like(identity, pattern)),
        MeshTlsAuthenticationSpec::IdentityRefs(refs) => {
            refs.iter().any(|reference| is_like(identity, &pattern(world, reference)))
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

/// Whoever calls from nowhere that is known is only in a network that holds every address.
fn is_in(cidr: &IpNet, address: Option<IpAddr>) -> bool {
    address.map_or(cidr.prefix_len() == 0, |address| cidr.contains(&address))
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
