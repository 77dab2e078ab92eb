//! Two routes with one method and one path.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Route};
use crate::value::Method;

codes! {
    DUPLICATE_ROUTE = "duplicate-route", Error, "two routes with one method and one path",
        "Of two routes that match alike, a ServiceProfile takes the first and Linkerd's policies the older \
         object: one of the two would be ignored, and which one could change from cluster to cluster. \
         (linkerd2-proxy, linkerd/http/route/src/lib.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.callees().flat_map(|callee| callee.ports().iter()).for_each(|port| check(&port.routes, report));
}

fn check(routes: &[Route], report: &mut Report) {
    let mut first_of: BTreeMap<(Method, String), &Route> = BTreeMap::new();
    for route in routes {
        match first_of.entry((route.method, route.path.to_string())) {
            Entry::Vacant(free) => {
                free.insert(route);
            }
            Entry::Occupied(first) => {
                let first = first.get();
                let message = format!("`{}` and `{}` match the same requests", first.name, route.name);
                let diagnostic =
                    Diagnostic::new(&DUPLICATE_ROUTE, route.path.span, message).also(first.path.span, "the other one");
                report.push(diagnostic.help("keep one of the two, or give one another method or path"));
            }
        }
    }
}
