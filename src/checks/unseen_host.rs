//! A host whose connections are encrypted before the proxy sees them.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    UNSEEN_HOST = "unseen-host", Note, "a host whose connections are encrypted before the proxy sees them",
        "Of a connection that its client encrypts the proxy sees no request, so that nothing is written for the host: its calls are \
         known to mlmesh, and the mesh does nothing about them. (linkerd2-proxy, app/outbound/src/protocol.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for outside in mesh.external.iter().filter(|outside| !outside.called_from.is_empty()) {
        let port = &outside.ports.main;
        if !port.has_requests() {
            let message = format!("nothing is written for `{}`: its callers encrypt what they send", outside.name);
            let diagnostic = Diagnostic::new(&UNSEEN_HOST, outside.host.span, message).also(port.protocol.span, "set here");
            report.push(diagnostic.help("set timeouts and retries in the client, or let it speak plain HTTP to the proxy"));
        }
    }
}
