//! What is said of requests on a port that has none.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::Protocol;

codes! {
    ROUTES_NEED_HTTP = "routes-need-http", Error, "routes on a port that speaks no HTTP",
        "On an opaque or TLS port the proxy sees bytes, not requests: routes, timeouts, retries, variants, copies, circuit \
         breakers and per-route callers would all be ignored. (linkerd2, policy-controller/grpc/src/inbound.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for callee in mesh.callees().filter(|callee| !callee.ports().main.has_requests()) {
        let protocol = callee.ports().main.protocol;
        if let Some(span) = callee.first_of_requests() {
            let message = format!("the proxy sees no requests on a port that speaks `{}`", protocol.value.word());
            let diagnostic = Diagnostic::new(&ROUTES_NEED_HTTP, span, message).also(protocol.span, "the port's protocol");
            report.push(diagnostic.help(match protocol.value {
                Protocol::Tls => "leave this out: what the app itself encrypts, the proxy cannot read",
                _ => "leave this out, or say `protocol = \"http1\"`, `\"http2\"` or `\"grpc\"`",
            }));
        }
    }
}
