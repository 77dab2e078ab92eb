//! A retry budget that the proxy would drop.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::upstream::linkerd;

codes! {
    RETRY_BUDGET_RANGE = "retry-budget-range", Error, "a retry budget that the proxy would drop",
        "Linkerd's proxy drops a budget whose ratio is above 1000 or whose ttl is not within 1s and 60s, and with \
         it every retry, with a line in its log. (linkerd2-proxy, linkerd/service-profiles/src/proto.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for budget in mesh.apps.iter().filter_map(|app| app.retry_budget) {
        if budget.ratio.0 > linkerd::BUDGET_RATIO_MOST {
            let diagnostic = Diagnostic::new(&RETRY_BUDGET_RANGE, budget.ratio.span, "the proxy takes a ratio of at most 1000");
            report.push(diagnostic.help("write a share of the requests, such as `ratio = 0.2`"));
        }
        if !linkerd::BUDGET_TTL_MILLIS.contains(&budget.ttl.millis()) {
            let diagnostic = Diagnostic::new(&RETRY_BUDGET_RANGE, budget.ttl.span, "the proxy counts over 1 to 60 seconds");
            report.push(diagnostic.help("write a duration in that range, such as `ttl = \"10s\"`"));
        }
    }
}
