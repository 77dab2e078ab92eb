//! A label or an annotation that Kubernetes would refuse.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Labels, Mesh};
use crate::upstream::kubernetes;

codes! {
    INVALID_LABEL = "invalid-label", Error, "a label or an annotation that Kubernetes would refuse",
        "A key is a name with an optional domain; a label's value has at most 63 letters, digits, `-`, `_` and \
         `.`, a letter or digit at either end. The API server refuses the object otherwise. (apimachinery, \
         pkg/util/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for namespace in &mesh.namespaces {
        check(&namespace.labels, true, report);
    }
    for pod in mesh.pods() {
        check(&pod.labels, true, report);
        check(&pod.annotations, false, report);
    }
}

fn check(written: &Labels, values_are_labels: bool, report: &mut Report) {
    for (key, value) in written {
        if !kubernetes::is_metadata_key(key) {
            let message = format!("`{}` is no key that Kubernetes takes", key.value.escape_debug());
            report.push(Diagnostic::new(&INVALID_LABEL, key.span, message).help("write a name, or a domain, a slash and a name"));
        }
        if values_are_labels && !kubernetes::is_label_value(value) {
            let message = format!("`{}` is no value that a label can have", value.value.escape_debug());
            let help = "write at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at either end";
            report.push(Diagnostic::new(&INVALID_LABEL, value.span, message).help(help));
        }
    }
}
