//! A TCP probe of a meshed pod.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Handler, Mesh};

codes! {
    TCP_PROBE = "tcp-probe", Warning, "a TCP probe that the proxy answers",
        "The proxy takes every connection to a meshed pod before the model does, so a TCP probe succeeds while the model is \
         still loading, or gone. (linkerd.io, features/server-policy; linkerd2-proxy, app/inbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        for probe in app.probes().filter(|probe| matches!(probe.handler, Handler::Tcp)) {
            let diagnostic =
                Diagnostic::new(&TCP_PROBE, probe.span, "this probe is always green: the proxy takes the connection");
            report.push(diagnostic.help("ask the model itself: `path = \"/health\"`, `grpc = \"\"` or `exec = [...]`"));
        }
    }
}
