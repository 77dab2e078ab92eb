//! A route that a wider one before it takes everything from.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Method, Route};
use crate::upstream::overlap::Expression;

codes! {
    UNREACHABLE_ROUTE = "unreachable-route", Error, "a route that no request reaches",
        "A proxy takes the first route that matches. Where an earlier one matches everything that this one does, its timeout, \
         its retry and its callers do nothing. (linkerd2-proxy, linkerd/http/route and service-profiles)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.callees() {
        let expressions = app.expressions();
        let routes: Vec<(&Route, &Expression)> = app.routes.iter().zip(&expressions).collect();
        for (at, route) in routes.iter().enumerate() {
            if let Some((first, _)) = routes[..at].iter().find(|first| takes_all(**first, *route)) {
                let (route, _) = route;
                let message = format!("`{}` takes every request of `{}`", first.name, route.name);
                let diagnostic =
                    Diagnostic::new(&UNREACHABLE_ROUTE, route.path.span, message).also(first.path.span, "this one comes first");
                report.push(diagnostic.help("leave it out, or make the first one narrower"));
            }
        }
    }
}

/// Two routes that are the same are reported as such: see `duplicate_route`.
fn takes_all((first, wide): (&Route, &Expression), (route, narrow): (&Route, &Expression)) -> bool {
    let method = first.method == route.method || first.method == Method::Any;
    let possible = first.path.literal().is_none() && first.path != route.path && first.path.may_share(&route.path);
    method && possible && wide.covers(narrow) == Some(true)
}
