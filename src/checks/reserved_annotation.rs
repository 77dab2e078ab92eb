//! A label or an annotation that mlmesh writes itself.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::linkerd;

codes! {
    RESERVED_ANNOTATION = "reserved-annotation", Error, "a label or an annotation that mlmesh writes itself",
        "Two writers of one key would contradict each other; and the annotations that take a port past the proxy \
         take it past its policies too. The language has a word for what they do.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for key in pod.annotations.keys() {
        let reserved = linkerd::RESERVED_ANNOTATIONS.iter().find(|(reserved, _)| *reserved == key.value);
        if let Some((_, instead)) = reserved {
            let message = format!("`{key}` is not for a manifest to set");
            report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help(*instead));
        }
    }
    for key in pod.labels.keys().filter(|key| SELECTED.contains(&key.as_str()) || linkerd::owns(key)) {
        let message = format!("mlmesh writes the label `{key}` itself");
        report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help("choose another key"));
    }
}

/// The labels that Services, Deployments and Servers select by.
const SELECTED: [&str; 2] = ["app", "version"];
