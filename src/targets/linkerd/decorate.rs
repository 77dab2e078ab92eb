//! What Linkerd reads on objects of Kubernetes: injection, the default policy, opaque ports, and the
//! native sidecar where its version needs to be told.

use std::collections::BTreeSet;

use crate::mesh::{App, Job, Mesh, Namespace, Owner, Port, Replicas, Version};
use crate::objects::Map;
use crate::targets::{Decoration, Subject};
use crate::upstream::linkerd;
use crate::upstream::versions::CONTAINER_METRICS_SINCE;
use crate::value::Protocol;

const INJECT: &str = "linkerd.io/inject";
const INBOUND_POLICY: &str = "config.linkerd.io/default-inbound-policy";
const OPAQUE_PORTS: &str = "config.linkerd.io/opaque-ports";
const PROXY_CPU_REQUEST: &str = "config.linkerd.io/proxy-cpu-request";

pub(super) fn decorate(mesh: &Mesh, subject: Subject<'_>) -> Decoration {
    let annotations = match subject {
        Subject::Namespace(namespace) => self::namespace(namespace),
        Subject::AppPod(app, version) => app_pod(mesh, app, version),
        Subject::JobPod(job) => job_pod(mesh, job),
        Subject::Service(app) | Subject::VersionService(app) => opaque_ports(app, |port| port.numbers.service),
        Subject::Port(_) => Map::new(),
    };
    Decoration { annotations, ..Decoration::default() }
}

fn namespace(namespace: &Namespace) -> Map {
    let mut annotations = Map::from([(INJECT.into(), inject(namespace).into())]);
    annotations.extend(inbound_policy(namespace));
    annotations
}

fn inject(namespace: &Namespace) -> &'static str {
    if namespace.inject { "enabled" } else { "disabled" }
}

/// On the pod too, since the policy is read at injection: only so does a change of it roll the pods.
fn pod(namespace: &Namespace) -> Map {
    let mut annotations: Map = inbound_policy(namespace).into_iter().collect();
    // What a namespace says that somebody else keeps is not known.
    if namespace.owner != Owner::Manifest {
        annotations.insert(INJECT.into(), inject(namespace).into());
    }
    annotations
}

fn inbound_policy(namespace: &Namespace) -> Option<(crate::objects::Text, crate::objects::Text)> {
    let inbound = namespace.inbound.filter(|_| namespace.inject)?;
    Some((INBOUND_POLICY.into(), inbound.value.word().into()))
}

fn app_pod(mesh: &Mesh, app: &App, version: &Version) -> Map {
    let mut annotations = pod(&app.namespace);
    if app.namespace.inject {
        annotations.extend(opaque_ports(app, |port| port.numbers.container));
    }
    // Such an autoscaler adds up the requests of all containers, the proxy's too.
    let sums_all = mesh.cluster.kubernetes.value < CONTAINER_METRICS_SINCE;
    if app.namespace.inject && sums_all && matches!(version.scale.replicas, Replicas::Auto(_)) {
        annotations.insert(PROXY_CPU_REQUEST.into(), "100m".into());
    }
    annotations
}

fn job_pod(mesh: &Mesh, job: &Job) -> Map {
    let mut annotations = pod(&job.namespace);
    if let Some(annotation) = linkerd::native_sidecar_annotation(mesh.cluster.linkerd.value).filter(|_| job.namespace.inject) {
        annotations.insert(annotation.into(), "true".into());
    }
    annotations
}

/// The list of opaque ports, where Linkerd's own would be wrong: it takes a port on its list for
/// opaque whatever is spoken there, and any other for HTTP or unknown. Writing it replaces that list. The proxies of
/// clients read it on the Service, whether or not the pods behind it have one.
fn opaque_ports(app: &App, number: impl Fn(&Port) -> u16) -> Map {
    if app.ports.iter().all(|port| is_opaque(port) == linkerd::OPAQUE_PORTS.contains(&number(port))) {
        return Map::new();
    }
    let opaque: BTreeSet<u16> = app.ports.iter().filter(|port| is_opaque(port)).map(&number).collect();
    let list: Vec<String> = opaque.iter().map(u16::to_string).collect();
    Map::from([(OPAQUE_PORTS.into(), list.join(",").into())])
}

fn is_opaque(port: &Port) -> bool {
    port.protocol.value == Protocol::Opaque
}
