//! A rate limit where the proxy counts no requests.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::Protocol;

codes! {
    RATE_LIMIT_NEEDS_HTTP = "rate-limit-needs-http", Error, "a rate limit where the proxy counts no requests",
        "Linkerd hands rate limits to the proxy for ports that it detects or that speak HTTP/1 or HTTP/2, and not for gRPC, \
         opaque and TLS ones: the policy would be accepted and never asked. (linkerd2, policy-controller/grpc/src/inbound.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        for port in app.ports.iter() {
            let Some(limit) = &port.rate_limit else { continue };
            if !app.namespace.inject {
                let message = format!("nothing enforces this: the namespace `{}` is not injected", app.namespace.name);
                let diagnostic = Diagnostic::new(&RATE_LIMIT_NEEDS_HTTP, limit.span, message);
                report.push(diagnostic.also(app.namespace.name.span, "the namespace").help("leave it out"));
            } else if matches!(port.protocol.value, Protocol::Grpc | Protocol::Opaque | Protocol::Tls) {
                let message = format!("Linkerd limits nothing on a port that speaks `{}`", port.protocol.value.word());
                let diagnostic = Diagnostic::new(&RATE_LIMIT_NEEDS_HTTP, limit.span, message);
                let help = match port.protocol.value {
                    Protocol::Grpc => "leave it out, or say `protocol = \"http2\"`, which gRPC is",
                    _ => "leave it out: of a port without requests there are none to count",
                };
                report.push(diagnostic.also(port.protocol.span, "the port's protocol").help(help));
            }
        }
    }
}
