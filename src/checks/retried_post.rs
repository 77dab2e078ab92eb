//! A POST or PATCH that is retried without being declared idempotent.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh, Route};
use crate::value::Method;

codes! {
    RETRIED_POST = "retried-post", Error, "a POST or PATCH that is retried without being declared idempotent",
        "Linkerd retries whatever its route says, whatever the method: a request that failed after its work was \
         done is done twice, and an overloaded model gets more load. (linkerd2-proxy, \
         app/outbound/src/http/retry.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let Some(retry) = route.retry.as_ref().filter(|_| may_harm(route)) else { continue };
        let method = route.method.token().unwrap_or("POST");
        let message = format!("`{}` retries a {method} that is not marked idempotent", route.name);
        let diagnostic = Diagnostic::new(&RETRIED_POST, retry.span, message).also(route.path.span, method);
        report.push(diagnostic.help("add `idempotent = true` if a second request does no harm, or remove `retry`"));
    }
}

/// What is declared goes before what the method means. Of a gRPC method the method says nothing: see `retried_grpc`.
fn may_harm(route: &Route) -> bool {
    match route.idempotent {
        Some(idempotent) => !idempotent.value,
        None => !route.grpc && matches!(route.method, Method::Post | Method::Patch | Method::Any),
    }
}
