//! Two services outside that are one host.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{ExternalService, Mesh};

codes! {
    HOST_TAKEN = "host-taken", Error, "two services outside that are one host and port",
        "Their routes would be in two objects that match the same requests of one namespace, and of two such objects the \
         proxy takes the older one, which differs from cluster to cluster. (linkerd2-proxy, linkerd/http/route/src/lib.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (at, outside) in mesh.external.iter().enumerate() {
        if let Some(first) = mesh.external[..at].iter().find(|other| is_same(other, outside)) {
            let message = format!("`{}` is this host and port too", first.name);
            let diagnostic = Diagnostic::new(&HOST_TAKEN, outside.host.span, message).also(first.host.span, "the other one");
            report.push(diagnostic.help("write the routes of both into one table"));
        }
    }
}

/// Whether the routes of two hosts stand beside each other. A port of 0 could not be read.
fn is_same(one: &ExternalService, other: &ExternalService) -> bool {
    let [port, other_port] = [one, other].map(|outside| outside.ports.main.numbers.value.service);
    one.host == other.host && port == other_port && port != 0 && one.called_from.iter().any(|from| other.is_called_from(from))
}
