//! A probe that the port cannot understand.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Handler, Mesh, Probe};
use crate::value::Protocol;

codes! {
    PROBE_SPEAKS_HTTP1 = "probe-speaks-http1", Error, "a probe that the port cannot understand",
        "The kubelet has no proxy: its GET is HTTP/1, and a port declared as HTTP/2, gRPC, opaque or TLS is read \
         as nothing else, so the pod never becomes ready. A gRPC probe of an HTTP/1 port fails likewise. \
         (linkerd2-proxy, app/inbound/src/detect.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        app.probes().for_each(|probe| check(app, probe, report));
    }
}

fn check(app: &App, probe: &Probe, report: &mut Report) {
    let Some(port) = app.ports.iter().find(|port| port.numbers.container == probe.port) else { return };
    let protocol = port.protocol;
    let misfit = match (&probe.handler, protocol.value) {
        (Handler::Http(_), Protocol::Http2 | Protocol::Grpc) => app.namespace.inject,
        (Handler::Http(_), Protocol::Tls) | (Handler::Grpc(_), Protocol::Http1 | Protocol::Tls) => true,
        _ => false,
    };
    if misfit {
        let message = format!("this probe cannot be answered on a port that speaks `{}`", protocol.value.word());
        let diagnostic = Diagnostic::new(&PROBE_SPEAKS_HTTP1, probe.span, message).also(protocol.span, "the port's protocol");
        report.push(diagnostic.help("probe another port (`port = \"NAME\"`), or use `exec`, or `grpc` on a gRPC port"));
    }
}
