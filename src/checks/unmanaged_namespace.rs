//! A label for a namespace that is not ours to write.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Owner};

codes! {
    UNMANAGED_NAMESPACE = "unmanaged-namespace", Error, "a label for a namespace that is not ours to write",
        "With `manage = false` somebody else makes the Namespace, so its labels would be written nowhere.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for namespace in mesh.namespaces.iter().filter(|namespace| namespace.owner != Owner::Manifest) {
        if let Some(label) = namespace.labels.keys().next() {
            let message = format!("`{}` is not managed here, so nothing writes this label", namespace.name);
            report.push(
                Diagnostic::new(&UNMANAGED_NAMESPACE, label.span, message)
                    .help("leave the labels out, or leave `manage = false` out"),
            );
        }
    }
}
