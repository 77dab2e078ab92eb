//! A rolling update that can replace nothing.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Version};

codes! {
    ROLLING_UPDATE_STUCK = "rolling-update-stuck", Error, "a rolling update that can replace nothing",
        "With neither a pod to spare nor one that may be missing, no pod can ever be replaced; the API server \
         refuses both at zero. (kubernetes, pkg/apis/apps/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for version in mesh.apps.iter().flat_map(|app| &app.versions) {
        check(version, report);
    }
}

fn check(version: &Version, report: &mut Report) {
    let Some(rolling) = version.scale.rolling_update else { return };
    let (Some(surge), Some(unavailable)) = (rolling.max_surge, rolling.max_unavailable) else { return };
    if surge.is_zero() && unavailable.is_zero() {
        let diagnostic = Diagnostic::new(&ROLLING_UPDATE_STUCK, unavailable.span, "no pod may be added, and none may be missing");
        report.push(diagnostic.also(surge.span, "none may be added").help("let one of the two be at least 1"));
    }
}
