//! Callers of an app that has no proxy to refuse anyone.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh};

codes! {
    POLICY_WITHOUT_PROXY = "policy-without-proxy", Error, "callers of an app that has no proxy to refuse anyone",
        "Linkerd's policies are enforced by the proxy beside the app. Without injection there is none, so \
         everyone may call, whatever `callers` or `inbound` says.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| !app.namespace.inject) {
        for access in app.accesses() {
            let Access::Only(callers) = access else { continue };
            let message = format!("nothing enforces this: the namespace `{}` is not injected", app.namespace.name);
            let diagnostic =
                Diagnostic::new(&POLICY_WITHOUT_PROXY, callers.span, message).also(app.namespace.name.span, "the namespace");
            report.push(diagnostic.help("leave `inject` out of the namespace, or leave the callers out"));
        }
    }
    for outside in &mesh.external {
        for access in outside.ports.routes().filter_map(|route| route.callers.as_ref()) {
            let Access::Only(callers) = access else { continue };
            let message = format!("nothing enforces this: `{}` is outside of the cluster", outside.name);
            let diagnostic = Diagnostic::new(&POLICY_WITHOUT_PROXY, callers.span, message).also(outside.host.span, "its host");
            report.push(diagnostic.help("leave the callers out"));
        }
    }
    for namespace in mesh.namespaces.iter().filter(|namespace| !namespace.inject) {
        if let Some(inbound) = namespace.inbound {
            let message = format!("nothing enforces this: `{}` is not injected", namespace.name);
            report.push(Diagnostic::new(&POLICY_WITHOUT_PROXY, inbound.span, message).help("leave `inject = false` or this out"));
        }
    }
}
