//! One request, two routes, different callers.

use crate::diagnostic::{Diagnostic, Report, codes};
use std::collections::BTreeSet;

use crate::mesh::{Access, App, Mesh, Method, Path, Piece, Route, Who};
use crate::spanned::Spanned;
use crate::upstream::overlap::{Expression, Overlap};

codes! {
    AMBIGUOUS_ACCESS = "ambiguous-access", Error, "one request, two routes, different callers",
        "In a closed table each route has its own policy, and Linkerd takes the longest match, then the one that \
         names a method, and then the older object: which of two equal ones is older differs from cluster to \
         cluster. An expression is as long as the path that it matched, so it ties with the literal path. \
         (linkerd2-proxy, linkerd/http/route/src/http/match.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.is_closed() && app.namespace.inject) {
        let expressions: Vec<Expression> = app.expressions();
        let routes: Vec<(&Route, &Expression)> = app.routes.iter().zip(&expressions).collect();
        for (at, route) in routes.iter().enumerate() {
            routes[..at].iter().for_each(|first| check(app, *first, *route, report));
        }
        app.probe_paths().for_each(|probe| check_probe(&routes, probe, report));
    }
}

/// A probe has a route of its own, unless one of the table is the same; everyone is let in there.
fn check_probe(routes: &[(&Route, &Expression)], probe: Spanned<&str>, report: &mut Report) {
    let path = probe.value;
    let gets = || routes.iter().filter(|(route, _)| route.method == Method::Get);
    if gets().any(|(route, _)| route.path.literal() == Some(path)) {
        return;
    }
    let literal = Expression::new(Path::literally(path).regex());
    for (route, _) in gets().filter(|(route, expression)| !is_prefix(route) && expression.overlaps(&literal) != Overlap::Never) {
        let message = format!("the probe of `{path}` matches `{}` too, which does not admit everyone", route.name);
        let diagnostic = Diagnostic::new(&AMBIGUOUS_ACCESS, probe.span, message).also(route.path.span, "this route");
        report
            .push(diagnostic.help(format!("give the probe a route, such as `health = {{ get = \"{path}\" }}`, or another path")));
    }
}

fn check(app: &App, (one, of_one): (&Route, &Expression), (other, of_other): (&Route, &Expression), report: &mut Report) {
    // A method decides between equal lengths, so it must not speak for the route that comes later.
    let contested = one.method == other.method || one.method == Method::Any;
    let decided = one.path == other.path || !contested || is_prefix(one) != is_prefix(other);
    if decided || !one.path.may_share(&other.path) || who(app, one) == who(app, other) {
        return;
    }
    let shown = match of_one.overlaps(of_other) {
        Overlap::Never => return,
        Overlap::Path(path) => {
            format!("`{path}` matches both `{}` and `{}`, which admit different callers", one.name, other.name)
        }
        Overlap::Unknown => format!("`{}` and `{}` admit different callers, and may match one request", one.name, other.name),
    };
    let diagnostic = Diagnostic::new(&AMBIGUOUS_ACCESS, other.path.span, shown).also(one.path.span, "the other one");
    report.push(diagnostic.help("give both the same callers, or paths that no request can share"));
}

/// `/{x*}` alone is a prefix of length 1, which any other match outranks.
fn is_prefix(route: &Route) -> bool {
    matches!(&route.path.value, Path::Template(template) if matches!(template.pieces.as_slice(), [Piece::Literal(root), Piece::Rest] if root == "/"))
}

fn who<'a>(app: &'a App, route: &'a Route) -> Option<BTreeSet<&'a Who>> {
    match app.access_of(route) {
        Access::Only(callers) => Some(callers.iter().map(|caller| &caller.who).collect()),
        Access::Inbound(_) => None,
    }
}
