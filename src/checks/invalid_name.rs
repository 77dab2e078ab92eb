//! A name that Kubernetes would refuse.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::names::{self, Grammar};
use crate::upstream::kubernetes;

codes! {
    INVALID_NAME = "invalid-name", Error, "a name that Kubernetes would refuse",
        "A name becomes the name of a Service, so it is an RFC 1035 label: lowercase letters, digits and hyphens, a \
         letter first, no hyphen last. (apimachinery, pkg/util/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (grammar, name) in names::written(mesh) {
        let is_valid = match grammar {
            Grammar::Label => kubernetes::is_label(name),
            Grammar::LabelEnd => kubernetes::is_label_end(name),
            Grammar::Route => kubernetes::is_label_end(&kubernetes::to_label_end(name)),
            Grammar::Subdomain => kubernetes::is_subdomain(name),
        };
        if !is_valid {
            let (message, help) = words(grammar, name);
            report.push(Diagnostic::new(&INVALID_NAME, name.span, message).help(help));
        }
    }
}

fn words(grammar: Grammar, name: &str) -> (String, &'static str) {
    match grammar {
        Grammar::Label | Grammar::LabelEnd | Grammar::Subdomain => (
            format!("`{name}` is no name that Kubernetes takes"),
            "write lowercase letters, digits and hyphens, a letter first and no hyphen last",
        ),
        Grammar::Route => (
            format!("`{name}` is not a valid name of a route"),
            "use letters, digits and hyphens, with a letter or digit at either end",
        ),
    }
}
