//! What is said of requests on a port where, by its number, TLS is spoken.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::Protocol;

codes! {
    ROUTES_BEHIND_TLS = "routes-behind-tls", Warning, "routes on port 443, where the proxy most likely sees TLS",
        "A client that speaks https encrypts before its proxy reads, and a proxy sees connections then, not requests: routes, \
         timeouts, retries and per-route callers are accepted and never met. Port 443 is https unless somebody says otherwise. \
         (IANA's registry of port numbers; linkerd2-proxy, app/outbound/src/protocol.rs)";
}

const HTTPS: u16 = 443;

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let at_https = mesh.callees().filter(|callee| callee.ports().main.numbers.value.service == HTTPS);
    for callee in at_https.filter(|callee| callee.ports().main.protocol.value == Protocol::Detect) {
        if let Some(span) = callee.first_of_requests() {
            let message = "the proxy does not see requests that the client encrypts";
            let diagnostic = Diagnostic::new(&ROUTES_BEHIND_TLS, span, message);
            let diagnostic = diagnostic.also(callee.ports().main.numbers.span, "the port of https");
            report.push(diagnostic.help(
                "say `protocol = \"tls\"` and leave this out: time and tries are the client's then; \
                 or say `protocol = \"http1\"` if plain HTTP is spoken there",
            ));
        }
    }
}
