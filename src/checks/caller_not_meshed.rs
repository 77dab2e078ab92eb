//! A caller of this file that has no proxy, and so no identity.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh};

codes! {
    CALLER_NOT_MESHED = "caller-not-meshed", Error, "a caller of this file that has no proxy, and so no identity",
        "A namespace without injection gives its pods no proxy, and without a proxy a pod has no identity: the \
         policy would be accepted and this caller always refused.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let unmeshed = |name: &str| {
        let app = mesh.apps.iter().find(|app| app.name.value == name).map(|app| &app.namespace);
        app.or_else(|| mesh.jobs.iter().find(|job| job.name.value == name).map(|job| &job.namespace))
            .filter(|namespace| !namespace.inject)
    };
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        let accesses =
            app.ports.iter().map(|port| &port.access).chain(app.routes.iter().filter_map(|route| route.callers.as_ref()));
        for access in accesses {
            let Access::Only(callers) = access else { continue };
            for (caller, namespace) in callers.iter().filter_map(|caller| Some((caller, unmeshed(&caller.name)?))) {
                let message = format!("`{}` has no identity: its namespace is not injected", caller.name);
                let diagnostic =
                    Diagnostic::new(&CALLER_NOT_MESHED, caller.name.span, message).also(namespace.name.span, "the namespace");
                report.push(diagnostic.help("inject that namespace, or name an identity with `meshed = false` and `networks`"));
            }
        }
    }
}
