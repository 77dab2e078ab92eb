//! A gRPC method on a port that speaks no HTTP/2, or a path on a gRPC port.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Route};
use crate::value::Protocol;

codes! {
    GRPC_ROUTE_ON_HTTP_PORT = "grpc-route-on-http-port", Error, "a gRPC method on a port that speaks no HTTP/2, or a path on a gRPC port",
        "gRPC is HTTP/2. On a port declared as HTTP/1 no gRPC call arrives, and on a gRPC port a path with \
         another method is never called. (linkerd2-proxy, app/inbound/src/detect.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for port in mesh.callees().flat_map(|callee| callee.ports().iter()) {
        let protocol = port.protocol;
        for route in port.routes.iter().filter(|route| is_misfit(route, protocol.value)) {
            let message = format!("no such request arrives on a port that speaks `{}`", protocol.value.word());
            let diagnostic =
                Diagnostic::new(&GRPC_ROUTE_ON_HTTP_PORT, route.path.span, message).also(protocol.span, "the port's protocol");
            let help = if route.grpc { "say `protocol = \"grpc\"`" } else { "write it as `grpc = \"package.Service/Method\"`" };
            report.push(diagnostic.help(help));
        }
    }
}

fn is_misfit(route: &Route, protocol: Protocol) -> bool {
    match protocol {
        Protocol::Http1 => route.grpc,
        Protocol::Grpc => !route.grpc,
        Protocol::Detect | Protocol::Http2 | Protocol::Opaque | Protocol::Tls => false,
    }
}
