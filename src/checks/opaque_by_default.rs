//! A port that Linkerd takes for opaque unless told otherwise.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, PortNumbers, Protocol};
use crate::upstream::linkerd;

codes! {
    OPAQUE_BY_DEFAULT = "opaque-by-default", Error, "a port that Linkerd takes for opaque unless told otherwise",
        "Linkerd takes the ports 25, 587, 3306, 4444, 5432, 6379, 9300 and 11211 for databases and the like and \
         does not look for HTTP on them: routes, retries and metrics would silently vanish. (linkerd2, \
         charts/linkerd-control-plane/values.yaml)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for port in mesh.apps.iter().filter(|app| app.namespace.inject).flat_map(|app| &app.ports) {
        let PortNumbers { service, container } = port.numbers.value;
        let listed = [service, container].into_iter().find(|number| linkerd::OPAQUE_PORTS.contains(number));
        let Some(number) = listed.filter(|_| port.protocol.value == Protocol::Detect) else { continue };
        let message = format!("Linkerd detects nothing on port {number}: it takes it for opaque");
        let help = "say what is spoken, such as `protocol = \"http1\"` or `protocol = \"opaque\"`, or use another port";
        report.push(Diagnostic::new(&OPAQUE_BY_DEFAULT, port.numbers.span, message).help(help));
    }
}
