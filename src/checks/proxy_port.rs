//! A port that the proxy beside the app listens on itself.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Port, Provider};
use crate::upstream::{istio, linkerd};

codes! {
    PROXY_PORT = "proxy-port", Error, "a port that the proxy beside the app listens on itself",
        "The proxy shares the network of its pod. Linkerd's listens on 4140, 4143, 4190 and 4191 and calls its ports `linkerd-proxy` \
         and `linkerd-admin`; Istio's listens on ten ports from 15000 to 15090. An app on one of these cannot start, or is \
         scraped in place of its proxy. (linkerd2, charts/linkerd-control-plane/values.yaml; istio.io, \
         ops/deployment/application-requirements)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let (proxy, numbers, names): (_, &[u16], &[&str]) = match mesh.cluster.provider() {
        Provider::Linkerd => ("Linkerd's proxy", &linkerd::PROXY_PORTS, &linkerd::PROXY_PORT_NAMES),
        Provider::Istio => ("Istio's sidecar", &istio::PROXY_PORTS, &istio::PROXY_PORT_NAMES),
    };
    for port in mesh.apps.iter().filter(|app| app.namespace.inject).flat_map(|app| app.ports.iter()) {
        check(port, proxy, (numbers, names), report);
    }
}

fn check(port: &Port, proxy: &str, (numbers, names): (&[u16], &[&str]), report: &mut Report) {
    if numbers.contains(&port.numbers.container) {
        let message = format!("{proxy} listens on port {} of the pod", port.numbers.container);
        report.push(Diagnostic::new(&PROXY_PORT, port.numbers.span, message).help("use another port"));
    }
    if names.contains(&port.name.as_str()) {
        let message = format!("{proxy} has a port `{}` in the same pod", port.name);
        report.push(Diagnostic::new(&PROXY_PORT, port.name.span, message).help("rename the port"));
    }
}
