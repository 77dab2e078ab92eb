//! A route that a wider one before it takes everything from.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::pairs::{self, Pair};
use crate::mesh::{Mesh, Port, Route};
use crate::value::Method;

codes! {
    UNREACHABLE_ROUTE = "unreachable-route", Error, "a route that no request reaches",
        "A proxy takes the first route that matches. Where an earlier one matches everything that this one does, its timeout, \
         its retry and its callers do nothing. (linkerd2-proxy, linkerd/http/route and service-profiles)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.callees().flat_map(|callee| callee.ports().iter()).for_each(|port| check(port, report));
}

fn check(port: &Port, report: &mut Report) {
    let mut unreachable: Option<&Route> = None;
    pairs::each(&port.routes, |pair| {
        let Pair { first, other, .. } = pair;
        // The pairs of a route follow each other; the first that takes all of it is named.
        if unreachable.is_some_and(|route| std::ptr::eq(route, *other)) || !takes_all(pair) {
            return;
        }
        unreachable = Some(other);
        let message = format!("`{}` takes every request of `{}`", first.name, other.name);
        let diagnostic =
            Diagnostic::new(&UNREACHABLE_ROUTE, other.path.span, message).also(first.path.span, "this one comes first");
        report.push(diagnostic.help("leave it out, or make the first one narrower"));
    });
}

/// Two routes that are the same are reported as such: see `duplicate_route`.
fn takes_all(pair: &Pair<'_, '_>) -> bool {
    let Pair { first, other, .. } = pair;
    let takes_method = first.method == other.method || first.method == Method::Any;
    takes_method && first.path.literal().is_none() && first.path != other.path && pair.is_covered()
}
