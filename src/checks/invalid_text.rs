//! A text that a container cannot be started with.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Handler, Mesh, Pod};
use crate::spanned::{Span, Spanned};
use crate::value::EnvValue;

codes! {
    INVALID_TEXT = "invalid-text", Error, "a text that a container cannot be started with",
        "A program's arguments and its environment end at a NUL byte (execve(2)). Kubernetes accepts it, and the container never \
         starts.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
    for probe in mesh.apps.iter().flat_map(|app| app.probes()) {
        if let Handler::Exec(command) = &probe.handler {
            command.iter().for_each(|word| check_text(word, probe.span, report));
        }
    }
}

fn check(pod: &Pod, report: &mut Report) {
    for word in pod.command.iter().chain(&pod.args) {
        check_text(word, word.span, report);
    }
    for (_, value) in &pod.env {
        let Spanned { value: EnvValue::Text(text), span } = value else { continue };
        check_text(text, *span, report);
    }
}

fn check_text(text: &str, span: Span, report: &mut Report) {
    if text.contains('\0') {
        report.push(Diagnostic::new(&INVALID_TEXT, span, "this text holds a NUL character").help("remove the `\\u0000`"));
    }
}
