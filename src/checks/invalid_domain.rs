//! A DNS name that is none.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::upstream::kubernetes;

codes! {
    INVALID_DOMAIN = "invalid-domain", Error, "a DNS name that is none",
        "The cluster's domain is part of the name of every ServiceProfile and the trust domain part of every \
         identity; both are lowercase DNS names. (linkerd2, policy-controller/runtime/src/validation.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for name in &mesh.cluster.written_names {
        if !kubernetes::is_subdomain(name) {
            let message = format!("`{}` is no DNS name", name.value);
            report.push(
                Diagnostic::new(&INVALID_DOMAIN, name.span, message).help("write lowercase letters, digits, hyphens and dots"),
            );
        }
    }
}
