//! A caller's limit above that of all callers.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, RateLimit};

codes! {
    RATE_LIMIT_OVER_TOTAL = "rate-limit-over-total", Error, "a caller's limit that is larger than that of all together",
        "Linkerd's webhook refuses it, and the larger number could never be reached. (linkerd2, \
         policy-controller/runtime/src/admission.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let limits = mesh.apps.iter().flat_map(|app| app.ports.iter()).filter_map(|port| port.rate_limit.as_ref());
    limits.for_each(|limit| check(limit, report));
}

fn check(limit: &RateLimit, report: &mut Report) {
    let Some(total) = limit.total else { return };
    let of_one = limit.per_caller.iter().chain(limit.overrides.iter().map(|one| &one.rate));
    for rate in of_one.filter(|rate| rate.value.0 > total.value.0) {
        let message = format!("{} a second for one caller, and {} for all", rate.value.0, total.value.0);
        let diagnostic = Diagnostic::new(&RATE_LIMIT_OVER_TOTAL, rate.span, message).also(total.span, "for all");
        report.push(diagnostic.help("raise the total, or lower this"));
    }
}
