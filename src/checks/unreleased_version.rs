//! A version that is newer than those that mlmesh knows.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    UNRELEASED_VERSION = "unreleased-version", Warning, "a version that is newer than those that mlmesh knows",
        "What a version accepts and ignores is known of those that were out when this mlmesh was made. A newer one is treated \
         as the newest of them, which may be right; or the number is a slip.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (product, version) in mesh.cluster.products() {
        if product.is_unreleased(version.value) {
            let message = format!("this mlmesh does not know {} {version}", product.name);
            let diagnostic = Diagnostic::new(&UNRELEASED_VERSION, version.span, message);
            report.push(diagnostic.help(format!("use a version from {}, or upgrade mlmesh", product.range())));
        }
    }
}
