//! Whether a pod's proxy lets a request in (linkerd2, policy-controller/k8s/index/src/inbound and
//! grpc/src/inbound.rs; linkerd2-proxy, proxy/server-policy and http/route/src/http/match.rs).

use std::collections::BTreeSet;

use super::matching::{self, Rank};
use super::{GROUP, OPAQUE_PORTS};
use crate::objects::ObjectId;
use crate::objects::linkerd::{MeshTlsAuthenticationSpec, Reference, ServerSpec};
use crate::proxy::{Client, Decision, Grant, Grantee, Identity, Pod, Reception, Request, Verdict, World};
use crate::upstream::addresses::Addresses;
use crate::upstream::linkerd;

const DEFAULT_POLICY: &str = "config.linkerd.io/default-inbound-policy";

/// What the proxy of a pod makes of a request at a port of its container.
pub(super) fn receive<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    let mut servers = world.servers.of(pod.namespace, pod.labels).copied();
    let Some((name, server)) = servers.find(|(_, spec)| pod.number_of(&spec.port) == Some(port)) else {
        return by_default(world, pod, port, request);
    };
    let id = ObjectId { group: GROUP, kind: "Server", namespace: pod.namespace, name };
    match routed(world, pod, id, server, request) {
        Routed::Probe => probe(),
        Routed::Unknown => {
            let rule = format!("no route of the Server {name} matches");
            Reception::Settled(Decision { verdict: Verdict::NotFound, rule })
        }
        Routed::To(targets) => granted(world, &targets, (id, server)),
    }
}

fn probe<'a>() -> Reception<'a> {
    Reception::allowed("the kubelet's probe, which Linkerd lets pass".to_owned())
}

/// A port without a Server: the annotation of the pod or its namespace decides, or else the install.
fn by_default<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    if !is_opaque(world, pod, port) && is_probe(pod, port, request) {
        return probe();
    }
    let annotated = pod.annotation(DEFAULT_POLICY, world).map(|policy| (policy, format!("default-inbound-policy {policy}")));
    let stated = world.settings.inbound.map(|policy| (policy, format!("the default of the cluster, {policy}")));
    match annotated.or(stated) {
        Some((policy, rule)) => Reception::Granted {
            identity_only: None,
            grants: vec![Grant { rule: rule.clone(), to: Grantee::Policy(policy) }],
            refusal: rule,
        },
        None => {
            let rule = "no Server is for this port, and the default of the cluster is not stated".to_owned();
            Reception::Settled(Decision { verdict: Verdict::ClusterDefault, rule })
        }
    }
}

/// Whether the proxy takes what comes to a port for bytes, which have no routes.
fn is_opaque(world: &World<'_>, pod: Pod<'_>, port: u16) -> bool {
    match pod.annotation(OPAQUE_PORTS, world) {
        Some(list) => list.split(',').any(|opaque| opaque.trim().parse() == Ok(port)),
        None => linkerd::OPAQUE_PORTS.contains(&port),
    }
}

/// Where the authorizations of a request are looked for.
enum Routed<'a> {
    /// At these targets of policies.
    To(Vec<ObjectId<'a>>),
    /// Nowhere: it is a probe, and no route was attached.
    Probe,
    /// Nowhere: routes were attached, and none matches.
    Unknown,
}

fn routed<'a>(world: &'a World<'a>, pod: Pod<'a>, id: ObjectId<'a>, server: &ServerSpec, request: Request<'_>) -> Routed<'a> {
    let protocol = server.proxy_protocol.as_deref().unwrap_or("unknown");
    // GRPCRoutes are sent to proxies only for a gRPC Server, HTTPRoutes only for these; an opaque or TLS
    // Server has no list of routes at all.
    let candidates: Vec<(Option<Rank>, ObjectId<'_>)> = match protocol {
        "gRPC" => {
            let attached = world.grpc_routes.get(&id).into_iter().flatten();
            let rules = attached.flat_map(|(route, spec)| spec.rules.iter().map(|rule| (route.id(), rule)));
            rules.map(|(route, rule)| (matching::grpc(&rule.matches, request), route)).collect()
        }
        // A GRPCRoute puts every HTTPRoute of the same Server out of use, whatever the Server speaks
        // (policy-controller/k8s/status).
        "unknown" | "HTTP/1" | "HTTP/2" if world.grpc_routes.contains_key(&id) => Vec::new(),
        "unknown" | "HTTP/1" | "HTTP/2" => {
            let attached = world.http_routes.get(&id).into_iter().flatten();
            let rules = attached.flat_map(|(route, spec)| spec.rules.iter().map(|rule| (route.id(), rule)));
            rules.map(|(route, rule)| (matching::http(world, &rule.matches, request), route)).collect()
        }
        _ => return Routed::To(vec![id]),
    };
    if candidates.is_empty() {
        let of_server = Routed::To(vec![id]);
        return match protocol {
            "gRPC" if matching::call(request).is_none() => Routed::Unknown,
            "gRPC" => of_server,
            _ if pod.number_of(&server.port).is_some_and(|port| is_probe(pod, port, request)) => Routed::Probe,
            _ => of_server,
        };
    }
    let matches = candidates.into_iter().filter_map(|(rank, route)| Some((rank?, route)));
    // Of two that are alike, the older object; of one age, the first name.
    match matches.max_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.name.cmp(one.1.name))) {
        Some((_, route)) => Routed::To(vec![route, id]),
        None => Routed::Unknown,
    }
}

/// Linkerd itself lets the HTTP GET probes of a pod pass, as long as no route is attached.
fn is_probe(pod: Pod<'_>, port: u16, request: Request<'_>) -> bool {
    request.method == "GET" && pod.is_asked(port, request)
}

/// Whom the policies of these targets admit, and the Server's own.
fn granted<'a>(world: &'a World<'a>, targets: &[ObjectId<'_>], (id, server): (ObjectId<'a>, &'a ServerSpec)) -> Reception<'a> {
    let policies = targets.iter().flat_map(|target| world.policies.get(target).into_iter().flatten());
    let mut grants: Vec<Grant<'_>> = policies
        .map(|(policy, spec)| Grant {
            rule: format!("AuthorizationPolicy {policy}"),
            to: Grantee::Linkerd(id.namespace, &spec.required_authentication_refs),
        })
        .collect();
    let policy = server.access_policy.as_deref().unwrap_or("deny");
    grants.push(Grant { rule: format!("Server {}: accessPolicy {policy}", id.name), to: Grantee::Policy(policy) });
    let ObjectId { kind, name: target, .. } = targets[0];
    Reception::Granted { identity_only: None, grants, refusal: format!("no policy of the {kind} {target} admits it") }
}

/// From where a client has all that a policy asks for; one that refers to nothing is never asked.
pub(in crate::proxy) fn has_all(world: &World<'_>, namespace: &str, required: &[Reference], client: &Client) -> Addresses {
    required.iter().fold(Addresses::everywhere(), |from, reference| {
        let named = (reference.namespace.as_deref().unwrap_or(namespace), reference.name.as_str());
        match reference.kind.as_ref() {
            "MeshTLSAuthentication" => {
                let is_member = world.identities.get(&named).is_some_and(|members| members.has(world, client));
                if is_member { from } else { Addresses::nowhere() }
            }
            "NetworkAuthentication" => world.networks.get(&named).map_or_else(Addresses::nowhere, |own| from.intersection(own)),
            _ => Addresses::nowhere(),
        }
    })
}

/// The identities of a MeshTLSAuthentication.
pub(in crate::proxy) enum Members<'a> {
    /// Accounts of this cluster by namespace and name, and whole namespaces.
    Refs { accounts: BTreeSet<(&'a str, &'a str)>, namespaces: BTreeSet<&'a str> },
    /// Texts: `*` is every identity, `*.rest` every one that ends so.
    Patterns(&'a [String]),
}

impl<'a> Members<'a> {
    pub(in crate::proxy) fn of(spec: &'a MeshTlsAuthenticationSpec) -> Self {
        let MeshTlsAuthenticationSpec { identities, identity_refs: refs, .. } = spec;
        if !identities.is_empty() {
            return Self::Patterns(identities);
        }
        let (of_namespaces, of_accounts): (Vec<&Reference>, Vec<&Reference>) =
            refs.iter().partition(|reference| reference.kind == "Namespace");
        Self::Refs {
            accounts: of_accounts
                .into_iter()
                .map(|account| (account.namespace.as_deref().unwrap_or_default(), account.name.as_str()))
                .collect(),
            namespaces: of_namespaces.into_iter().map(|namespace| namespace.name.as_str()).collect(),
        }
    }

    fn has(&self, world: &World<'_>, client: &Client) -> bool {
        let Some(Identity { account, namespace, trust_domain }) = &client.identity else { return false };
        let settings = &world.settings;
        match self {
            Self::Refs { accounts, namespaces } => {
                let is_known =
                    accounts.contains(&(namespace.as_str(), account.as_str())) || namespaces.contains(namespace.as_str());
                is_known && *trust_domain == settings.trust_domain
            }
            Self::Patterns(patterns) => {
                let identity = linkerd::identity(account, namespace, &settings.control_plane_namespace, trust_domain);
                patterns.iter().any(|pattern| is_like(&identity, pattern))
            }
        }
    }
}

fn is_like(identity: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(rest) => identity.ends_with(rest),
        None => identity == pattern,
    }
}

/// From where a default policy admits a client.
pub(in crate::proxy) fn admits(world: &World<'_>, policy: &str, client: &Client) -> Addresses {
    let is_meshed = client.identity.is_some();
    match policy {
        "all-unauthenticated" | "audit" => Addresses::everywhere(),
        "all-authenticated" if is_meshed => Addresses::everywhere(),
        "cluster-unauthenticated" => world.settings.networks.clone(),
        "cluster-authenticated" if is_meshed => world.settings.networks.clone(),
        _ => Addresses::nowhere(),
    }
}
