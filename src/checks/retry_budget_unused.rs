//! A retry budget where nothing is retried.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    RETRY_BUDGET_UNUSED = "retry-budget-unused", Warning, "a retry budget where nothing is retried",
        "A budget bounds retries; it makes none. A ServiceProfile that holds only a budget does nothing. \
         (linkerd2-proxy, app/outbound/src/http/logical/profile.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.routes().all(|route| route.retry.is_none())) {
        if let Some(budget) = app.retry_budget {
            let message = format!("no route of `{}` is retried", app.name);
            let diagnostic = Diagnostic::new(&RETRY_BUDGET_UNUSED, budget.span, message);
            report.push(diagnostic.help("say `retry = true` on a route, or leave the budget out"));
        }
    }
}
