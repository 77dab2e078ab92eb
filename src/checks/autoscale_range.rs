//! An autoscaler with a range or a target that cannot be.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Replicas, Version};

codes! {
    AUTOSCALE_RANGE = "autoscale-range", Error, "an autoscaler with a range or a target that cannot be",
        "The API server refuses a HorizontalPodAutoscaler whose least number is above its most, that may scale to \
         nothing, or whose target is no whole percentage. (kubernetes, pkg/apis/autoscaling/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for version in mesh.apps.iter().flat_map(|app| &app.versions) {
        check(version, report);
    }
}

fn check(version: &Version, report: &mut Report) {
    let Replicas::Auto(autoscale) = &version.scale.replicas else { return };
    if autoscale.min.value > autoscale.max.value {
        let message = format!("at least {} pods, but at most {}", autoscale.min, autoscale.max);
        let diagnostic = Diagnostic::new(&AUTOSCALE_RANGE, autoscale.max.span, message).also(autoscale.min.span, "the least");
        report.push(diagnostic.help("let `max` be no less than `min`"));
    }
    if autoscale.min.value == 0 {
        let diagnostic = Diagnostic::new(&AUTOSCALE_RANGE, autoscale.min.span, "an autoscaler on CPU cannot start from nothing");
        report.push(diagnostic.help("let `min` be at least 1"));
    }
    if autoscale.cpu.whole_percent().is_none_or(|percent| percent == 0) {
        let diagnostic = Diagnostic::new(&AUTOSCALE_RANGE, autoscale.cpu.span, "the target is a whole percentage above 0");
        report.push(diagnostic.help("write one, such as `cpu = \"70%\"`"));
    }
}
