//! What Linkerd's proxies will do with the objects that are rendered: who is let in, and where a request
//! goes. It reads objects alone and never what was meant, so that a fault in the output shows in its
//! answers.

pub(crate) mod inbound;
pub(crate) mod outbound;

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::objects::core::{Container, ServicePort, ServiceSpec};
use crate::objects::gateway::HttpRouteSpec;
use crate::objects::linkerd::{
    AuthorizationPolicySpec, MeshTlsAuthenticationSpec, NetworkAuthenticationSpec, ServerSpec, ServiceProfileSpec,
};
use crate::objects::smi::TrafficSplitSpec;
use crate::objects::{Map, Metadata, Object, Spec, Unit};

const INJECT: &str = "linkerd.io/inject";

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
    pub(crate) identity: Option<String>,
    /// From where it calls, if that is known.
    pub(crate) address: Option<IpAddr>,
    /// Whether it is in one of the cluster's networks.
    pub(crate) inside: bool,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
}

/// A name in a namespace.
type Named<'a> = (&'a str, &'a str);

/// The objects that proxies read.
pub(crate) struct World<'a> {
    settings: Settings,
    namespaces: BTreeMap<&'a str, &'a Map>,
    services: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceSpec)>,
    pods: BTreeMap<&'a str, Vec<Pod<'a>>>,
    servers: BTreeMap<&'a str, Vec<(&'a str, &'a ServerSpec)>>,
    routes: BTreeMap<Named<'a>, Vec<(&'a str, &'a HttpRouteSpec)>>,
    /// By the kind and the name of their target.
    policies: BTreeMap<(Named<'a>, &'a str), Vec<(&'a str, &'a AuthorizationPolicySpec)>>,
    identities: BTreeMap<Named<'a>, &'a MeshTlsAuthenticationSpec>,
    networks: BTreeMap<Named<'a>, &'a NetworkAuthenticationSpec>,
    profiles: BTreeMap<Named<'a>, (&'a Metadata, &'a ServiceProfileSpec)>,
    splits: BTreeMap<Named<'a>, &'a TrafficSplitSpec>,
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
            pods: BTreeMap::new(),
            servers: BTreeMap::new(),
            routes: BTreeMap::new(),
            policies: BTreeMap::new(),
            identities: BTreeMap::new(),
            networks: BTreeMap::new(),
            profiles: BTreeMap::new(),
            splits: BTreeMap::new(),
        };
        units.iter().flat_map(|unit| &unit.objects).for_each(|object| world.take(object));
        world
    }

    fn take(&mut self, object: &'a Object) {
        let metadata = &object.metadata;
        let (namespace, name) = (metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_str());
        match &object.spec {
            Spec::Namespace => drop(self.namespaces.insert(name, &metadata.annotations)),
            Spec::Service(spec) => drop(self.services.insert((namespace, name), (metadata, spec))),
            Spec::Deployment(spec) => {
                let (of, containers) = (&spec.template.metadata, &spec.template.spec.containers);
                let pod = |container| Pod { namespace, labels: &of.labels, annotations: &of.annotations, container };
                self.pods.entry(namespace).or_default().extend(containers.iter().map(pod));
            }
            Spec::Server(spec) => self.servers.entry(namespace).or_default().push((name, spec)),
            Spec::HttpRoute(spec) => {
                let [parent] = &spec.parent_refs;
                self.routes.entry((namespace, &parent.name)).or_default().push((name, spec));
            }
            Spec::AuthorizationPolicy(spec) => {
                let target = (namespace, spec.target_ref.name.as_str());
                self.policies.entry((target, spec.target_ref.kind)).or_default().push((name, spec));
            }
            Spec::MeshTlsAuthentication(spec) => drop(self.identities.insert((namespace, name), spec)),
            Spec::NetworkAuthentication(spec) => drop(self.networks.insert((namespace, name), spec)),
            Spec::ServiceProfile(spec) => drop(self.profiles.insert((namespace, name), (metadata, spec))),
            Spec::TrafficSplit(spec) => drop(self.splits.insert((namespace, &spec.service), spec)),
            Spec::ServiceAccount
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
        let pods = self.pods.get(namespace).into_iter().flatten().filter(|pod| is_subset(&spec.selector, pod.labels));
        pods.filter_map(|pod| Some((*pod, pod.number(port)?))).collect()
    }
}

impl Pod<'_> {
    /// A Service's port names the container's.
    fn number(&self, port: &ServicePort) -> Option<u16> {
        let named = self.container.ports.iter().find(|own| own.name == port.target_port);
        named.map(|own| own.container_port)
    }

    /// The injector asks the pod first, then its namespace.
    fn is_injected(&self, world: &World<'_>) -> bool {
        self.setting(INJECT, world).is_some_and(|inject| inject == "enabled")
    }

    fn setting<'w>(&'w self, key: &str, world: &World<'w>) -> Option<&'w str> {
        let of_namespace = || world.namespaces.get(self.namespace).and_then(|annotations| annotations.get(key));
        self.annotations.get(key).or_else(of_namespace).map(AsRef::as_ref)
    }
}

fn is_subset(selector: &Map, labels: &Map) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
