//! One request, two routes, different callers.

use crate::diagnostic::{Diagnostic, Report, codes};
use std::collections::BTreeSet;

use crate::mesh::{Access, App, Mesh, Path, Piece, Route, Who};
use crate::upstream::overlap::{Overlap, overlap};

codes! {
    AMBIGUOUS_ACCESS = "ambiguous-access", Error, "one request, two routes, different callers",
        "In a closed table each route has its own policy, and Linkerd takes the longest match, then the one that \
         names a method, and then the older object: which of two equal ones is older differs from cluster to \
         cluster. An expression is as long as the path that it matched, so it ties with the literal path. \
         (linkerd2-proxy, linkerd/http/route/src/http/match.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.is_closed() && app.namespace.inject) {
        for (at, route) in app.routes.iter().enumerate() {
            app.routes[..at].iter().for_each(|other| check(app, other, route, report));
        }
    }
}

fn check(app: &App, one: &Route, other: &Route, report: &mut Report) {
    let same_method = one.method == other.method;
    let decided = one.path == other.path || !same_method || is_prefix(one) != is_prefix(other);
    if decided || who(app, one) == who(app, other) {
        return;
    }
    let shown = match overlap(&one.path.regex(), &other.path.regex()) {
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
