//! Tries that do not fit into the timeout of the request.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh};

codes! {
    RETRY_NEVER_FITS = "retry-never-fits", Warning, "tries that do not fit into the timeout of the request",
        "The timeout of a route counts all its tries. Where one try may take so long that the last one has no time left, that \
         retry is never made, or is cut off. (linkerd.io, reference/retries)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let Some((timeout, retry)) = route.timeouts.request.zip(route.retry.as_ref()) else { continue };
        let Some(each) = retry.timeout else { continue };
        let tries = u64::from(retry.times()) + 1;
        if u64::from(each.millis()) * tries > u64::from(timeout.millis()) {
            let message = format!("{tries} tries of {each} do not fit into {timeout}");
            let diagnostic = Diagnostic::new(&RETRY_NEVER_FITS, each.span, message).also(timeout.span, "all tries together");
            report.push(diagnostic.help("give each try less, or the request more"));
        }
    }
}
