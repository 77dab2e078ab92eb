//! A circuit breaker where there is one pod to leave alone.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    BREAKER_ON_ONE_POD = "breaker-on-one-pod", Warning, "a circuit breaker where there is only one pod",
        "A breaker takes a failing pod out of the balancer, so that the others get its requests. Where there is no other, every \
         request fails until the penalty is over, those included that the pod would have answered. (linkerd.io, \
         reference/circuit-breaking)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        let Some(breaker) = app.circuit_breaker else { continue };
        let Some(single) = app.versions.iter().find(|version| version.scale.replicas.most() == 1) else { continue };
        let of = single.key.as_ref().map_or_else(|| app.name.value.clone(), |key| format!("{}.{key}", app.name));
        let message = format!("`{of}` has one pod: when the breaker opens, all its requests fail");
        let diagnostic = Diagnostic::new(&BREAKER_ON_ONE_POD, breaker.span, message);
        report.push(diagnostic.help("set `replicas` to 2 or more, or remove the circuit breaker"));
    }
}
