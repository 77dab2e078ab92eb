//! Callers without a proxy, for whom timeouts, retries and splits do not hold.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::graph::Node;
use crate::mesh::{Access, Callee, Mesh, Route, Who};
use crate::spanned::Span;

codes! {
    UNMESHED_CALLER = "unmeshed-caller", Warning, "a caller for whom timeouts, retries and splits do not hold",
        "Linkerd applies timeouts, retries and weights in the caller's proxy. A caller without one gets none of them: it goes \
         to the stable version and waits as long as it likes. (linkerd2-proxy, app/outbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        admitted(Callee::App(app), None, &app.ports.main.access, report);
        for route in app.routes() {
            route.callers.iter().for_each(|access| admitted(Callee::App(app), Some(route), access, report));
        }
    }
    for (caller, _, call) in mesh.calls().filter(|(_, namespace, _)| !namespace.inject) {
        if let Some(Node { callee, route }) = mesh.called_by(call) {
            tell(callee, caller, call.written.span, lost(callee, route), report);
        }
    }
}

/// The callers without a proxy of a route, or of a port.
fn admitted(callee: Callee<'_>, route: Option<&Route>, access: &Access, report: &mut Report) {
    for caller in access.callers().iter().filter(|caller| matches!(caller.who, Who::Networks(_))) {
        tell(callee, &caller.name, caller.name.span, lost(callee, route), report);
    }
}

fn tell(callee: Callee<'_>, caller: &str, span: Span, lost: Option<(&str, Span)>, report: &mut Report) {
    let Some((what, set)) = lost else { return };
    let message = format!("`{caller}` has no proxy, so the {what} of `{}` does not hold for it", callee.name());
    let diagnostic = Diagnostic::new(&UNMESHED_CALLER, span, message).also(set, "set here");
    report.push(diagnostic.help("give the caller a proxy, or let it set this itself"));
}

/// What a caller without a proxy loses on a route, or on all that name no callers of their own, and
/// where that was set.
fn lost(callee: Callee<'_>, route: Option<&Route>) -> Option<(&'static str, Span)> {
    let routes = callee.routes().filter(|one| route.map_or(one.callers.is_none(), |route| std::ptr::eq(route, *one)));
    let timeout = routes.clone().find_map(|route| route.timeouts.iter().next().map(|timeout| (timeout.name, timeout.span)));
    timeout
        .or_else(|| routes.clone().find_map(|route| route.retry.as_ref().map(|retry| ("retry", retry.span))))
        .or_else(|| callee.app()?.variants.first().map(|variant| ("variant", variant.name.span)))
        .or_else(|| callee.app()?.routing.split().map(|split| ("split", split.span)))
}
