//! A port that nobody may call, though nobody said so.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::InboundPolicy;

codes! {
    NOBODY_MAY_CALL = "nobody-may-call", Warning, "a port that nobody may call, though nobody said so",
        "Under `inbound = \"deny\"` a port without `callers` refuses everyone: a Server without a grant is an outage. \
         `callers = []` says that it is meant. (linkerd2, policy-controller/k8s/index/src/inbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        for port in app.ports.iter().filter(|port| !port.is_closed()) {
            let denied = port.access.policy().filter(|policy| policy.value == InboundPolicy::Deny);
            let Some(inbound) = denied else { continue };
            let message = format!("nobody may call the port `{}` of `{}`", port.name, app.name);
            let diagnostic = Diagnostic::new(&NOBODY_MAY_CALL, port.numbers.span, message);
            let diagnostic = diagnostic.also(inbound.span, "this denies whoever is not named");
            report.push(diagnostic.help("name its `callers`, or write `callers = []` to say that this is meant"));
        }
    }
}
