//! A caller of this file that has no proxy, and so no identity.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh, Namespace};

codes! {
    CALLER_NOT_MESHED = "caller-not-meshed", Error, "a caller of this file that has no proxy, and so no identity",
        "A namespace without injection gives its pods no proxy, and without a proxy a pod has no identity: the \
         policy would be accepted and this caller always refused.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let apps = mesh.apps.iter().map(|app| (&app.name, &app.namespace));
    let deployed = apps.chain(mesh.jobs.iter().map(|job| (&job.name, &job.namespace)));
    let unmeshed: BTreeMap<&str, &Namespace> = deployed
        .filter(|(_, namespace)| !namespace.inject)
        .map(|(name, namespace)| (name.as_str(), namespace.as_ref()))
        .collect();
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        for access in app.accesses() {
            let Access::Only(callers) = access else { continue };
            for (caller, namespace) in callers.iter().filter_map(|caller| Some((caller, unmeshed.get(caller.name.as_str())?))) {
                let message = format!("`{}` has no identity: its namespace is not injected", caller.name);
                let diagnostic =
                    Diagnostic::new(&CALLER_NOT_MESHED, caller.name.span, message).also(namespace.name.span, "the namespace");
                report.push(diagnostic.help("inject that namespace, or name an identity with `meshed = false` and `networks`"));
            }
        }
    }
}
