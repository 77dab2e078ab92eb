//! An annotation of Linkerd's that Linkerd does not know.

use crate::diagnostic::{Diagnostic, Report, as_key, codes};
use crate::mesh::{Mesh, Pod};
use crate::spanned::Spanned;
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
    for key in pod.annotations.keys().filter(|key| linkerd::owns(key) && !is_known(key)) {
        report.push(unknown(key));
    }
}

fn is_known(key: &str) -> bool {
    let reserved = linkerd::RESERVED_ANNOTATIONS.iter().map(|(key, _)| *key);
    linkerd::POD_ANNOTATIONS.iter().map(|(key, _)| *key).chain(reserved).any(|known| known == key)
}

/// Only the name behind the slash is compared: the prefix is the larger part of every key, and alike in all.
fn unknown(key: &Spanned<String>) -> Diagnostic {
    let (prefix, name) = key.split_once('/').unwrap_or(("", key));
    let names = linkerd::POD_ANNOTATIONS.iter().filter_map(|(known, _)| known.split_once('/'));
    let of_prefix = names.filter(|(known, _)| *known == prefix).map(|(_, name)| name);
    let message = format!("Linkerd reads no annotation `{key}` on a pod");
    let diagnostic = Diagnostic::new(&UNKNOWN_ANNOTATION, key.span, message);
    let diagnostic = diagnostic.help_with_names(name, of_prefix, "annotations", |near| as_key(&format!("{prefix}/{near}")));
    if diagnostic.suggestion.is_some() {
        return diagnostic;
    }
    diagnostic.help("remove it; linkerd.io/2/reference/proxy-configuration lists the annotations that Linkerd reads")
}
