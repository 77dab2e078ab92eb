//! A declaration that allows nothing.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    IDEMPOTENT_UNUSED = "idempotent-unused", Warning, "a declaration that allows nothing",
        "`idempotent = true` lets a POST or PATCH be retried. Where nothing is retried it says nothing to the \
         mesh, and a reader would think that it does.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(|app| &app.routes).filter(|route| route.retry.is_none()) {
        if let Some(idempotent) = route.idempotent {
            let message = format!("`{}` is not retried, so this changes nothing", route.name);
            report.push(
                Diagnostic::new(&IDEMPOTENT_UNUSED, idempotent.span, message)
                    .help("say `retry = true` beside it, or leave it out"),
            );
        }
    }
}
