//! A status that a request of this kind never has.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh, Route};
use crate::value::RetryCondition;

codes! {
    FOREIGN_RETRY_CONDITION = "foreign-retry-condition", Error, "a status that a request of this kind never has",
        "A gRPC call fails by a status of its own, in a trailer behind a 200; an HTTP request has no such status. A retry that \
         waits for the other kind is never made. (linkerd2, policy-controller/k8s/index/src/outbound/index)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let Some(on) = route.retry.as_ref().and_then(|retry| retry.on.as_ref()) else { continue };
        if let Some(condition) = on.iter().find(|condition| is_foreign(condition, route)) {
            let (message, help) = match condition {
                RetryCondition::Grpc(status) => {
                    (format!("`{status}` is a status of gRPC, and this is no gRPC method"), "write a status such as \"503\"")
                }
                RetryCondition::Http(first, _) => (
                    format!("no gRPC status is what a gateway would call {first}"),
                    "write the name of a gRPC status, such as \"unavailable\"",
                ),
            };
            let diagnostic = Diagnostic::new(&FOREIGN_RETRY_CONDITION, on.span, message);
            report.push(diagnostic.also(route.path.span, "what is called").help(help));
        }
    }
}

fn is_foreign(condition: &RetryCondition, route: &Route) -> bool {
    match condition {
        RetryCondition::Grpc(_) => !route.grpc,
        http @ RetryCondition::Http(..) => route.grpc && http.grpc_statuses().is_empty(),
    }
}
