//! A retried route whose requests are too large to be kept for another try.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh};
use crate::upstream::linkerd;

codes! {
    RETRIED_BODY = "retried-body", Warning, "a retried route whose requests are too large to be tried again",
        "The proxy keeps at most 64 KiB of a request to send it again. A larger one is sent once, whatever the route says: \
         the retries that somebody counts on never happen. (linkerd2-proxy, app/outbound/src/http/retry.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let large = route.max_body.as_ref().filter(|body| body.nanos > linkerd::MOST_RETRIED_BODY);
        if let Some((body, retry)) = large.zip(route.retry.as_ref()) {
            let message = format!("requests of `{}` over 64Ki are never tried again", route.name);
            let diagnostic = Diagnostic::new(&RETRIED_BODY, retry.span, message).also(body.span, "so large they may be");
            report.push(diagnostic.help("leave `retry` out, or let the caller send less at a time"));
        }
    }
}
