//! Two routes with one method and one path.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    DUPLICATE_ROUTE = "duplicate-route", Error, "two routes with one method and one path",
        "Of two routes that match alike, a ServiceProfile takes the first and Linkerd's policies the older \
         object: one of the two would be ignored, and which one could change from cluster to cluster. \
         (linkerd2-proxy, linkerd/http/route/src/lib.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for port in mesh.callees().flat_map(|callee| callee.ports().iter()) {
        for (at, route) in port.routes.iter().enumerate() {
            let mut earlier = port.routes.iter().take(at);
            if let Some(first) = earlier.find(|other| other.method == route.method && other.path == route.path) {
                let message = format!("`{}` and `{}` match the same requests", first.name, route.name);
                let diagnostic =
                    Diagnostic::new(&DUPLICATE_ROUTE, route.path.span, message).also(first.path.span, "the other one");
                report.push(diagnostic.help("keep one of the two, or give one another method or path"));
            }
        }
    }
}
