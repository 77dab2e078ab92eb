//! What Istio reads otherwise than Linkerd though both honour it.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Path, Port, Protocol};
use crate::upstream::istio;

codes! {
    NOT_OF_RE2 = "not-of-re2", Error, "an expression that Envoy would not read as it is meant",
        "Istio matches paths with RE2 (VirtualService, `StringMatch`), the language takes the expressions of Rust's `regex`. \
         Most are the same in both; for the others Envoy refuses the whole configuration or matches other paths.";
    PROTOCOL_IN_PORT_NAME = "protocol-in-port-name", Error, "a port whose name tells Istio what is spoken on it",
        "Istio takes the first word of a port's name for its protocol and detects nothing then: `http-admin` is plain HTTP/1.1, \
         `redis` mere bytes, whatever the app speaks. Where the port says its `protocol`, that holds. (istio.io, \
         ops/configuration/traffic-management/protocol-selection)";
}

pub(super) fn check(mesh: &Mesh, report: &mut Report) {
    mesh.apps.iter().flat_map(|app| &app.ports).for_each(|port| check_name(port, report));
    for route in mesh.apps.iter().flat_map(|app| &app.routes) {
        let Path::Regex(regex) = &route.path.value else { continue };
        if let Some(what) = istio::not_of_re2(regex) {
            let message = format!("this expression holds {what}, which RE2 does not know");
            let diagnostic = Diagnostic::new(&NOT_OF_RE2, route.path.span, message);
            let diagnostic = diagnostic.also(mesh.cluster.traffic.span, "Istio matches with RE2");
            report.push(diagnostic.help("write it with plain classes, groups and repetitions"));
        }
    }
}

fn check_name(port: &Port, report: &mut Report) {
    let detected = port.protocol.value == Protocol::Detect;
    let Some(word) = istio::protocol_of_name(&port.name).filter(|_| detected) else { return };
    let protocol = match word {
        "http" => Protocol::Http1,
        "http2" => Protocol::Http2,
        "grpc" => Protocol::Grpc,
        "https" | "tls" => Protocol::Tls,
        _ => Protocol::Opaque,
    };
    let message = format!("`{}` tells Istio that `{word}` is spoken here", port.name);
    let help = format!("say `protocol = \"{}\"` if it is, or give the port another name", protocol.word());
    report.push(Diagnostic::new(&PROTOCOL_IN_PORT_NAME, port.name.span, message).help(help));
}
