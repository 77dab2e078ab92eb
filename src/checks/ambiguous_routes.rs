//! One request, two routes, different terms.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::pairs::{self, Pair};
use crate::mesh::{Mesh, Route};
use crate::upstream::overlap::Overlap;

codes! {
    AMBIGUOUS_ROUTES = "ambiguous-routes", Warning, "one request, two routes, and neither is the more specific",
        "mlmesh puts the route first whose literal text goes on for longer, and a proxy takes the first that matches. Which \
         timeout such a request gets hangs on that order, which a reader of the table hardly sees.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for port in mesh.callees().flat_map(|callee| callee.ports().iter()) {
        pairs::each(&port.routes, |pair| check(pair, report));
    }
}

fn check(pair: &Pair<'_, '_>, report: &mut Report) {
    let Pair { first, other, .. } = pair;
    let narrow = first.path.literal().is_some() || other.path.literal().is_some();
    let same = first.path == other.path || terms(first) == terms(other);
    if !pair.share_a_method() || narrow || same {
        return;
    }
    let message = match pair.overlap() {
        Overlap::Never => return,
        Overlap::Path(_) | Overlap::Unknown if pair.is_nested() => return,
        Overlap::Path(path) => format!("`{path}` matches both `{}` and `{}`; `{0}` takes it", first.name, other.name),
        Overlap::Unknown => {
            format!("cannot tell whether `{}` and `{}` match one request; `{0}` would take it", first.name, other.name)
        }
    };
    let diagnostic = Diagnostic::new(&AMBIGUOUS_ROUTES, other.path.span, message).also(first.path.span, "the first one");
    report.push(diagnostic.help("give both the same terms, or paths that no request can share"));
}

fn terms(route: &Route) -> impl PartialEq {
    let retry = route.retry.as_ref().map(|retry| (retry.conditions(), retry.times(), retry.timeout));
    (route.timeouts, retry)
}
