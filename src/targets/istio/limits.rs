//! What Envoy cannot read though Linkerd's proxy can.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Path};
use crate::upstream::istio;

codes! {
    NOT_OF_RE2 = "not-of-re2", Error, "an expression that Envoy would not read as it is meant",
        "Istio matches paths with RE2 (VirtualService, `StringMatch`), the language takes the expressions of Rust's `regex`. \
         Most are the same in both; for the others Envoy refuses the whole configuration or matches other paths.";
}

pub(super) fn check(mesh: &Mesh, report: &mut Report) {
    for route in mesh.apps.iter().flat_map(|app| &app.routes) {
        let Path::Regex(regex) = &route.path.value else { continue };
        if let Some(what) = istio::not_of_re2(regex) {
            let message = format!("this expression holds {what}, which RE2 does not know");
            let diagnostic = Diagnostic::new(&NOT_OF_RE2, route.path.span, message);
            let diagnostic = diagnostic.also(mesh.cluster.traffic.span, "Istio matches with RE2");
            report.push(diagnostic.help("write it with plain classes, groups and repetitions"));
        }
    }
}
