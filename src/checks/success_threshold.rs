//! A liveness or startup probe that must succeed more than once.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, ProbeKind};

codes! {
    SUCCESS_THRESHOLD = "success-threshold", Error, "a liveness or startup probe that must succeed more than once",
        "One success is enough to be alive or started; the API server refuses any other number. (kubernetes, \
         pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for probe in mesh.apps.iter().flat_map(App::probes).filter(|probe| probe.kind != ProbeKind::Readiness) {
        if let Some(threshold) = probe.success_threshold.filter(|threshold| threshold.value > 1) {
            let diagnostic =
                Diagnostic::new(&SUCCESS_THRESHOLD, threshold.span, "only a readiness probe can ask for several successes");
            report.push(diagnostic.help("leave it out"));
        }
    }
}
