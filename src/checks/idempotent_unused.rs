//! A declaration that allows nothing.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh};
use crate::value::Method;

codes! {
    IDEMPOTENT_UNUSED = "idempotent-unused", Warning, "a declaration that allows nothing",
        "`idempotent = true` lets a POST, a PATCH or a gRPC method be retried. Where nothing is retried, and for methods that are \
         idempotent by definition (RFC 9110, 9.2.2), it says nothing to the mesh, and a reader would think that it does.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let Some(idempotent) = route.idempotent else { continue };
        let needs_it = route.grpc || matches!(route.method, Method::Post | Method::Patch | Method::Any);
        let (message, help) = if route.retry.is_none() {
            (format!("`{}` is not retried, so this has no effect", route.name), "add `retry = true`, or remove it")
        } else if idempotent.value && !needs_it {
            let method = route.method.token().unwrap_or_default();
            (format!("a {method} is idempotent by definition, so this has no effect"), "remove it")
        } else {
            continue;
        };
        report.push(Diagnostic::new(&IDEMPOTENT_UNUSED, idempotent.span, message).help(help));
    }
}
