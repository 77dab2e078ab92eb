//! A share of the requests for a version without pods.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, Version};

codes! {
    WEIGHT_WITHOUT_PODS = "weight-without-pods", Error, "a share of the requests for a version without pods",
        "A weight is a share of the requests, whether or not anybody is there to answer them: those of a version with \
         `replicas = 0` fail. (linkerd2-proxy, linkerd/distribute; istio.io, VirtualService, `weight`)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.apps.iter().for_each(|app| check(app, report));
}

/// An app without any pod is switched off, which somebody means.
fn check(app: &App, report: &mut Report) {
    if app.versions.iter().all(is_empty) {
        return;
    }
    for (key, weight) in app.routing.split().into_iter().flat_map(|split| &split.weights) {
        if weight.value > 0 && app.version(key).is_some_and(is_empty) {
            let message = format!("{weight} % of the requests go to `{key}`, which has no pods");
            let diagnostic = Diagnostic::new(&WEIGHT_WITHOUT_PODS, weight.span, message);
            report.push(diagnostic.help(format!("set `replicas` of `{key}` to 1 or more, or its weight to 0")));
        }
    }
}

fn is_empty(version: &Version) -> bool {
    version.scale.replicas.most() == 0
}
