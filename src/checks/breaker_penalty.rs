//! A circuit breaker whose penalties the mesh does not take.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{CircuitBreaker, Mesh, Provider};

codes! {
    BREAKER_PENALTY = "breaker-penalty", Error, "a circuit breaker whose penalties the mesh does not take",
        "The shortest penalty must be 1 ms or more: Istio's API server refuses an ejection of `0s`, and Linkerd would send requests \
         to the failing pod again at once. For Linkerd, the longest penalty must not be less than the shortest; otherwise it drops \
         the whole breaker with a line in a log. Istio has no longest penalty. (linkerd2, \
         policy-controller/k8s/index/src/outbound/index.rs; istio/api, networking/v1alpha3/destination_rule.proto)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let has_longest = match mesh.cluster.provider() {
        Provider::Linkerd => true,
        Provider::Istio => false,
    };
    report.extend(mesh.apps.iter().filter_map(|app| fault(&app.circuit_breaker?, has_longest)));
}

fn fault(breaker: &CircuitBreaker, has_longest: bool) -> Option<Diagnostic> {
    let (shortest, longest) = (breaker.min_penalty, breaker.max_penalty);
    if shortest.millis() == 0 {
        let message = "with a `min-penalty` of 0s, a failing pod gets requests again at once";
        return Some(Diagnostic::new(&BREAKER_PENALTY, shortest.span, message).help("set it to 1 ms or more, such as `1s`"));
    }
    if !has_longest || shortest.value <= longest.value {
        return None;
    }
    // A default has the place of the whole breaker.
    let written = if longest.span == breaker.span { shortest.span } else { longest.span };
    let message = format!("a penalty from {shortest} to {longest}: Linkerd would drop the breaker");
    Some(Diagnostic::new(&BREAKER_PENALTY, written, message).help("let `max-penalty` be more than `min-penalty`"))
}
