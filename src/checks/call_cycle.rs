//! Calls that lead back to where they began.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::graph::{Node, Origin};
use crate::mesh::{Call, Mesh};

codes! {
    CALL_CYCLE = "call-cycle", Warning, "calls that lead back to where they began",
        "A request that comes round is bounded by nothing but timeouts, and each retry on the way multiplies it. Two models \
         that wait for each other can also fill up each other's queues and stand still.";
}

/// A node on the way, and those of its calls that were not followed yet.
struct Visit<'a> {
    node: Node<'a>,
    by: &'a Call,
    calls: Vec<&'a Call>,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut done = BTreeSet::new();
    for origin in mesh.origins() {
        let Origin::Node(_) = origin else { continue };
        for call in origin.calls() {
            follow(mesh, call, &mut done, report);
        }
    }
}

/// Goes down from a call, depth first; the way is kept in a list of its own, so that no mesh is too deep.
fn follow<'a>(mesh: &'a Mesh, call: &'a Call, done: &mut BTreeSet<(&'a str, Option<&'a str>)>, report: &mut Report) {
    let mut way: Vec<Visit<'_>> = visit(mesh, call).into_iter().filter(|visit| !done.contains(&visit.node.key())).collect();
    while let Some(last) = way.last_mut() {
        let Some(next) = last.calls.pop().and_then(|call| visit(mesh, call)) else {
            if last.calls.is_empty() {
                done.insert(last.node.key());
                way.pop();
            }
            continue;
        };
        if let Some(began) = way.iter().position(|visit| visit.node.key() == next.node.key()) {
            report.push(cycle(&way[began..], next.by));
        } else if !done.contains(&next.node.key()) {
            way.push(next);
        }
    }
}

fn visit<'a>(mesh: &'a Mesh, call: &'a Call) -> Option<Visit<'a>> {
    mesh.called_by(call).map(|node| Visit { node, by: call, calls: node.calls().collect() })
}

fn cycle(round: &[Visit<'_>], closing: &Call) -> Diagnostic {
    let names: Vec<String> = round.iter().chain(round.first()).map(|visit| visit.node.name()).collect();
    let mut diagnostic =
        Diagnostic::new(&CALL_CYCLE, closing.written.span, format!("these calls go round: `{}`", names.join(" → ")));
    for visit in &round[1..] {
        diagnostic = diagnostic.also(visit.by.written.span, "and this one");
    }
    diagnostic.help("let one of the two answer without asking the other, or name the routes that do")
}
