//! A value that Linkerd cannot read.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::linkerd;

codes! {
    INVALID_ANNOTATION_VALUE = "invalid-annotation-value", Error, "a value that Linkerd cannot read",
        "The injector logs a value that it cannot read and goes on without it. (linkerd2, pkg/inject)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (key, value) in &pod.annotations {
        let grammar = linkerd::POD_ANNOTATIONS.iter().find(|(name, _)| *name == key.value).map(|(_, grammar)| grammar);
        if let Some(grammar) = grammar.filter(|grammar| !grammar.takes(value)) {
            let message = format!("Linkerd would ignore `{}` here", value.value);
            let diagnostic = Diagnostic::new(&INVALID_ANNOTATION_VALUE, value.span, message).also(key.span, "the annotation");
            report.push(diagnostic.help(format!("write {}", grammar.expected())));
        }
    }
}
