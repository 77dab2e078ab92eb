//! A rate limit without a number.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    EMPTY_RATE_LIMIT = "empty-rate-limit", Error, "a rate limit that limits nothing",
        "Without a number the policy would be there and let everything pass.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let limits = mesh.apps.iter().flat_map(|app| app.ports.iter()).filter_map(|port| port.rate_limit.as_ref());
    let empty = limits.filter(|limit| limit.total.is_none() && limit.per_caller.is_none() && limit.overrides.is_empty());
    report.extend(empty.map(|limit| {
        let diagnostic = Diagnostic::new(&EMPTY_RATE_LIMIT, limit.span, "this limits nothing");
        diagnostic.help("write `total = 100` or `per-caller = 20`")
    }));
}
