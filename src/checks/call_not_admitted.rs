//! A declared call that its callee refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, App, Call, Mesh, Namespace, Port, Who};
use crate::spanned::Spanned;
use crate::value::InboundPolicy;

codes! {
    CALL_NOT_ADMITTED = "call-not-admitted", Error, "a declared call that its callee refuses",
        "The callee names its callers, or its namespace denies everyone, and this one is not among them: every such call would be answered with \
         403, or on a closed table with 404. (linkerd2, policy-controller/k8s/index/src/inbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        check(mesh, &app.name, &app.namespace, app.all_calls(), report);
    }
    for job in &mesh.jobs {
        check(mesh, &job.name, &job.namespace, job.calls.iter(), report);
    }
}

fn check<'a>(
    mesh: &Mesh,
    caller: &Spanned<String>,
    namespace: &Namespace,
    calls: impl Iterator<Item = &'a Call>,
    report: &mut Report,
) {
    for call in calls {
        let Some(callee) = mesh.app(&call.callee).filter(|app| app.namespace.inject) else {
            continue;
        };
        let access = access_of(callee, call.part.as_deref());
        let (why, place) = match access {
            Access::Only(callers) if callers.iter().any(|admitted| is(&admitted.who, caller, namespace)) => continue,
            Access::Only(callers) => ("only these may", callers.span),
            Access::Inbound(_) | Access::Default(_) => {
                let denied = access.policy().filter(|policy| policy.value == InboundPolicy::Deny);
                let Some(inbound) = denied else { continue };
                ("this denies whoever is not named", inbound.span)
            }
        };
        let message = format!("`{}` does not let `{caller}` call this", callee.name);
        let diagnostic = Diagnostic::new(&CALL_NOT_ADMITTED, call.written.span, message).also(place, why);
        let routes = admitting(callee, call, caller, namespace);
        report.push(diagnostic.help(match routes.as_slice() {
            [] => format!("add \"{caller}\" to the callers of `{}`, or remove the call", call.written),
            routes => format!("call the routes that admit `{caller}`: {}", routes.join(", ")),
        }));
    }
}

/// The routes that admit a caller which calls the app as a whole, as they stand in `calls`.
fn admitting(callee: &App, call: &Call, caller: &str, namespace: &Namespace) -> Vec<String> {
    if call.part.is_some() {
        return Vec::new();
    }
    let routes = callee.ports.iter().flat_map(|port| port.routes.iter().map(|route| (route, port.access_of(route))));
    let admitting = routes.filter(|(_, access)| access.callers().iter().any(|admitted| is(&admitted.who, caller, namespace)));
    admitting.map(|(route, _)| format!("`\"{}.{}\"`", callee.name, route.name)).collect()
}

/// Who may call a route or a port of an app; without either, its main port.
fn access_of<'a>(callee: &'a App, part: Option<&str>) -> &'a Access {
    let Some(part) = part else { return &callee.ports.main.access };
    if let Some(access) = callee.ports.iter().find_map(|port| access_of_route(port, part)) {
        return access;
    }
    let additional = callee.ports.additional.iter().find(|port| port.name.as_str() == part);
    &additional.unwrap_or(&callee.ports.main).access
}

fn access_of_route<'a>(port: &'a Port, name: &str) -> Option<&'a Access> {
    port.routes.iter().find(|route| route.name.as_str() == name).map(|route| port.access_of(route))
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
