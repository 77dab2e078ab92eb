//! An annotation of Linkerd's that Linkerd does not know.

use crate::diagnostic::{Diagnostic, Report, as_key, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::linkerd;

codes! {
    UNKNOWN_ANNOTATION = "unknown-annotation", Error, "an annotation of Linkerd's that Linkerd does not know",
        "Linkerd reads the keys it knows and never mentions the others, so a misspelt one does nothing. \
         (linkerd2, pkg/k8s/labels.go)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    let known = || linkerd::POD_ANNOTATIONS.iter().map(|(key, _)| *key);
    let reserved = |key: &str| linkerd::RESERVED_ANNOTATIONS.iter().any(|(reserved, _)| *reserved == key);
    for key in pod.annotations.keys().filter(|key| linkerd::owns(key) && !reserved(key)) {
        if !known().any(|name| name == key.value) {
            let message = format!("Linkerd knows no annotation `{key}` on a pod");
            report.push(Diagnostic::new(&UNKNOWN_ANNOTATION, key.span, message).help_with_names(
                key,
                known(),
                "what it knows",
                as_key,
            ));
        }
    }
}
