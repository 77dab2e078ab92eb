//! One request, two routes, different callers.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::pairs::{self, Pair};
use crate::mesh::{Access, App, Mesh, Port, ProbeRequest, Provider, Route, Who};
use crate::upstream::overlap::{Expression, Overlap};
use crate::value::Path;

codes! {
    AMBIGUOUS_ACCESS = "ambiguous-access", Error, "one request, two routes, different callers",
        "In a closed table each route has its own policy. Istio lets in whomever one of them admits. Linkerd takes the longest \
         match, then the one that names a method, and then the older object: which of two equal ones is older differs from \
         cluster to cluster. An expression is as long as the path that it matched, so it ties with the literal path. \
         (linkerd2-proxy, linkerd/http/route/src/http/match.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.namespace.inject) {
        app.ports.iter().filter(|port| port.is_closed()).for_each(|port| check_port(mesh, app, port, report));
    }
}

fn check_port(mesh: &Mesh, app: &App, port: &Port, report: &mut Report) {
    pairs::each(&port.routes, |pair| {
        // Istio lets in whomever any rule admits that matches, however specific it is.
        let undecided = match mesh.cluster.provider() {
            Provider::Linkerd => pair.is_tied(),
            Provider::Istio => pair.share_a_method(),
        };
        if undecided {
            check(port, pair, report);
        }
    });
    if mesh.cluster.provider() == Provider::Linkerd {
        app.probe_requests(port).for_each(|probe| check_probe(port, probe, report));
    }
}

/// A probe has a route of its own, unless one of the table is the same; everyone is let in there.
fn check_probe(port: &Port, probe: ProbeRequest<'_>, report: &mut Report) {
    let path = probe.path;
    let of_method = port.routes.iter().filter(|route| route.method == probe.method);
    if of_method.clone().any(|route| route.path.literal() == Some(path)) {
        return;
    }
    let literal = Expression::new(Path::literally(path).regex());
    for route in of_method.filter(|route| is_tied(&route.path, path, &literal)) {
        let message = format!("the probe of `{path}` matches `{}` too, which does not admit everyone", route.name);
        let diagnostic = Diagnostic::new(&AMBIGUOUS_ACCESS, probe.span, message).also(route.path.span, "this route");
        let method = probe.method.word();
        let help = format!("add a route for the probe, such as `health = {{ {method} = \"{path}\" }}`, or use another path");
        report.push(diagnostic.help(help));
    }
}

/// Whether a path ties with the one that is probed, whose expression is `literal`.
fn is_tied(path: &Path, probed: &str, literal: &Expression) -> bool {
    let prefix = path.is_everything() && probed != "/";
    !prefix && Expression::new(path.regex()).overlaps(literal) != Overlap::Never
}

fn check(port: &Port, pair: &Pair<'_, '_>, report: &mut Report) {
    let Pair { first, other, .. } = pair;
    if who(port, first) == who(port, other) || first.path == other.path && first.method == other.method {
        return;
    }
    let shown = match pair.overlap() {
        Overlap::Never => return,
        Overlap::Path(path) => {
            format!("`{path}` matches both `{}` and `{}`, which admit different callers", first.name, other.name)
        }
        Overlap::Unknown => {
            format!("`{}` and `{}` admit different callers, and may match one request", first.name, other.name)
        }
    };
    let diagnostic = Diagnostic::new(&AMBIGUOUS_ACCESS, other.path.span, shown).also(first.path.span, "the other one");
    report.push(diagnostic.help("give both the same callers, or paths that no request can share"));
}

fn who<'a>(port: &'a Port, route: &'a Route) -> Option<BTreeSet<&'a Who>> {
    match port.access_of(route) {
        Access::Only(callers) => Some(callers.iter().map(|caller| &caller.who).collect()),
        Access::Inbound(_) | Access::Default(_) => None,
    }
}
