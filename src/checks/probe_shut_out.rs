//! A probe that the port's policy refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, App, Handler, InboundPolicy, Mesh, Port, Probe};

codes! {
    PROBE_SHUT_OUT = "probe-shut-out", Error, "a probe that the port's policy refuses",
        "Linkerd lets a port's HTTP GET probes pass, and nothing else: a gRPC probe is a call without an \
         identity, which a port that names its callers, or a policy that asks for an identity, refuses; and on an \
         opaque or TLS port, on a closed table of HTTP/2 or gRPC, no probe has a route. The pod would never \
         become ready. (linkerd2, policy-controller/k8s/index/src/inbound/workload.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        app.probes().for_each(|probe| check(app, probe, report));
    }
}

fn check(app: &App, probe: &Probe, report: &mut Report) {
    let Some(port) = app.ports.iter().find(|port| port.numbers.container == probe.port).filter(|_| app.namespace.inject) else {
        return;
    };
    let passes_alone = match probe.handler {
        Handler::Exec(_) | Handler::Tcp => true,
        Handler::Http(_) => port.has_requests(),
        Handler::Grpc(_) => false,
    };
    if passes_alone || admits_strangers(app, port) {
        return;
    }
    let diagnostic = Diagnostic::new(&PROBE_SHUT_OUT, probe.span, "the port's policy refuses this probe, which has no identity");
    let diagnostic = match &port.access {
        Access::Only(callers) => diagnostic.also(callers.span, "only these may call"),
        Access::Inbound(_) => diagnostic,
    };
    report.push(diagnostic.help("probe a further port that names no callers (`port = \"NAME\"`), or use `exec`"));
}

fn admits_strangers(app: &App, port: &Port) -> bool {
    let closed = app.is_closed() && std::ptr::eq(port, app.main_port());
    let open = matches!(
        port.access,
        Access::Inbound(InboundPolicy::AllUnauthenticated | InboundPolicy::ClusterUnauthenticated | InboundPolicy::Audit)
    );
    open && !closed
}
