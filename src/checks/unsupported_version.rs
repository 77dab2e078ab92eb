//! A version that mlmesh does not compile for.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    UNSUPPORTED_VERSION = "unsupported-version", Error, "a version that mlmesh does not compile for",
        "Linkerd serves Server v1beta3, without which there is no access policy, since 2.16; Kubernetes knows \
         every field that is written here since 1.27.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (product, version) in mesh.cluster.products() {
        if !product.is_supported(version.value) {
            let message = format!("mlmesh does not compile for {} {version}", product.name);
            let diagnostic = Diagnostic::new(&UNSUPPORTED_VERSION, version.span, message);
            report.push(diagnostic.help(format!("use a version from {}", product.range())));
        }
    }
}
