//! A timeout that is over before what is called has to answer.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::graph::{Node, Origin, Walk};
use crate::spanned::Span;

codes! {
    CALLER_GIVES_UP = "caller-gives-up", Warning, "a timeout that is over before what is called has to answer",
        "The caller has given up, and the work below goes on for nobody: under load that is the beginning of a pile-up. A \
         timeout counts its retries in; a client library's own tries each begin it anew. (linkerd.io, reference/timeouts)";
}

/// How long a call may take at most, by which path, and where the timeout is set that says so.
#[derive(Clone)]
struct Worst {
    millis: u64,
    path: String,
    set: Span,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut walk = Walk::new(mesh, worst);
    for origin in mesh.origins() {
        let Origin::Node(node) = origin else { continue };
        let Some(timeout) = node.route.and_then(|route| route.timeout) else { continue };
        let longest = walk.below(origin.calls()).into_iter().max_by_key(|(_, worst)| worst.millis);
        let Some((call, worst)) = longest else { continue };
        let millis = worst.millis.saturating_mul(origin.sends());
        if millis <= u64::from(timeout.millis()) {
            continue;
        }
        let tries =
            if origin.sends() > 1 { format!(", sent {} times by its own client,", origin.sends()) } else { String::new() };
        let message =
            format!("`{}` gives up after {timeout}, but `{}`{tries} may take {}", node.name(), worst.path, seconds(millis));
        let diagnostic = Diagnostic::new(&CALLER_GIVES_UP, timeout.span, message).also(call.written.span, "called here");
        report.push(diagnostic.also(worst.set, "set here").help("give the caller more time, or what it calls less"));
    }
}

fn worst<'a>(node: Node<'a>, below: Vec<(&'a crate::mesh::Call, Worst)>) -> Option<Worst> {
    let own = node.routes().filter_map(|route| {
        let timeout = route.timeout?;
        let path = Node { route: Some(route), ..node }.name();
        Some(Worst { millis: u64::from(timeout.millis()), path, set: timeout.span })
    });
    if let Some(longest) = own.max_by_key(|worst| worst.millis) {
        return Some(longest);
    }
    let sends = Origin::Node(node).sends();
    below.into_iter().map(|(_, worst)| worst).max_by_key(|worst| worst.millis).map(|worst| Worst {
        millis: worst.millis.saturating_mul(sends),
        path: format!("{} → {}", node.name(), worst.path),
        ..worst
    })
}

fn seconds(millis: u64) -> String {
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}
