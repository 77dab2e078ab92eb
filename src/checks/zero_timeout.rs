//! A timeout of nothing.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh};
use crate::spanned::Spanned;

codes! {
    ZERO_TIMEOUT = "zero-timeout", Error, "a timeout of nothing, which the mesh takes for none",
        "`0s` looks like the strictest timeout and is none at all: the Gateway API turns the timeout off (GEP-1742), and so \
         does Istio.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let of_try = route.retry.as_ref().and_then(|retry| retry.timeout);
        let of_route = route.timeouts.iter().map(|timeout| Spanned::new(timeout.duration, timeout.span));
        for timeout in of_route.chain(of_try).filter(|timeout| timeout.millis() == 0) {
            let diagnostic = Diagnostic::new(&ZERO_TIMEOUT, timeout.span, "the mesh takes this for no timeout at all");
            report.push(diagnostic.help("leave it out, or write how long it may take"));
        }
    }
}
