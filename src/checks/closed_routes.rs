//! A table of routes that is closed.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh, Provider};

codes! {
    CLOSED_ROUTES = "closed-routes", Note, "a table of routes that is closed",
        "Once one route of a port has a policy of its own, Linkerd drops its route for everything else: a path \
         that no route names is answered with 404, for everyone (linkerd2, \
         policy-controller/k8s/index/src/inbound/index.rs). Istio answers it with 403.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        let naming = app.routes().filter_map(|route| match &route.callers {
            Some(Access::Only(callers)) => Some(callers.span),
            Some(Access::Inbound(_) | Access::Default(_)) | None => None,
        });
        if let Some(span) = naming.min() {
            let status = if mesh.cluster.provider() == Provider::Linkerd { 404 } else { 403 };
            let message = format!("`{}` answers {status} to every path without a route", app.name);
            let diagnostic = Diagnostic::new(&CLOSED_ROUTES, span, message).label("because this route names its callers");
            report.push(diagnostic.help("give every path that is called a route; probes have one already"));
        }
    }
}
