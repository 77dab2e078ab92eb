//! An autoscaler on CPU without a request for CPU.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Replicas, Version};

codes! {
    AUTOSCALE_WITHOUT_REQUEST = "autoscale-without-request", Error, "an autoscaler on CPU without a request for CPU",
        "The target is a share of the CPU that the container asks for. Without a request there is nothing to take \
         a share of, and the autoscaler reports `missing request for cpu` and never scales.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for version in mesh.apps.iter().flat_map(|app| &app.versions) {
        check(version, report);
    }
}

fn check(version: &Version, report: &mut Report) {
    let Replicas::Auto(autoscale) = &version.scale.replicas else { return };
    if version.pod.requests.contains_key("cpu") || version.pod.limits.contains_key("cpu") {
        return;
    }
    let diagnostic =
        Diagnostic::new(&AUTOSCALE_WITHOUT_REQUEST, autoscale.cpu.span, "a share of no CPU at all: the container asks for none");
    report.push(diagnostic.help("add `resources = { requests = { cpu = \"500m\" } }`"));
}
