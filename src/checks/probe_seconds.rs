//! A probe's time that Kubernetes cannot have.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, Probe};

codes! {
    PROBE_SECONDS = "probe-seconds", Error, "a probe's time that Kubernetes cannot have",
        "Kubernetes counts the times of a probe in whole seconds, and its period, its timeout and its thresholds \
         from 1 on. (kubernetes, pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.apps.iter().flat_map(App::probes).for_each(|probe| check(probe, report));
}

fn check(probe: &Probe, report: &mut Report) {
    let times = [(probe.initial_delay, 0), (probe.period, 1), (probe.timeout, 1)];
    for (time, least) in times.into_iter().filter_map(|(time, least)| time.map(|time| (time, least))) {
        if time.whole_seconds().is_none_or(|seconds| seconds < least) {
            let message = format!("Kubernetes counts this in whole seconds, from {least} on");
            report.push(Diagnostic::new(&PROBE_SECONDS, time.span, message).help("write whole seconds, such as \"2s\""));
        }
    }
    for threshold in
        [probe.failure_threshold, probe.success_threshold].into_iter().flatten().filter(|threshold| threshold.value == 0)
    {
        let diagnostic = Diagnostic::new(&PROBE_SECONDS, threshold.span, "Kubernetes counts this from 1 on");
        report.push(diagnostic.help("write at least 1"));
    }
}
