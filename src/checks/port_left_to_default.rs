//! A port that is left to the default of the mesh, beside one that is not.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh, Port};

codes! {
    PORT_LEFT_TO_DEFAULT = "port-left-to-default", Warning, "a port without callers beside one that names its own",
        "Callers are for one port. On another one that names none, in a namespace without `inbound`, whoever the mesh admits by \
         default may call, and that is everyone on a default install: metrics and admin pages are often there. (linkerd2, \
         charts/linkerd-control-plane/values.yaml, `proxy.defaultInboundPolicy`)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        let said = app.routes().find_map(|route| route.callers.as_ref());
        let said = said.or_else(|| app.ports.iter().map(|port| &port.access).find(|access| matches!(access, Access::Only(_))));
        let Some(said) = said.and_then(Access::place) else { continue };
        for port in app.ports.iter().filter(|port| !port.is_closed() && is_left(port)) {
            let message = format!("the mesh's default decides who may call the port `{}`", port.name);
            let diagnostic =
                Diagnostic::new(&PORT_LEFT_TO_DEFAULT, port.numbers.span, message).also(said, "these are for another");
            report.push(diagnostic.help("add `callers` to this port, or state the default as `inbound` in `[cluster]`"));
        }
    }
}

/// One with a rate limit is reported otherwise: see `default_unstated`.
fn is_left(port: &Port) -> bool {
    matches!(port.access, Access::Default(None)) && port.rate_limit.is_none()
}
