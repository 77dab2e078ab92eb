//! Every name that is made of other names is made here, so that the check that measures a name and
//! the target that prints it cannot disagree.

use std::iter;

use crate::mesh::{App, Callee, Mesh, Port, PortKind};
use crate::spanned::Spanned;
use crate::upstream::kubernetes;
use crate::value::EnvValue;

/// The Deployment, and for a model the Service, of a version: `MODEL-VERSION`; a service's own name.
pub(crate) fn workload(app: &str, key: Option<&str>) -> String {
    key.map_or_else(|| app.to_owned(), |key| format!("{app}-{key}"))
}

/// The Services of an app: the one that callers know, and that of each version of a model.
pub(crate) fn services(app: &App) -> impl Iterator<Item = String> {
    let keys = app.versions.iter().filter_map(|version| version.key.as_ref());
    iter::once(app.name.value.clone()).chain(keys.map(|key| workload(&app.name, Some(key))))
}

/// The DNS name of a Service.
pub(crate) fn fqdn(service: &str, namespace: &str, mesh: &Mesh) -> String {
    format!("{service}.{namespace}.svc.{}", mesh.cluster.domain)
}

/// What stands for a port in policies: the app's name, and the port's where it is a further one.
pub(crate) fn server(app: &App, port: &Port) -> String {
    match port.kind {
        PortKind::Main => app.name.value.clone(),
        PortKind::Additional => format!("{}-{}", app.name.value, port.name.value),
    }
}

/// What stands for a route in policies.
pub(crate) fn inbound_route(app: &App, route: &str) -> String {
    format!("{}-inbound-{}", app.name.value, kubernetes::to_label_end(route))
}

/// The object of a route that cannot stand in the app's own.
pub(crate) fn outbound_route(callee: &str, route: &str) -> String {
    format!("{callee}-outbound-{}", kubernetes::to_label_end(route))
}

/// Where the requests of a namespace leave the cluster.
pub(crate) const EGRESS: &str = "egress";

/// What shuts a namespace on Istio. No app has a dot in its name, so that none of its policies is called so.
pub(crate) const DENY_ALL: &str = "inbound.deny";

/// What stands for the probes of a port in policies.
pub(crate) fn probes(server: &str) -> String {
    format!("{server}-probes")
}

/// What stands in policies for the requests of a port that are no probes.
pub(crate) fn rest(server: &str) -> String {
    format!("{server}-rest")
}

/// The grant of a port's callers.
pub(crate) fn callers(server: &str) -> String {
    format!("{server}-callers")
}

/// What stands in for a policy while routes of another group take over. No name of a manifest has a dot, so that no
/// route of it can have a policy of this name.
pub(crate) fn stand_in(policy: &str) -> String {
    format!("{policy}.next")
}

/// The grants that are called after something: to whom the cluster knows, to identities of elsewhere,
/// to networks.
pub(crate) fn grants(base: &str) -> [String; 3] {
    [base.to_owned(), format!("{base}-identities"), format!("{base}-networks")]
}

/// What Kubernetes asks of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// An RFC 1035 label: it names a Service.
    Label,
    /// What can stand behind a hyphen in such a label.
    LabelEnd,
    /// The name of a route, in words of any case, since it may be that of a gRPC method.
    Route,
    /// A DNS subdomain: it names a Secret or a ConfigMap.
    Subdomain,
}

/// Every name that objects get from the manifest, as written.
pub(crate) fn written(mesh: &Mesh) -> impl Iterator<Item = (Grammar, &Spanned<String>)> {
    let namespaces = mesh.namespaces.iter().map(|namespace| &namespace.name);
    let identities = mesh.identities.iter().map(|identity| &identity.name);
    let jobs = mesh.jobs.iter().map(|job| &job.name);
    let labels = namespaces.chain(identities).chain(mesh.callees().map(Callee::name)).chain(jobs);
    let keys = mesh.apps.iter().flat_map(|app| &app.versions).filter_map(|version| version.key.as_ref());
    let variants = mesh.apps.iter().flat_map(|app| &app.variants).map(|variant| &variant.name);
    let routes = mesh.callees().flat_map(|callee| callee.ports().routes()).map(|route| &route.name);
    let sources = mesh.pods().flat_map(|pod| &pod.env).filter_map(|(_, value)| match &value.value {
        EnvValue::Secret { name, .. } | EnvValue::ConfigMap { name, .. } => Some(name),
        EnvValue::Text(_) => None,
    });
    let labels = labels.map(|name| (Grammar::Label, name));
    labels
        .chain(keys.chain(variants).map(|name| (Grammar::LabelEnd, name)))
        .chain(routes.map(|name| (Grammar::Route, name)))
        .chain(sources.map(|name| (Grammar::Subdomain, name)))
}
