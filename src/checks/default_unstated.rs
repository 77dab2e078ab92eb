//! Ports that need a policy while the manifest does not state the default of the mesh.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, App, Mesh, Port, Provider};
use crate::spanned::Span;

codes! {
    DEFAULT_UNSTATED = "default-unstated", Error, "a port that needs a policy, of which nothing says who may call",
        "A port without `callers`, in a namespace without `inbound`, is left to the default of the mesh, and mlmesh writes no \
         policy for it. A rate limit hangs on a Server, which has a policy; a route of a closed table is refused unless a \
         policy admits somebody; and as soon as a policy of Istio selects a pod, Istio refuses whatever no rule admits, on \
         every port. None of them can say \"as the mesh does by default\". (linkerd2, \
         policy-controller/k8s/api/src/policy/server.rs; istio.io, concepts/security)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        app.ports.iter().for_each(|port| check_table(port, report));
        for port in app.ports.iter().filter(|port| is_unstated(port) && !port.is_closed()) {
            match mesh.cluster.provider() {
                Provider::Linkerd => check_rate_limit(port, report),
                Provider::Istio => check_beside(app, port, report),
            }
        }
    }
}

fn is_unstated(port: &Port) -> bool {
    matches!(port.access, Access::Default(None))
}

fn check_table(port: &Port, report: &mut Report) {
    if !port.is_closed() || !is_unstated(port) {
        return;
    }
    for route in port.routes.iter().filter(|route| route.callers.is_none()) {
        let message = format!("nothing says who may call `{}`, and its table of routes is closed", route.name);
        push(route.name.span, message, "add `callers` to this route or to the port", report);
    }
}

fn check_rate_limit(port: &Port, report: &mut Report) {
    let Some(limit) = &port.rate_limit else { return };
    let message = format!("the rate limit needs a policy of the port `{}`, and nothing says who may call it", port.name);
    push(limit.span, message, "add `callers` to the port", report);
}

/// As soon as one policy selects the pods, every port needs a rule.
fn check_beside(app: &App, port: &Port, report: &mut Report) {
    if app.ports.iter().any(|other| other.is_closed() || !matches!(other.access, Access::Default(_))) {
        let message = format!(
            "Istio would refuse every call to the port `{}`: the policy of `{}` is for all its ports",
            port.name, app.name
        );
        push(port.numbers.span, message, "add `callers` to this port", report);
    }
}

fn push(span: Span, message: String, help: &str, report: &mut Report) {
    let help = format!("{help}, set `inbound` on the namespace, or state the default of the mesh as `inbound` in `[cluster]`");
    report.push(Diagnostic::new(&DEFAULT_UNSTATED, span, message).help(help));
}
