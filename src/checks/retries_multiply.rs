//! Retries upon retries.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::graph::{Node, Origin, Walk};
use crate::mesh::{Call, Mesh, Route};

codes! {
    RETRIES_MULTIPLY = "retries-multiply", Warning, "retries at several places of one path, which multiply",
        "Each place that tries again multiplies what comes below it: three places that try twice make eight requests of one, \
         at the very moment when the last one is overloaded. More than four for one is reported. A ServiceProfile bounds \
         them by its retry budget alone. (linkerd.io, tasks/configuring-retries)";
}

/// So many requests may one become.
const MOST: u64 = 4;

/// What one call can become.
#[derive(Clone)]
struct Storm {
    requests: u64,
    /// The same without the retries of this call itself.
    inner: u64,
    path: String,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut walk = Walk::new(mesh, storm);
    // One list of calls may be that of several routes.
    let mut reported = BTreeSet::new();
    for origin in mesh.origins() {
        for (call, storm) in walk.below(origin.calls()) {
            let requests = storm.requests.saturating_mul(origin.sends());
            // Who calls this hears of it only if it is the one who makes it too much.
            if requests > MOST && storm.inner <= MOST && reported.insert(call.written.span) {
                let message = format!("one request can become {requests}: `{} → {}`", origin.name(), storm.path);
                let diagnostic = Diagnostic::new(&RETRIES_MULTIPLY, call.written.span, message);
                report.push(diagnostic.help("try again at one place of the path only, best next to what fails"));
            }
        }
    }
}

fn storm<'a>(node: Node<'a>, below: Vec<(&'a Call, Storm)>) -> Option<Storm> {
    let tries = node.routes().map(tries).max().unwrap_or(1);
    let worst = below.into_iter().map(|(_, storm)| storm).max_by_key(|storm| storm.requests);
    let times = if tries > 1 { format!(" ({tries} tries)") } else { String::new() };
    let (inner, rest) = match worst {
        Some(worst) => (worst.requests.saturating_mul(Origin::Node(node).sends()), format!(" → {}", worst.path)),
        None => (1, String::new()),
    };
    Some(Storm { requests: inner.saturating_mul(tries), inner, path: format!("{}{times}{rest}", node.name()) })
}

fn tries(route: &Route) -> u64 {
    route.retry.as_ref().map_or(1, |retry| u64::from(retry.times()) + 1)
}
