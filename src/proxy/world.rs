//! The objects that proxies read, found by what proxies ask for.

use std::collections::BTreeMap;

use super::expressions::Expressions;
use super::labels::{Labelled, Selectors};
use super::{Request, Settings, linkerd};
use crate::objects::core::{Container, Handler, ServicePort, ServiceSpec};
use crate::objects::gateway::{GrpcRouteSpec, HttpRouteSpec};
use crate::objects::istio as istio_objects;
use crate::objects::istio::{PeerAuthenticationSpec, VirtualServiceSpec};
use crate::objects::linkerd::{AuthorizationPolicySpec, ServerSpec, ServiceProfileSpec};
use crate::objects::smi::TrafficSplitSpec;
use crate::objects::{Map, Metadata, Object, Spec, Unit};
use crate::upstream::addresses::Addresses;
use crate::upstream::kubernetes::GRPC_HEALTH_CHECK;

/// The name, the kind and the group of what a policy is for.
type PolicyTarget<'a> = (Named<'a>, &'a str, &'a str);

/// A name in a namespace.
type Named<'a> = (&'a str, &'a str);

/// The objects that proxies read.
pub(crate) struct World<'a> {
    pub(super) settings: Settings,
    pub(super) namespaces: BTreeMap<&'a str, &'a Metadata>,
    pub(super) services: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceSpec)>,
    pub(super) pods: Labelled<'a, Pod<'a>>,
    pub(super) servers: Selectors<'a, (&'a str, &'a ServerSpec)>,
    /// By the kind and the name of their parent.
    pub(super) http_routes: BTreeMap<(Named<'a>, &'a str), Vec<(&'a Metadata, &'a HttpRouteSpec)>>,
    pub(super) grpc_routes: BTreeMap<(Named<'a>, &'a str), Vec<(&'a Metadata, &'a GrpcRouteSpec)>>,
    pub(super) policies: BTreeMap<PolicyTarget<'a>, Vec<(&'a str, &'a AuthorizationPolicySpec)>>,
    pub(super) identities: BTreeMap<Named<'a>, linkerd::Members<'a>>,
    pub(super) networks: BTreeMap<Named<'a>, Addresses>,
    pub(super) profiles: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceProfileSpec)>,
    pub(super) splits: BTreeMap<Named<'a>, &'a TrafficSplitSpec>,
    /// The EgressNetwork of a namespace.
    pub(super) egress: BTreeMap<&'a str, &'a str>,
    /// By the host that they are for.
    pub(super) virtual_services: BTreeMap<&'a str, &'a VirtualServiceSpec>,
    pub(super) istio_policies: Selectors<'a, (&'a str, &'a istio_objects::AuthorizationPolicySpec)>,
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
    pub(super) fn annotation(self, key: &str, world: &World<'a>) -> Option<&'a str> {
        let of_namespace = || world.namespaces.get(self.namespace).and_then(|namespace| namespace.annotations.get(key));
        self.annotations.get(key).or_else(of_namespace).map(AsRef::as_ref)
    }
}
