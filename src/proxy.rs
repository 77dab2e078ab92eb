//! What the proxies of a mesh will do with the objects that are rendered: who is let in, and where a
//! request goes. It reads objects alone and never what was meant, so that a fault in the output shows in
//! its answers.

#![deny(clippy::wildcard_enum_match_arm)]

mod expressions;
mod istio;
mod labels;
mod linkerd;

use std::collections::BTreeMap;

use crate::objects::core::{Container, Handler, ServicePort, ServiceSpec};
use crate::objects::gateway::{GrpcRouteSpec, HttpRouteSpec};
use crate::objects::istio as istio_objects;
use crate::objects::istio::{PeerAuthenticationSpec, VirtualServiceSpec};
use crate::objects::linkerd::{AuthorizationPolicySpec, Reference, ServerSpec, ServiceProfileSpec};
use crate::objects::smi::TrafficSplitSpec;
use crate::objects::{Map, Metadata, Object, Spec, Unit};
use crate::upstream::addresses::Addresses;
use crate::upstream::kubernetes::GRPC_HEALTH_CHECK;

use expressions::Expressions;
use labels::{Labelled, Selectors};

/// What the cluster's own settings are.
pub(crate) struct Settings {
    pub(crate) domain: String,
    pub(crate) trust_domain: String,
    pub(crate) control_plane_namespace: String,
    /// Whom the mesh admits where no object says anything, if that is known: the word of a policy.
    pub(crate) inbound: Option<&'static str>,
    /// The networks of its pods and nodes.
    pub(crate) networks: Addresses,
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its mesh identity; without a proxy it has none.
    pub(crate) identity: Option<Identity>,
    /// From where it may call, as far as that is known.
    pub(crate) addresses: Addresses,
}

/// A service account, as meshes know it.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) namespace: String,
    pub(crate) trust_domain: String,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Names in lowercase, and values.
    pub(crate) headers: &'a [(String, String)],
}

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
    /// From some addresses of the caller, or with some requests, it reaches the model.
    Partly,
    /// The mesh's own default decides, which the manifest does not state.
    ClusterDefault,
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
            Self::Partly => "partly",
            Self::ClusterDefault => "cluster default",
            Self::Denied => "denied",
            Self::NotFound => "not found",
        }
    }
}

/// The terms of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// The route that matches.
    pub(crate) route: Option<String>,
    /// How long the whole request may take.
    pub(crate) timeout: Option<String>,
    /// How long it may pass without a byte.
    pub(crate) idle_timeout: Option<String>,
    /// When a failed request is tried again.
    pub(crate) retry: Option<Retry>,
    /// The Services that it goes to, with their weights.
    pub(crate) backends: Vec<(String, u32)>,
    /// The Service that gets a copy of it, and of how many in a hundred.
    pub(crate) copies: Option<(String, f64)>,
}

impl Terms {
    /// Those of a request of which nothing is said.
    fn to(destination: &str) -> Self {
        Self { backends: vec![(destination.to_owned(), 1)], ..Self::default() }
    }
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retry {
    /// The statuses that count as failed: `500-599`, `503`, or the name of a gRPC status.
    pub(crate) on: Vec<String>,
    /// How often one request is tried again; none: as often as the budget allows.
    pub(crate) limit: Option<u32>,
    /// How long one try may take.
    pub(crate) try_timeout: Option<String>,
    /// How many retries there may be for each request, over time, and how many a second there always may
    /// be.
    pub(crate) budget: Option<(f64, u32)>,
}

/// The name, the kind and the group of what a policy is for.
type PolicyTarget<'a> = (Named<'a>, &'a str, &'a str);

/// A name in a namespace.
type Named<'a> = (&'a str, &'a str);

/// The objects that proxies read.
pub(crate) struct World<'a> {
    settings: Settings,
    namespaces: BTreeMap<&'a str, &'a Metadata>,
    services: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceSpec)>,
    pods: Labelled<'a, Pod<'a>>,
    servers: Selectors<'a, (&'a str, &'a ServerSpec)>,
    /// By the kind and the name of their parent.
    http_routes: BTreeMap<(Named<'a>, &'a str), Vec<(&'a Metadata, &'a HttpRouteSpec)>>,
    grpc_routes: BTreeMap<(Named<'a>, &'a str), Vec<(&'a Metadata, &'a GrpcRouteSpec)>>,
    policies: BTreeMap<PolicyTarget<'a>, Vec<(&'a str, &'a AuthorizationPolicySpec)>>,
    identities: BTreeMap<Named<'a>, linkerd::Members<'a>>,
    networks: BTreeMap<Named<'a>, Addresses>,
    profiles: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceProfileSpec)>,
    splits: BTreeMap<Named<'a>, &'a TrafficSplitSpec>,
    /// The EgressNetwork of a namespace.
    egress: BTreeMap<&'a str, &'a str>,
    /// By the host that they are for.
    virtual_services: BTreeMap<&'a str, &'a VirtualServiceSpec>,
    istio_policies: Selectors<'a, (&'a str, &'a istio_objects::AuthorizationPolicySpec)>,
    peers: Selectors<'a, (&'a str, &'a PeerAuthenticationSpec)>,
    expressions: Expressions,
}

/// The pods of a Deployment.
#[derive(Clone, Copy)]
pub(crate) struct Pod<'a> {
    namespace: &'a str,
    labels: &'a Map,
    annotations: &'a Map,
    container: &'a Container,
}

impl<'a> World<'a> {
    pub(crate) fn of(units: &'a [Unit], settings: Settings) -> Self {
        let mut world = Self {
            settings,
            namespaces: BTreeMap::new(),
            services: BTreeMap::new(),
            pods: Labelled::new(),
            servers: Selectors::new(),
            http_routes: BTreeMap::new(),
            grpc_routes: BTreeMap::new(),
            policies: BTreeMap::new(),
            identities: BTreeMap::new(),
            networks: BTreeMap::new(),
            profiles: BTreeMap::new(),
            splits: BTreeMap::new(),
            egress: BTreeMap::new(),
            virtual_services: BTreeMap::new(),
            istio_policies: Selectors::new(),
            peers: Selectors::new(),
            expressions: Expressions::default(),
        };
        units.iter().flat_map(|unit| &unit.objects).for_each(|object| world.take(object));
        world
    }

    fn take(&mut self, object: &'a Object) {
        let metadata = &object.metadata;
        let (namespace, name) = (metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_str());
        match &object.spec {
            Spec::Namespace => drop(self.namespaces.insert(name, metadata)),
            Spec::Service(spec) => drop(self.services.insert((namespace, name), (metadata, spec))),
            Spec::Deployment(spec) => {
                let (of, containers) = (&spec.template.metadata, &spec.template.spec.containers);
                let pod = |container| Pod { namespace, labels: &of.labels, annotations: &of.annotations, container };
                containers.iter().for_each(|container| self.pods.insert(namespace, &of.labels, &pod(container)));
            }
            Spec::Server(spec) => self.servers.insert(namespace, Some(&spec.pod_selector.match_labels), (name, spec)),
            Spec::HttpRoute(spec) => {
                let [parent] = &spec.parent_refs;
                self.http_routes.entry(((namespace, &parent.name), parent.kind)).or_default().push((metadata, spec));
            }
            Spec::GrpcRoute(spec) => {
                let [parent] = &spec.parent_refs;
                self.grpc_routes.entry(((namespace, &parent.name), parent.kind)).or_default().push((metadata, spec));
            }
            Spec::AuthorizationPolicy(spec) => {
                let target = (namespace, spec.target_ref.name.as_str());
                let kind = (target, spec.target_ref.kind, spec.target_ref.group);
                self.policies.entry(kind).or_default().push((name, spec));
            }
            Spec::MeshTlsAuthentication(spec) => {
                self.identities.insert((namespace, name), linkerd::Members::of(spec));
            }
            Spec::NetworkAuthentication(spec) => {
                let networks = spec.networks.iter().filter_map(|network| network.cidr.parse().ok());
                self.networks.insert((namespace, name), Addresses::of(networks));
            }
            Spec::ServiceProfile(spec) => drop(self.profiles.insert((namespace, name), (metadata, spec))),
            Spec::TrafficSplit(spec) => drop(self.splits.insert((namespace, &spec.service), spec)),
            Spec::EgressNetwork(_) => drop(self.egress.insert(namespace, name)),
            Spec::VirtualService(spec) => drop(self.virtual_services.insert(&spec.hosts[0], spec)),
            Spec::IstioAuthorizationPolicy(spec) => {
                self.istio_policies.insert(namespace, spec.selector.as_ref().map(|of| &of.match_labels), (name, spec));
            }
            Spec::PeerAuthentication(spec) => self.peers.insert(namespace, Some(&spec.selector.match_labels), (name, spec)),
            // Who is let in, and where to, hangs on none of these.
            Spec::ServiceAccount
            | Spec::DestinationRule(_)
            | Spec::HttpLocalRateLimitPolicy(_)
            | Spec::HorizontalPodAutoscaler(_)
            | Spec::PodDisruptionBudget(_)
            | Spec::CronJob(_)
            | Spec::Job(_) => {}
        }
    }

    /// The pods that a Service selects, and the number of the container's port behind this one of its.
    pub(crate) fn behind(&self, namespace: &str, service: &str, port: u16) -> Vec<(Pod<'a>, u16)> {
        let Some((_, spec)) = self.services.get(&(namespace, service)) else { return Vec::new() };
        let Some(port) = spec.ports.iter().find(|one| one.port == port) else { return Vec::new() };
        self.pods.of(namespace, &spec.selector).filter_map(|pod| Some((*pod, pod.number(port)?))).collect()
    }
}

impl<'a> Pod<'a> {
    /// Whether both are the pods of one Deployment.
    pub(crate) fn is(&self, other: Pod<'_>) -> bool {
        std::ptr::eq(self.container, other.container)
    }

    /// Whether the kubelet sends this request to a port of its container.
    pub(crate) fn is_asked(&self, port: u16, request: Request<'_>) -> bool {
        let Container { startup_probe, liveness_probe, readiness_probe, .. } = self.container;
        let probes = [startup_probe, liveness_probe, readiness_probe].into_iter().flatten();
        probes.into_iter().any(|probe| match &probe.handler {
            Handler::HttpGet { path, port: asked } => {
                *asked == port && request.method == "GET" && path.split(['?', '#']).next() == Some(request.path)
            }
            Handler::Grpc { port: asked, .. } => *asked == port && request.method == "POST" && request.path == GRPC_HEALTH_CHECK,
            Handler::Exec { .. } | Handler::TcpSocket { .. } => false,
        })
    }

    /// A Service's port names the container's.
    fn number(&self, port: &ServicePort) -> Option<u16> {
        let named = self.container.ports.iter().find(|own| own.name == port.target_port);
        named.map(|own| own.container_port)
    }

    /// An annotation of the pod, or else of its namespace.
    fn annotation(self, key: &str, world: &World<'a>) -> Option<&'a str> {
        let of_namespace = || world.namespaces.get(self.namespace).and_then(|namespace| namespace.annotations.get(key));
        self.annotations.get(key).or_else(of_namespace).map(AsRef::as_ref)
    }
}

/// What the proxy of a pod makes of a request, whoever sends it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reception<'a> {
    /// This becomes of it.
    Settled(Decision),
    /// It becomes of it what its sender was granted.
    Granted {
        /// Why nobody without an identity is let in, if that is so.
        identity_only: Option<String>,
        /// Who is let in, each by its rule.
        grants: Vec<Grant<'a>>,
        /// What is missing where none of them is for the sender.
        refusal: String,
    },
}

/// A rule that lets somebody in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant<'a> {
    rule: String,
    to: Grantee<'a>,
}

/// Whom a rule lets in.
#[derive(Clone, Debug, PartialEq)]
enum Grantee<'a> {
    /// Whom a default policy of Linkerd means.
    Policy(&'a str),
    /// Whoever has what a policy of Linkerd in this namespace asks for.
    Linkerd(&'a str, Requires<'a>),
    /// Whom one of these sources of a rule of Istio means; everyone, where there is none.
    Istio(&'a [istio_objects::From]),
}

/// What a policy of Linkerd asks for.
type Requires<'a> = &'a [Reference];

/// What the proxy of a pod, if it has one, makes of a request at a port of its container.
pub(crate) fn receive<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    if linkerd::is_injected(world, pod) {
        linkerd::receive(world, pod, port, request)
    } else if istio::is_injected(world, pod) {
        istio::receive(world, pod, port, request)
    } else {
        Reception::allowed("its pods have no proxy".to_owned())
    }
}

impl Reception<'_> {
    fn allowed(rule: String) -> Self {
        Self::Settled(Decision { verdict: Verdict::Allowed, rule })
    }

    /// What becomes of the request of this client.
    pub(crate) fn decide(&self, world: &World<'_>, client: &Client) -> Decision {
        let (identity_only, grants, refusal) = match self {
            Self::Settled(decision) => return decision.clone(),
            Self::Granted { identity_only, grants, refusal } => (identity_only, grants, refusal),
        };
        if let Some(rule) = identity_only.as_ref().filter(|_| client.identity.is_none()) {
            return Decision { verdict: Verdict::Denied, rule: rule.clone() };
        }
        let mut admitted = Addresses::nowhere();
        let mut rules: Vec<&str> = Vec::new();
        for Grant { rule, to } in grants {
            let from = client.addresses.intersection(&to.admits(world, client));
            if from.covers(&client.addresses) {
                return Decision { verdict: Verdict::Allowed, rule: rule.clone() };
            }
            if !from.is_empty() {
                admitted = admitted.union(&from);
                rules.push(rule);
            }
        }
        match rules.as_slice() {
            [] => Decision { verdict: Verdict::Denied, rule: refusal.clone() },
            rules if admitted.covers(&client.addresses) => Decision { verdict: Verdict::Allowed, rule: rules.join(", ") },
            rules => Decision { verdict: Verdict::Partly, rule: format!("{}, from {admitted}", rules.join(", ")) },
        }
    }
}

impl Grantee<'_> {
    /// From where this client is let in.
    fn admits(&self, world: &World<'_>, client: &Client) -> Addresses {
        match self {
            Self::Policy(policy) => linkerd::admits(world, policy, client),
            Self::Linkerd(namespace, required) => linkerd::has_all(world, namespace, required, client),
            Self::Istio(sources) => istio::admits(sources, client),
        }
    }
}

/// What happens to a request of this client to a port of a Service, by its namespace and name. Without a
/// proxy a caller knows the Service alone.
pub(crate) fn terms(world: &World<'_>, client: &Client, target: (&str, &str, u16), request: Request<'_>) -> Terms {
    let by_proxy = |identity| linkerd::terms(world, target, request).or_else(|| istio::terms(world, identity, target, request));
    client.identity.as_ref().and_then(by_proxy).unwrap_or_else(|| Terms::to(target.1))
}

/// What happens to a request of this client, in a namespace, to a host outside of the cluster.
pub(crate) fn terms_outside(world: &World<'_>, client: &Client, target: (&str, &str, u16), request: Request<'_>) -> Terms {
    let by_proxy = || linkerd::terms_outside(world, target, request);
    client.identity.as_ref().and_then(|_| by_proxy()).unwrap_or_else(|| Terms::to(target.1))
}

/// A range of statuses as a person writes it.
fn range(first: u16, last: u16) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}
