//! The objects that proxies read, found by what proxies ask for.

use std::collections::BTreeMap;

use super::expressions::Expressions;
use super::labels::{Labelled, Selecting, Selectors};
use super::linkerd::Members;
use super::{Request, Settings};
use crate::objects::apps::{DeploymentSpec, LabelSelector};
use crate::objects::core::{Container, IntOrString, Probe, ServicePort, ServiceSpec};
use crate::objects::gateway::{GrpcRouteSpec, HttpRouteSpec};
use crate::objects::istio::{self, PeerAuthenticationSpec, VirtualServiceSpec};
use crate::objects::linkerd::{
    self, AuthorizationPolicySpec, EgressNetworkSpec, NetworkAuthenticationSpec, ServerSpec, ServiceProfileSpec,
};
use crate::objects::smi::TrafficSplitSpec;
use crate::objects::{KindSpec, Map, Metadata, Object, ObjectId, Spec, Unit};
use crate::upstream::addresses::Addresses;
use crate::upstream::kubernetes::GRPC_HEALTH_CHECK;

/// A name in a namespace.
type Named<'a> = (&'a str, &'a str);

/// The routes of one kind that have a parent in common.
type Routes<'a, T> = Vec<(&'a Object, &'a T)>;

/// The objects that proxies read.
pub(crate) struct World<'a> {
    pub(super) settings: Settings,
    pub(super) namespaces: BTreeMap<&'a str, &'a Metadata>,
    pub(super) services: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceSpec)>,
    pub(super) pods: Labelled<'a, Pod<'a>>,
    pub(super) servers: Selectors<'a, (&'a str, &'a ServerSpec)>,
    /// By their parent.
    pub(super) http_routes: BTreeMap<ObjectId<'a>, Routes<'a, HttpRouteSpec>>,
    pub(super) grpc_routes: BTreeMap<ObjectId<'a>, Routes<'a, GrpcRouteSpec>>,
    /// By what they are for.
    pub(super) policies: BTreeMap<ObjectId<'a>, Vec<(&'a str, &'a AuthorizationPolicySpec)>>,
    pub(super) identities: BTreeMap<Named<'a>, Members<'a>>,
    pub(super) networks: BTreeMap<Named<'a>, Addresses>,
    pub(super) profiles: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceProfileSpec)>,
    pub(super) splits: BTreeMap<Named<'a>, &'a TrafficSplitSpec>,
    /// The EgressNetwork of a namespace.
    pub(super) egress: BTreeMap<&'a str, &'a str>,
    /// By the host that they are for.
    pub(super) virtual_services: BTreeMap<&'a str, &'a VirtualServiceSpec>,
    pub(super) istio_policies: Selectors<'a, (&'a str, &'a istio::AuthorizationPolicySpec)>,
    pub(super) peers: Selectors<'a, (&'a str, &'a PeerAuthenticationSpec)>,
    pub(super) expressions: Expressions,
}

/// The pods of a Deployment.
#[derive(Clone, Copy)]
pub(crate) struct Pod<'a> {
    pub(super) namespace: &'a str,
    pub(super) labels: &'a Map,
    annotations: &'a Map,
    container: &'a Container,
}

impl<'a> World<'a> {
    pub(crate) fn of(units: &'a [Unit], settings: Settings) -> Self {
        let namespaces = objects(units).filter(|object| object.spec == Spec::Namespace).map(|object| &object.metadata);
        let own_routes = all(units).map(|(object, linkerd::HttpRouteSpec(route))| (object, route));
        Self {
            settings,
            namespaces: namespaces.map(|metadata| (metadata.name.as_str(), metadata)).collect(),
            services: all(units).map(|(object, spec)| (named(object), (&object.metadata, spec))).collect(),
            pods: all(units).flat_map(|(object, spec)| pods(object, spec)).collect(),
            servers: all(units).filter_map(|(object, spec)| server(object, spec)).collect(),
            http_routes: by_parent(all(units).chain(own_routes)),
            grpc_routes: by_parent(all(units)),
            policies: policies(units),
            identities: all(units).map(|(object, spec)| (named(object), Members::of(spec))).collect(),
            networks: all(units).map(|(object, spec)| (named(object), addresses(spec))).collect(),
            profiles: all(units).map(|(object, spec)| (named(object), (&object.metadata, spec))).collect(),
            splits: all(units).map(|(object, spec)| split(object, spec)).collect(),
            egress: all(units).map(|(object, spec)| egress(object, spec)).collect(),
            virtual_services: all(units).flat_map(|(_, spec)| hosts(spec)).collect(),
            istio_policies: all(units).map(|(object, spec)| istio_policy(object, spec)).collect(),
            peers: all(units).map(|(object, spec)| peer(object, spec)).collect(),
            expressions: Expressions::default(),
        }
    }

    /// The pods that a Service selects, and the number of the container's port behind this one of its.
    pub(crate) fn behind(&self, namespace: &str, service: &str, port: u16) -> Vec<(Pod<'a>, u16)> {
        let Some((_, spec)) = self.services.get(&(namespace, service)) else { return Vec::new() };
        let Some(port) = spec.ports.iter().find(|one| one.port == port) else { return Vec::new() };
        self.pods.of(namespace, &spec.selector).filter_map(|pod| Some((*pod, pod.number(port)?))).collect()
    }

    /// The DNS name of a Service.
    pub(super) fn fqdn(&self, namespace: &str, service: &str) -> String {
        format!("{service}.{namespace}.svc.{}", self.settings.domain)
    }

    /// The name of the Service of this namespace that has this DNS name; any other host as it is.
    pub(super) fn short_name(&self, namespace: &str, host: &str) -> String {
        host.strip_suffix(&self.fqdn(namespace, "")).unwrap_or(host).to_owned()
    }
}

fn objects(units: &[Unit]) -> impl Iterator<Item = &Object> {
    units.iter().flat_map(|unit| &unit.objects)
}

/// The objects of one kind.
fn all<'a, T: KindSpec + 'a>(units: &'a [Unit]) -> impl Iterator<Item = (&'a Object, &'a T)> {
    objects(units).filter_map(|object| Some((object, object.spec_as()?)))
}

fn named(object: &Object) -> Named<'_> {
    let ObjectId { namespace, name, .. } = object.id();
    (namespace, name)
}

fn pods<'a>(object: &'a Object, spec: &'a DeploymentSpec) -> impl Iterator<Item = (&'a str, &'a Map, Pod<'a>)> {
    let (namespace, _) = named(object);
    let metadata: &Metadata = &spec.template.metadata;
    let (labels, annotations): (&Map, &Map) = (&metadata.labels, &metadata.annotations);
    let containers = spec.template.spec.containers.iter();
    containers.map(move |container| (namespace, labels, Pod { namespace, labels, annotations, container }))
}

/// A Server without a selector of pods is for what runs outside of the cluster.
fn server<'a>(object: &'a Object, spec: &'a ServerSpec) -> Option<Selecting<'a, (&'a str, &'a ServerSpec)>> {
    let (namespace, name) = named(object);
    Some((namespace, Some(labels_of(spec.pod_selector.as_ref()?)), (name, spec)))
}

fn labels_of(selector: &LabelSelector) -> &Map {
    &selector.match_labels
}

fn istio_policy<'a>(
    object: &'a Object,
    spec: &'a istio::AuthorizationPolicySpec,
) -> Selecting<'a, (&'a str, &'a istio::AuthorizationPolicySpec)> {
    let (namespace, name) = named(object);
    (namespace, spec.selector.as_ref().map(labels_of), (name, spec))
}

fn peer<'a>(object: &'a Object, spec: &'a PeerAuthenticationSpec) -> Selecting<'a, (&'a str, &'a PeerAuthenticationSpec)> {
    let (namespace, name) = named(object);
    (namespace, spec.selector.as_ref().map(labels_of), (name, spec))
}

fn by_parent<'a, T: 'a>(routes: impl Iterator<Item = (&'a Object, &'a T)>) -> BTreeMap<ObjectId<'a>, Routes<'a, T>> {
    let mut by_parent: BTreeMap<ObjectId<'a>, Routes<'a, T>> = BTreeMap::new();
    for (object, spec) in routes {
        let (namespace, _) = named(object);
        for parent in object.parents() {
            by_parent.entry(parent.id(namespace)).or_default().push((object, spec));
        }
    }
    by_parent
}

fn policies(units: &[Unit]) -> BTreeMap<ObjectId<'_>, Vec<(&str, &AuthorizationPolicySpec)>> {
    let mut policies: BTreeMap<ObjectId<'_>, Vec<(&str, &AuthorizationPolicySpec)>> = BTreeMap::new();
    for (object, spec) in all::<AuthorizationPolicySpec>(units) {
        let (namespace, name) = named(object);
        policies.entry(spec.target_ref.id(namespace)).or_default().push((name, spec));
    }
    policies
}

fn addresses(spec: &NetworkAuthenticationSpec) -> Addresses {
    Addresses::of(spec.networks.iter().filter_map(|network| network.cidr.parse().ok()))
}

fn split<'a>(object: &'a Object, spec: &'a TrafficSplitSpec) -> (Named<'a>, &'a TrafficSplitSpec) {
    let (namespace, _) = named(object);
    ((namespace, &spec.service), spec)
}

fn egress<'a>(object: &'a Object, _: &'a EgressNetworkSpec) -> Named<'a> {
    named(object)
}

fn hosts(spec: &VirtualServiceSpec) -> impl Iterator<Item = (&str, &VirtualServiceSpec)> {
    spec.hosts.iter().map(move |host| (host.as_str(), spec))
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
        probes.into_iter().any(|probe| self.asks(probe, port, request))
    }

    fn asks(&self, probe: &Probe, port: u16, request: Request<'_>) -> bool {
        let http = probe.http_get.as_ref().is_some_and(|http| {
            let path = http.path.as_deref().unwrap_or("/").split(['?', '#']).next();
            self.number_of(&http.port) == Some(port) && request.method == "GET" && path == Some(request.path)
        });
        let calls = request.method == "POST" && request.path == GRPC_HEALTH_CHECK;
        http || calls && probe.grpc.as_ref().is_some_and(|grpc| grpc.port == port)
    }

    /// The port of the container behind a Service's, which is the Service's own number where nothing else is said.
    fn number(&self, port: &ServicePort) -> Option<u16> {
        port.target_port.as_ref().map_or(Some(port.port), |target| self.number_of(target))
    }

    /// The number of a port that is known by its number or by its name in the container.
    pub(super) fn number_of(&self, port: &IntOrString) -> Option<u16> {
        match port {
            IntOrString::Int(number) => u16::try_from(*number).ok(),
            IntOrString::String(name) => {
                let mut ports = self.container.ports.iter();
                ports.find(|own| own.name.as_deref() == Some(name.as_ref())).map(|own| own.container_port)
            }
        }
    }

    /// An annotation of the pod, or else of its namespace.
    pub(super) fn annotation(self, key: &str, world: &World<'a>) -> Option<&'a str> {
        let of_pod = self.annotations.get(key);
        of_pod.or_else(|| world.namespaces.get(self.namespace)?.annotations.get(key)).map(AsRef::as_ref)
    }
}
