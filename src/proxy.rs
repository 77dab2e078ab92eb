//! What the proxies of a mesh will do with the objects that are rendered: who is let in, and where a
//! request goes. It reads objects alone and never what was meant, so that a fault in the output shows in
//! its answers.

mod expressions;
mod istio;
mod labels;
mod linkerd;

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::objects::core::{Container, ServicePort, ServiceSpec};
use crate::objects::gateway::{GrpcRouteSpec, HttpRouteSpec};
use crate::objects::istio as istio_objects;
use crate::objects::istio::{PeerAuthenticationSpec, VirtualServiceSpec};
use crate::objects::linkerd::{
    AuthorizationPolicySpec, MeshTlsAuthenticationSpec, NetworkAuthenticationSpec, ServerSpec, ServiceProfileSpec,
};
use crate::objects::smi::TrafficSplitSpec;
use crate::objects::{Map, Metadata, Object, Spec, Unit};

use expressions::Expressions;
use labels::{Labelled, Selectors};

/// What the cluster's own settings are.
pub(crate) struct Settings {
    pub(crate) domain: String,
    pub(crate) trust_domain: String,
    pub(crate) control_plane_namespace: String,
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its mesh identity; without a proxy it has none.
    pub(crate) identity: Option<Identity>,
    /// From where it calls, if that is known.
    pub(crate) address: Option<IpAddr>,
    /// Whether it is in one of the cluster's networks.
    pub(crate) inside: bool,
}

impl Client {
    /// Whoever calls from nowhere that is known is only in a network that holds every address.
    fn is_in(&self, cidr: &IpNet) -> bool {
        self.address.map_or(cidr.prefix_len() == 0, |address| cidr.contains(&address))
    }
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
    identities: BTreeMap<Named<'a>, &'a MeshTlsAuthenticationSpec>,
    networks: BTreeMap<Named<'a>, &'a NetworkAuthenticationSpec>,
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
            Spec::Server(spec) => self.servers.insert(namespace, &spec.pod_selector.match_labels, (name, spec)),
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
            Spec::MeshTlsAuthentication(spec) => drop(self.identities.insert((namespace, name), spec)),
            Spec::NetworkAuthentication(spec) => drop(self.networks.insert((namespace, name), spec)),
            Spec::ServiceProfile(spec) => drop(self.profiles.insert((namespace, name), (metadata, spec))),
            Spec::TrafficSplit(spec) => drop(self.splits.insert((namespace, &spec.service), spec)),
            Spec::EgressNetwork(_) => drop(self.egress.insert(namespace, name)),
            Spec::VirtualService(spec) => drop(self.virtual_services.insert(&spec.hosts[0], spec)),
            Spec::IstioAuthorizationPolicy(spec) => {
                self.istio_policies.insert(namespace, &spec.selector.match_labels, (name, spec));
            }
            Spec::PeerAuthentication(spec) => self.peers.insert(namespace, &spec.selector.match_labels, (name, spec)),
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

impl Pod<'_> {
    /// A Service's port names the container's.
    fn number(&self, port: &ServicePort) -> Option<u16> {
        let named = self.container.ports.iter().find(|own| own.name == port.target_port);
        named.map(|own| own.container_port)
    }

    /// An annotation of the pod, or else of its namespace.
    fn annotation<'w>(&'w self, key: &str, world: &World<'w>) -> Option<&'w str> {
        let of_namespace = || world.namespaces.get(self.namespace).and_then(|namespace| namespace.annotations.get(key));
        self.annotations.get(key).or_else(of_namespace).map(AsRef::as_ref)
    }
}

/// What the proxy of a pod, if it has one, does with a request at a port of its container.
pub(crate) fn decide(world: &World<'_>, pod: Pod<'_>, port: u16, client: &Client, request: Request<'_>) -> Decision {
    if linkerd::is_injected(world, pod) {
        linkerd::decide(world, pod, port, client, request)
    } else if istio::is_injected(world, pod) {
        istio::decide(world, pod, port, client, request)
    } else {
        Decision { verdict: Verdict::Allowed, rule: "its pods have no proxy".to_owned() }
    }
}

/// What happens to a request of this client to a port of a Service, by its namespace and name. Without a
/// proxy a caller knows the Service alone.
pub(crate) fn terms(world: &World<'_>, client: &Client, target: (&str, &str, u16), request: Request<'_>) -> Terms {
    let by_proxy = || linkerd::terms(world, target, request).or_else(|| istio::terms(world, target, request));
    client.identity.as_ref().and_then(|_| by_proxy()).unwrap_or_else(|| Terms::to(target.1))
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
