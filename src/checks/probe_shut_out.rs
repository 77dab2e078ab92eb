//! A probe that the port's policy refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Handler, Mesh, Probe};

codes! {
    PROBE_SHUT_OUT = "probe-shut-out", Error, "a probe that the port's policy refuses",
        "The kubelet has no identity. Where a port has a policy of its own, mlmesh writes a route for its probes that admits \
         everyone. On an opaque or TLS port Linkerd knows no routes, and where the mesh's own default refuses strangers it \
         lets HTTP GET probes pass and no gRPC ones: the pod would never become ready. (linkerd2, \
         policy-controller/k8s/index/src/inbound/workload.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        app.probes().for_each(|probe| check(app, probe, report));
    }
}

fn check(app: &App, probe: &Probe, report: &mut Report) {
    let Some(port) = app.ports.iter().find(|port| port.numbers.container == probe.port) else { return };
    let is_closed = port.is_closed();
    let has_route = port.has_requests()
        && match probe.handler {
            Handler::Exec(_) | Handler::Tcp | Handler::Http(_) => true,
            Handler::Grpc(_) => is_closed || port.has_policy(),
        };
    let asks = probe.request().is_some();
    if !asks || has_route || port.access.admits_nodes() && !is_closed {
        return;
    }
    let diagnostic = Diagnostic::new(&PROBE_SHUT_OUT, probe.span, "the port's policy refuses this probe, which has no identity");
    let diagnostic = match port.access.place() {
        Some(place) => diagnostic.also(place, "this decides who may call"),
        None => diagnostic,
    };
    report.push(diagnostic.help(if port.has_requests() {
        "name the `callers` of this port, so that it has a policy with a route for the probe, or use `exec`"
    } else {
        "probe an additional HTTP port (`port = \"NAME\"`), or use `exec`"
    }));
}
