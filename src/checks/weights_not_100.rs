//! A split whose weights are not 100 together.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    WEIGHTS_NOT_100 = "weights-not-100", Error, "a split whose weights are not 100 together",
        "Weights are whole percent, so that a reader of the split sees what share each version gets. Linkerd \
         takes any numbers and looks at their ratio, so 80 and 10 would silently be 89 and 11 percent.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for split in mesh.apps.iter().filter_map(|app| app.routing.split()) {
        let sum: u32 = split.weights.iter().map(|(_, weight)| weight.value).sum();
        if sum == 100 {
            continue;
        }
        let message = format!("these weights are {sum} together, not 100");
        let diagnostic = Diagnostic::new(&WEIGHTS_NOT_100, split.span, message);
        let diagnostic = split
            .weights
            .iter()
            .fold(diagnostic, |diagnostic, (version, weight)| diagnostic.also(weight.span, format!("`{version}` gets {weight}")));
        report.push(diagnostic.help("weights are whole percent and sum to 100"));
    }
}
