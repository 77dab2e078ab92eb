//! A domain, a namespace or an account that cannot be in an identity.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, NameKind};
use crate::upstream::kubernetes;

codes! {
    INVALID_DOMAIN = "invalid-domain", Error, "a domain, a namespace or an account that cannot be in an identity",
        "The cluster's domain is part of the name of every ServiceProfile, and the trust domain, the namespace and the account are \
         parts of every identity. A domain and an account are DNS subdomains, a namespace is a single label. (linkerd2, \
         policy-controller/runtime/src/validation.rs; apimachinery, pkg/util/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (kind, name) in &mesh.cluster.written_names {
        let (is_valid, what, help) = match kind {
            NameKind::Domain => (kubernetes::is_subdomain(name), "domain", "use lowercase letters, digits, hyphens and dots"),
            NameKind::Account => {
                (kubernetes::is_subdomain(name), "name of a service account", "use lowercase letters, digits, hyphens and dots")
            }
            NameKind::Namespace => {
                let is_label = kubernetes::is_label_end(name) && name.len() <= kubernetes::LABEL_LENGTH;
                (is_label, "name of a namespace", "use at most 63 lowercase letters, digits and hyphens")
            }
        };
        if !is_valid {
            let message = format!("`{name}` is not a valid {what}");
            report.push(Diagnostic::new(&INVALID_DOMAIN, name.span, message).help(help));
        }
    }
}
