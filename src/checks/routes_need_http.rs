//! Routes on a port that speaks no HTTP.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Protocol};

codes! {
    ROUTES_NEED_HTTP = "routes-need-http", Error, "routes on a port that speaks no HTTP",
        "On an opaque or TLS port the proxy sees bytes, not requests: routes, timeouts, retries and per-route \
         callers would all be ignored. (linkerd2, policy-controller/grpc/src/inbound.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.callees() {
        let protocol = app.main_port().protocol;
        let bytes = matches!(protocol.value, Protocol::Opaque | Protocol::Tls);
        if let Some(route) = app.routes.first().filter(|_| bytes) {
            let message = format!("the proxy sees no requests on a port that speaks `{}`", protocol.value.word());
            let diagnostic =
                Diagnostic::new(&ROUTES_NEED_HTTP, route.name.span, message).also(protocol.span, "the port's protocol");
            report.push(diagnostic.help(match protocol.value {
                Protocol::Tls => "leave the routes out: what the app itself encrypts, the proxy cannot read",
                _ => "leave the routes out, or say `protocol = \"http1\"`, `\"http2\"` or `\"grpc\"`",
            }));
        }
    }
}
