//! Two ports of one app with one number or one name.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh, Port};
use crate::spanned::Span;

codes! {
    DUPLICATE_PORT = "duplicate-port", Error, "two ports with one number or one name",
        "A Service with two ports of one number is refused, and a container cannot listen twice on one port.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for ports in mesh.callees().map(Callee::ports) {
        for (at, port) in ports.iter().enumerate() {
            report.extend(ports.iter().take(at).filter_map(|other| clash(port, other)));
        }
    }
}

fn clash(port: &Port, other: &Port) -> Option<Diagnostic> {
    // A number that could not be read is 0, which was reported.
    let are_known = port.numbers.service != 0 && other.numbers.service != 0;
    let (same, span): (_, Span) = if other.name == port.name {
        ("name", port.name.span)
    } else if are_known && other.numbers.service == port.numbers.service {
        ("service number", port.numbers.span)
    } else if are_known && other.numbers.container == port.numbers.container {
        ("container number", port.numbers.span)
    } else {
        return None;
    };
    let diagnostic = Diagnostic::new(&DUPLICATE_PORT, span, format!("the {same} of two ports is the same"));
    Some(diagnostic.also(other.numbers.span, "the other one").help("give one of them another"))
}
