//! A rollout whose last step is not 100.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Rollout};

codes! {
    ROLLOUT_NEVER_COMPLETES = "rollout-never-completes", Warning, "a rollout whose last step is not 100",
        "Promotion would jump from the last weight to everything, without a step at which the new version alone was seen \
         to carry the load.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    report.extend(mesh.apps.iter().filter_map(|app| app.routing.rollout()).filter_map(check));
}

fn check(rollout: &Rollout) -> Option<Diagnostic> {
    let diagnostic = match rollout.steps.last() {
        None => Diagnostic::new(&ROLLOUT_NEVER_COMPLETES, rollout.span, "this rollout has no steps"),
        Some(Some(last)) if last.value < 100 => {
            let message = format!("the last step gives {last} percent, not 100");
            Diagnostic::new(&ROLLOUT_NEVER_COMPLETES, last.span, message)
        }
        Some(_) => return None,
    };
    Some(diagnostic.help("add a step `{ weight = 100 }`"))
}
