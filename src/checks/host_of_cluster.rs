//! A host outside that is inside of the cluster.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    HOST_OF_CLUSTER = "host-of-cluster", Error, "a host outside that is a name of the cluster's own",
        "A name without a dot, one that ends in `.svc`, one in the cluster's domain and `NAME.NAMESPACE` of a Service are \
         answered by the cluster's DNS with an address inside. An EgressNetwork is for what leaves the cluster, so its routes \
         would never be asked. \
         (linkerd.io, reference/egress-network; kubernetes.io, concepts/services-networking/dns-pod-service)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let domain = format!(".{}", mesh.cluster.domain);
    for outside in &mesh.external {
        let host = outside.host.as_str();
        let inside = !host.contains('.') || host.ends_with(".svc") || host.ends_with(&domain) || is_service(host, mesh);
        if !inside {
            continue;
        }
        let message = format!("`{host}` is a name of the cluster's own");
        let help = "write the service with an `image` if this file deploys it, and leave it out if it does not";
        report.push(Diagnostic::new(&HOST_OF_CLUSTER, outside.host.span, message).help(help));
    }
}

fn is_service(host: &str, mesh: &Mesh) -> bool {
    host.split_once('.').is_some_and(|(name, namespace)| mesh.app(name).is_some_and(|app| *app.namespace.name == namespace))
}
