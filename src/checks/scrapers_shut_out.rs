//! A namespace whose proxies nobody may scrape.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::InboundPolicy;

codes! {
    SCRAPERS_SHUT_OUT = "scrapers-shut-out", Warning, "a namespace whose proxies nobody may scrape",
        "`deny` holds for every port of the pods, that of the proxy's own metrics (4191) included, so that Prometheus and the viz \
         extension see nothing of the namespace. No key admits them yet. (linkerd2, \
         policy-controller/k8s/index/src/inbound/workload.rs; linkerd.io, tasks/external-prometheus)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for namespace in mesh.namespaces.iter().filter(|namespace| namespace.inject) {
        if let Some(inbound) = namespace.inbound.filter(|inbound| inbound.value == InboundPolicy::Deny) {
            let message =
                format!("`deny` keeps Prometheus and Linkerd viz from the metrics of the proxies in `{}`", namespace.name);
            let diagnostic = Diagnostic::new(&SCRAPERS_SHUT_OUT, inbound.span, message);
            report.push(diagnostic.help(
                "use \"all-authenticated\" and name `callers` on every port, or allow this in `[lints]` with the reason why nothing \
                 is scraped",
            ));
        }
    }
}
