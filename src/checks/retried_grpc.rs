//! gRPC methods that are retried without being declared idempotent.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    RETRIED_GRPC = "retried-grpc", Warning, "a gRPC method that is retried without being declared idempotent",
        "Every gRPC method is a POST, reads and writes alike, and Linkerd retries whatever the route says: a write that failed \
         after its work was done is done twice. Declare the methods idempotent that are, or allow this for the whole file with \
         a reason. (linkerd2-proxy, app/outbound/src/http/retry.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for callee in mesh.callees() {
        let undeclared = callee.routes().filter(|route| route.grpc && route.idempotent.is_none());
        let mut retried = undeclared.filter_map(|route| Some((route, route.retry.as_ref()?)));
        let Some((first, retry)) = retried.next() else { continue };
        let message = match retried.count() {
            0 => format!("`{}` is retried and not marked idempotent", first.name),
            more => {
                format!("`{}` and {more} more methods of `{}` are retried and not marked idempotent", first.name, callee.name())
            }
        };
        let diagnostic = Diagnostic::new(&RETRIED_GRPC, retry.span, message).also(first.path.span, "a gRPC method");
        report.push(diagnostic.help("add `idempotent = true` to each method that only reads, or remove `retry`"));
    }
}
