//! A label or an annotation that mlmesh writes itself.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::{istio, linkerd};

codes! {
    RESERVED_ANNOTATION = "reserved-annotation", Error, "a label or an annotation that mlmesh writes itself",
        "Two writers of one key would contradict each other; and the annotations that take a port past the proxy \
         take it past its policies too. The language has a word for what they do.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
    for namespace in &mesh.namespaces {
        namespace.labels.keys().filter_map(|key| Some((key, reserved(key, &istio::RESERVED)?))).for_each(|(key, instead)| {
            let message = format!("mlmesh writes the label `{key}` itself");
            report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help(instead));
        });
    }
}

fn check(pod: &Pod, report: &mut Report) {
    for key in pod.annotations.keys() {
        let instead = reserved(key, &linkerd::RESERVED_ANNOTATIONS).or_else(|| reserved(key, &istio::RESERVED));
        if let Some(instead) = instead {
            let message = format!("`{key}` is not for a manifest to set");
            report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help(instead));
        }
    }
    for key in pod.labels.keys() {
        let of_ours = SELECTED.contains(&key.as_str()) || linkerd::owns(key);
        let instead = of_ours.then_some("choose another key").or_else(|| reserved(key, &istio::RESERVED));
        if let Some(instead) = instead {
            let message = format!("mlmesh writes the label `{key}` itself");
            report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help(instead));
        }
    }
}

/// What to say in place of a key of this list.
fn reserved(key: &str, list: &[(&str, &'static str)]) -> Option<&'static str> {
    list.iter().find(|(reserved, _)| *reserved == key).map(|(_, instead)| *instead)
}

/// The labels that Services, Deployments and Servers select by.
const SELECTED: [&str; 2] = ["app", "version"];
