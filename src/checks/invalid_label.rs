//! A label or an annotation that Kubernetes would refuse.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Labels, Mesh};
use crate::upstream::kubernetes::{self, PodSecurityLabel};

codes! {
    INVALID_LABEL = "invalid-label", Error, "a label or an annotation that Kubernetes would refuse",
        "A key is a name with an optional domain; a label's value has at most 63 letters, digits, `-`, `_` and \
         `.`, a letter or digit at either end. The API server refuses the object otherwise. (apimachinery, \
         pkg/util/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for namespace in &mesh.namespaces {
        check(&namespace.labels, true, report);
        check_pod_security(&namespace.labels, report);
    }
    for pod in mesh.pods() {
        check(&pod.labels, true, report);
        check(&pod.annotations, false, report);
        check_size(&pod.annotations, report);
    }
}

fn check(written: &Labels, values_are_labels: bool, report: &mut Report) {
    for (key, value) in written {
        if !kubernetes::is_metadata_key(key) {
            let message = format!("`{}` is no key that Kubernetes takes", key.value);
            report.push(Diagnostic::new(&INVALID_LABEL, key.span, message).help("write a name, or a domain, a slash and a name"));
        }
        if values_are_labels && !kubernetes::is_label_value(value) {
            let message = format!("`{}` is no value that a label can have", value.value);
            let help = "write at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at either end";
            report.push(Diagnostic::new(&INVALID_LABEL, value.span, message).help(help));
        }
    }
}

/// All annotations of an object together have a limit, not each of them.
fn check_size(annotations: &Labels, report: &mut Report) {
    let total: usize = annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
    let Some((key, value)) = annotations.iter().max_by_key(|(key, value)| key.len() + value.len()) else { return };
    if total > kubernetes::MAX_ANNOTATIONS {
        let message =
            format!("these annotations have {total} bytes together; Kubernetes accepts {}", kubernetes::MAX_ANNOTATIONS);
        let diagnostic = Diagnostic::new(&INVALID_LABEL, value.span, message).also(key.span, "the longest");
        report.push(diagnostic.help("move long texts to a ConfigMap"));
    }
}

fn check_pod_security(labels: &Labels, report: &mut Report) {
    for (key, value) in labels {
        let Some(label) = kubernetes::pod_security_label(key).filter(|label| !label.takes(value)) else { continue };
        let (span, message, help) = match label {
            PodSecurityLabel::Level => (
                value.span,
                format!("`{value}` is not a Pod Security level"),
                "use \"privileged\", \"baseline\" or \"restricted\"",
            ),
            PodSecurityLabel::Version => {
                (value.span, format!("`{value}` is not a version of the Pod Security Standards"), "use \"latest\" or \"v1.33\"")
            }
            PodSecurityLabel::Unknown => (
                key.span,
                format!("Kubernetes has no Pod Security label `{key}`"),
                "use `audit`, `warn`, `audit-version`, `warn-version` or `enforce-version` behind the slash",
            ),
        };
        report.push(Diagnostic::new(&INVALID_LABEL, span, message).help(help));
    }
}
