//! A declared call that its callee refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Call, Mesh, Namespace, Who};
use crate::spanned::Spanned;

codes! {
    CALL_NOT_ADMITTED = "call-not-admitted", Error, "a declared call that its callee refuses",
        "The callee names its callers, and this one is not among them: every such call would be answered with \
         403, or on a closed table with 404. (linkerd2, policy-controller/k8s/index/src/inbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        check(mesh, &app.name, &app.namespace, &app.calls, report);
    }
    for job in &mesh.jobs {
        check(mesh, &job.name, &job.namespace, &job.calls, report);
    }
}

fn check(mesh: &Mesh, caller: &Spanned<String>, namespace: &Namespace, calls: &[Call], report: &mut Report) {
    for call in calls {
        let Some(callee) = mesh.apps.iter().find(|app| app.name.value == call.callee).filter(|app| app.namespace.inject) else {
            continue;
        };
        let route = callee.routes.iter().find(|route| Some(&route.name.value) == call.route.as_ref());
        let access = route.map_or(&callee.main_port().access, |route| callee.access_of(route));
        let Access::Only(callers) = access else { continue };
        if callers.iter().any(|admitted| is(&admitted.who, caller, namespace)) {
            continue;
        }
        let message = format!("`{}` does not let `{caller}` call this", callee.name);
        let diagnostic = Diagnostic::new(&CALL_NOT_ADMITTED, call.written.span, message).also(callers.span, "only these may");
        report.push(diagnostic.help(format!("add \"{caller}\" to these callers, or leave the call out")));
    }
}

/// Whether this is how the mesh knows the caller.
fn is(who: &Who, caller: &str, of: &Namespace) -> bool {
    match who {
        Who::Account { namespace, account } => account == caller && *namespace == of.name.value,
        Who::Namespace(namespace) => *namespace == of.name.value,
        // Where a caller calls from is not known here; that a network covers it cannot be denied.
        Who::Networks(_) => true,
        Who::Foreign { .. } => false,
    }
}
