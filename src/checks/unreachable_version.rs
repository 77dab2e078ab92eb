//! A version that no request reaches.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, AppKind, Mesh};

codes! {
    UNREACHABLE_VERSION = "unreachable-version", Warning, "a version that no request reaches",
        "Its pods run and cost what they cost: no split gives it a share, no rollout or variant leads to it, and it is not the \
         stable one. Only its own Service, called by name, answers from it.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in mesh.apps.iter().filter(|app| app.kind == AppKind::Model && app.routing.stable().is_some()) {
        for key in app.versions.iter().filter_map(|version| version.key.as_ref()).filter(|key| !is_reached(app, key)) {
            let message = format!("no request of `{}` reaches `{key}`", app.name);
            let diagnostic = Diagnostic::new(&UNREACHABLE_VERSION, key.span, message);
            report.push(diagnostic.help("give it a weight in `split` or a variant, or take it out"));
        }
    }
}

/// A split that names it with weight 0 says that this is meant, as step 0 of a rollout does.
fn is_reached(app: &App, key: &str) -> bool {
    let stable = app.routing.stable() == Some(key);
    let mirrors = app.mirror.as_ref().is_some_and(|mirror| mirror.version.as_str() == key);
    let by_header = app.variants.iter().any(|variant| variant.version == key);
    stable
        || mirrors
        || by_header
        || app.routing.split().into_iter().flat_map(|split| &split.weights).any(|(version, _)| version == key)
}
