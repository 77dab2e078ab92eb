//! A port that a mesh takes for opaque unless told otherwise.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Provider};
use crate::upstream::{istio, linkerd};
use crate::value::{PortNumbers, Protocol};

codes! {
    OPAQUE_BY_DEFAULT = "opaque-by-default", Error, "a port that the mesh takes for opaque unless told otherwise",
        "Linkerd takes the ports 25, 587, 3306, 4444, 5432, 6379, 9300 and 11211 for databases and the like, Istio the ports \
         25, 53, 3306 and 27017, and does not look for HTTP on them: routes, retries and metrics would silently vanish. \
         (linkerd2, charts/linkerd-control-plane/values.yaml; istio, pkg/config/kube/conversion.go)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let (mesh_name, opaque): (_, &[u16]) = match mesh.cluster.provider() {
        Provider::Linkerd => ("Linkerd", &linkerd::OPAQUE_PORTS),
        Provider::Istio => ("Istio", &istio::OPAQUE_PORTS),
    };
    // The proxies of clients decide it, whether or not the pods behind the Service have one.
    for port in mesh.apps.iter().flat_map(|app| app.ports.iter()) {
        let PortNumbers { service, container } = port.numbers.value;
        let listed = [service, container].into_iter().find(|number| opaque.contains(number));
        let Some(number) = listed.filter(|_| port.protocol.value == Protocol::Detect) else { continue };
        let message = format!("{mesh_name} detects nothing on port {number}: it takes it for opaque");
        let help = "say what is spoken, such as `protocol = \"http1\"` or `protocol = \"opaque\"`, or use another port";
        report.push(Diagnostic::new(&OPAQUE_BY_DEFAULT, port.numbers.span, message).help(help));
    }
}
