//! What Istio reads otherwise than Linkerd though both honour it.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, App, Mesh, Port, Who};
use crate::spanned::Span;
use crate::upstream::istio;
use crate::value::{Path, Protocol};

codes! {
    NOT_OF_RE2 = "not-of-re2", Error, "an expression that Envoy would not read as it is meant",
        "Istio matches paths with RE2 (VirtualService, `StringMatch`), the language takes the expressions of Rust's `regex`. \
         Most are the same in both; for the others Envoy refuses the whole configuration or matches other paths.";
    GATEWAY_NOT_ROUTED = "gateway-not-routed", Error, "an ingress gateway that would get no weights, timeouts and retries",
        "mlmesh writes VirtualServices for the sidecars of the mesh. A gateway reads only those that name it, so that its requests \
         would all go to the stable version, without a timeout, and be retried twice. No key names a gateway yet. (istio.io, \
         reference/config/networking/virtual-service, `gateways`)";
    PROTOCOL_IN_PORT_NAME = "protocol-in-port-name", Error, "a port whose name tells Istio what is spoken on it",
        "Istio takes the first word of a port's name for its protocol and detects nothing then: `http-admin` is plain HTTP/1.1, \
         `redis` mere bytes, whatever the app speaks. Where the port says its `protocol`, that holds. (istio.io, \
         ops/configuration/traffic-management/protocol-selection)";
}

pub(super) fn check(mesh: &Mesh, report: &mut Report) {
    mesh.apps.iter().for_each(|app| check_gateways(app, report));
    mesh.apps.iter().flat_map(|app| app.ports.iter()).for_each(|port| check_name(port, report));
    for route in mesh.apps.iter().flat_map(App::routes) {
        let Path::Regex(regex) = &route.path.value else { continue };
        if let Some(what) = istio::not_of_re2(regex) {
            let message = format!("this expression holds {what}, which RE2 does not know");
            let diagnostic = Diagnostic::new(&NOT_OF_RE2, route.path.span, message);
            let diagnostic = diagnostic.also(mesh.cluster.traffic.span, "Istio matches with RE2");
            report.push(diagnostic.help("write it with plain classes, groups and repetitions"));
        }
    }
}

/// A VirtualService that names no gateways holds for sidecars alone.
fn check_gateways(app: &App, report: &mut Report) {
    let Some((what, place)) = routed(app) else { return };
    for caller in app.accesses().flat_map(Access::callers) {
        let is_gateway = match &caller.who {
            Who::Account { namespace, account } => istio::is_gateway(namespace, Some(account)),
            Who::Namespace(namespace) => istio::is_gateway(namespace, None),
            Who::Foreign { .. } | Who::Networks(_) => false,
        };
        if is_gateway {
            let message = format!("`{}` is a gateway, for which the {what} of `{}` would not hold", caller.name, app.name);
            let diagnostic = Diagnostic::new(&GATEWAY_NOT_ROUTED, caller.name.span, message).also(place, "this is for sidecars");
            report.push(
                diagnostic.help("let the gateway call a service with a sidecar that calls this one, or remove what is routed"),
            );
            return;
        }
    }
}

/// The first thing that a VirtualService does for a caller, and where it was asked for.
fn routed(app: &App) -> Option<(&'static str, Span)> {
    let split = app.routing.split().map(|split| ("weights", split.span));
    let terms = app.routes().find_map(|route| {
        let timeout = route.timeouts.request.map(|timeout| ("timeouts", timeout.span));
        timeout.or_else(|| route.retry.as_ref().map(|retry| ("retries", retry.span)))
    });
    split
        .or_else(|| app.variants.first().map(|variant| ("variants", variant.name.span)))
        .or_else(|| app.mirror.as_ref().map(|mirror| ("copies", mirror.span)))
        .or(terms)
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
