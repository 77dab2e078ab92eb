//! A container that asks for more than it may use.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};

codes! {
    REQUESTS_OVER_LIMITS = "requests-over-limits", Error, "a container that asks for more than it may use",
        "The API server refuses a container whose request is larger than its limit. (kubernetes, \
         pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (resource, request) in &pod.requests {
        let Some(limit) = pod.limits.get(resource.as_str()).filter(|limit| limit.value.nanos < request.value.nanos) else {
            continue;
        };
        let message = format!("`{}` of {resource} is asked for, but only `{}` may be used", request.value.text, limit.value.text);
        let diagnostic = Diagnostic::new(&REQUESTS_OVER_LIMITS, request.span, message).also(limit.span, "the limit");
        report.push(diagnostic.help("raise the limit, or ask for less"));
    }
}
