//! A port that the mesh passes by.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, Port, PortKind};
use crate::upstream::linkerd;

codes! {
    IGNORED_PORT = "ignored-port", Error, "a policy or a route of a port that Linkerd passes by",
        "The iptables rules of a default install leave ports 4567 and 4568 alone, in and out: whoever calls them has no identity \
         and meets no policy, no route and no timeout. (linkerd2, charts/linkerd-control-plane/values.yaml, \
         `proxyInit.ignoreInboundPorts`)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        for port in app.ports.iter() {
            let numbers = port.numbers;
            let ignored = [numbers.container, numbers.service].into_iter().find(|number| linkerd::IGNORED_PORTS.contains(number));
            let Some(number) = ignored.filter(|_| asks_for_policy(app, port) || asks_for_routes(app, port)) else {
                continue;
            };
            let message = format!("Linkerd passes port {number} by its proxy: no policy, no route and no timeout applies");
            report.push(Diagnostic::new(&IGNORED_PORT, numbers.span, message).help("use another port"));
        }
    }
}

fn asks_for_policy(app: &App, port: &Port) -> bool {
    app.namespace.inject && (!port.access.admits_all() || port.rate_limit.is_some())
}

fn asks_for_routes(app: &App, port: &Port) -> bool {
    port.kind == PortKind::Main && (app.first_of_requests().is_some() || app.routing.split().is_some())
}
