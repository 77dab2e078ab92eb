//! Callers of a port whose routes all name their own.

use crate::diagnostic::{Diagnostic, Report, Safety, codes};
use crate::mesh::{Access, Mesh};

codes! {
    CALLERS_UNUSED = "callers-unused", Warning, "callers that every route overrules",
        "Once a route names callers, the table of routes is closed: each request is judged by its own route, and a path \
         without a route is refused. Where every route names its callers, those of the port admit nobody, though it reads \
         as if they could call.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        for port in app.ports.iter().filter(|port| port.is_closed()) {
            let Access::Only(callers) = &port.access else { continue };
            if callers.is_empty() || port.routes.iter().any(|route| route.callers.is_none()) {
                continue;
            }
            let message = format!("every route of `{}` names its own callers, so these admit nobody", app.name);
            let diagnostic = Diagnostic::new(&CALLERS_UNUSED, callers.span, message).suggest(Safety::Safe, "[]");
            report.push(diagnostic.help("leave them out, or write `callers = []` to say that the rest is closed"));
        }
    }
}
