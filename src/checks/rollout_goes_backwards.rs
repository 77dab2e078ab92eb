//! A rollout that takes traffic away from the new version.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::spanned::Spanned;

codes! {
    ROLLOUT_GOES_BACKWARDS = "rollout-goes-backwards", Error, "a step that takes traffic away again",
        "A rollout moves requests from one version to the other. A step with less weight than the one before is a rollback, \
         which has a command of its own.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for rollout in mesh.apps.iter().filter_map(|app| app.routing.rollout()) {
        let weights: Vec<Spanned<u32>> = rollout.steps.iter().flatten().copied().collect();
        for (before, step) in weights.iter().zip(weights.iter().skip(1)).filter(|(before, step)| step.value < before.value) {
            let message = format!("this step goes back from {before} to {step}");
            let diagnostic = Diagnostic::new(&ROLLOUT_GOES_BACKWARDS, step.span, message).also(before.span, "the step before");
            report.push(diagnostic.help("let the weights rise, up to 100"));
        }
    }
}
