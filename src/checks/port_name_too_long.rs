//! A port whose name Kubernetes refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::upstream::kubernetes;

codes! {
    PORT_NAME_TOO_LONG = "port-name-too-long", Error, "a port's name that Kubernetes would refuse",
        "The name of a container's port has at most 15 characters: lowercase letters, digits and single hyphens, with a \
         letter in it (an IANA service name, RFC 6335).";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let names = mesh.callees().flat_map(|callee| callee.ports().iter()).map(|port| &port.name);
    let wrong = names.filter(|name| !kubernetes::is_port_name(name) || name.len() > kubernetes::PORT_NAME_LENGTH);
    report.extend(wrong.map(|name| {
        let message = format!("`{}` is no name that a port can have", name.value);
        let help = "write at most 15 lowercase letters, digits and single hyphens, with a letter in it";
        Diagnostic::new(&PORT_NAME_TOO_LONG, name.span, message).help(help)
    }));
}
