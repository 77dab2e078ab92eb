//! A timeout that is over before what is called has to answer.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::graph::{Node, Origin, Walk};
use crate::mesh::{Call, Mesh};
use crate::spanned::{Span, Spanned};
use crate::value::Duration;

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

/// A route whose timeout is over before that of the slowest of its calls.
struct Gap<'a> {
    node: Node<'a>,
    timeout: Spanned<Duration>,
    call: &'a Call,
    worst: Worst,
    millis: u64,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut walk = Walk::new(mesh, worst);
    // One list of calls may be that of several routes: the one that gives up first stands for them all.
    let mut gaps: BTreeMap<Span, (Gap<'_>, Vec<Span>)> = BTreeMap::new();
    for origin in mesh.origins() {
        let Origin::Node(node) = origin else { continue };
        let Some(gap) = gap(node, &mut walk) else { continue };
        match gaps.entry(gap.call.written.span) {
            Entry::Vacant(free) => drop(free.insert((gap, Vec::new()))),
            Entry::Occupied(mut first) => {
                let (shortest, others) = first.get_mut();
                let longer = if gap.timeout.value < shortest.timeout.value { std::mem::replace(shortest, gap) } else { gap };
                others.push(longer.timeout.span);
            }
        }
    }
    for (gap, others) in gaps.into_values() {
        let diagnostic = others.into_iter().fold(diagnostic(gap), |diagnostic, other| diagnostic.also(other, "this one too"));
        report.push(diagnostic);
    }
}

fn gap<'a>(node: Node<'a>, walk: &mut Walk<'a, Worst>) -> Option<Gap<'a>> {
    let timeout = node.route.and_then(|route| route.timeouts.request)?;
    let (call, worst) = walk.below(node.calls()).into_iter().max_by_key(|(_, worst)| worst.millis)?;
    let millis = worst.millis.saturating_mul(Origin::Node(node).sends());
    (millis > u64::from(timeout.millis())).then_some(Gap { node, timeout, call, worst, millis })
}

fn diagnostic(Gap { node, timeout, call, worst, millis }: Gap<'_>) -> Diagnostic {
    let sends = Origin::Node(node).sends();
    let tries = if sends > 1 { format!(", sent {sends} times by its own client,") } else { String::new() };
    let message = format!("`{}` gives up after {timeout}, but `{}`{tries} may take {}", node.name(), worst.path, seconds(millis));
    let diagnostic = Diagnostic::new(&CALLER_GIVES_UP, timeout.span, message).also(call.written.span, "called here");
    diagnostic.also(worst.set, "set here").help("raise the timeout of the caller, or lower that of what it calls")
}

fn worst<'a>(node: Node<'a>, below: Vec<(&'a Call, Worst)>) -> Option<Worst> {
    let own = node.routes().filter_map(|route| {
        let timeout = route.timeouts.request?;
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
