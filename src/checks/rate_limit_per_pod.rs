//! A rate limit that each pod keeps by itself.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    RATE_LIMIT_PER_POD = "rate-limit-per-pod", Note, "a rate limit that each pod keeps by itself",
        "Each proxy counts what reaches its own pod and knows nothing of the others, so all pods together take as many times \
         the limit as there are pods. (linkerd.io, features/rate-limiting)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        let most: u64 = app.versions.iter().map(|version| u64::from(version.scale.replicas.most())).sum();
        for port in app.ports.iter() {
            let limit = port.rate_limit.as_ref();
            if let Some(total) = limit.and_then(|limit| limit.total).filter(|_| most > 1) {
                let together = u64::from(total.value.0) * most;
                let message = format!("{most} pods of `{}` take {together} requests a second together", app.name);
                let diagnostic = Diagnostic::new(&RATE_LIMIT_PER_POD, total.span, message);
                report.push(diagnostic.help("write what one pod can take"));
            }
        }
    }
}
