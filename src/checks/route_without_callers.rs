//! A route of a closed table for which nothing says who may call.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::InboundPolicy;

codes! {
    ROUTE_WITHOUT_CALLERS = "route-without-callers", Error, "a route of a closed table for which nothing says who may call",
        "As soon as one route names callers, every route needs a policy of its own. `all-unauthenticated`, \
         `all-authenticated` and `deny` can be said of a route; the policies of the cluster's networks and \
         `audit` exist only for a whole port. (linkerd2, policy-controller/k8s/index/src/inbound/index.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let injected = mesh.apps.iter().filter(|app| app.namespace.inject);
    for port in injected.flat_map(|app| app.ports.iter()).filter(|port| port.is_closed()) {
        let Some(policy) = port.access.policy() else { continue };
        let sayable =
            matches!(policy.value, InboundPolicy::AllUnauthenticated | InboundPolicy::AllAuthenticated | InboundPolicy::Deny);
        if sayable {
            continue;
        }
        for route in port.routes.iter().filter(|route| route.callers.is_none()) {
            let message = format!("`{}` cannot be said of one route, and `{}` names no callers", policy.value.word(), route.name);
            let diagnostic = Diagnostic::new(&ROUTE_WITHOUT_CALLERS, route.name.span, message);
            let diagnostic = diagnostic.also(policy.span, "the policy of the port");
            report.push(diagnostic.help("add `callers` to this route or to the port"));
        }
    }
}
