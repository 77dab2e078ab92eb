//! One request, two routes, different terms.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Method, Route};
use crate::upstream::overlap::{Expression, Overlap};

codes! {
    AMBIGUOUS_ROUTES = "ambiguous-routes", Warning, "one request, two routes, and neither is the more specific",
        "mlmesh puts the route first whose literal text goes on for longer, and a proxy takes the first that matches. Which \
         timeout such a request gets hangs on that order, and on another traffic API the order is another.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        let expressions = app.expressions();
        let routes: Vec<(&Route, &Expression)> = app.routes.iter().zip(&expressions).collect();
        for (at, route) in routes.iter().enumerate() {
            routes[..at].iter().for_each(|first| check(*first, *route, report));
        }
    }
}

fn check((first, one): (&Route, &Expression), (route, other): (&Route, &Expression), report: &mut Report) {
    let methods = first.method == route.method || [first.method, route.method].contains(&Method::Any);
    let narrow = first.path.literal().is_some() || route.path.literal().is_some();
    if !methods || narrow || first.path == route.path || same_terms(first, route) || !first.path.may_share(&route.path) {
        return;
    }
    if one.covers(other) == Some(true) || other.covers(one) == Some(true) {
        return;
    }
    let message = match one.overlaps(other) {
        Overlap::Never => return,
        Overlap::Path(path) => format!("`{path}` matches both `{}` and `{}`; `{0}` takes it", first.name, route.name),
        Overlap::Unknown => {
            format!("cannot tell whether `{}` and `{}` match one request; `{0}` would take it", first.name, route.name)
        }
    };
    let diagnostic = Diagnostic::new(&AMBIGUOUS_ROUTES, route.path.span, message).also(first.path.span, "the first one");
    report.push(diagnostic.help("give both the same terms, or paths that no request can share"));
}

fn same_terms(one: &Route, other: &Route) -> bool {
    let terms = |route: &Route| (route.timeout.map(|timeout| timeout.value), route.retry.is_some());
    terms(one) == terms(other)
}
