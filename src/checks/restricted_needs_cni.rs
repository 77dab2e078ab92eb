//! A namespace that refuses its own injected pods.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::value::PodSecurity;

codes! {
    RESTRICTED_NEEDS_CNI = "restricted-needs-cni", Error, "a namespace that refuses its own injected pods",
        "The init container of Linkerd, and of Istio, needs NET_ADMIN and NET_RAW, which the levels `baseline` and \
         `restricted` forbid; only with the mesh's CNI plugin is there no such container. Every pod would be refused. \
         (linkerd2, charts/partials/templates/_proxy-init.tpl; istio.io, setup/additional-setup/cni)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for namespace in mesh.namespaces.iter().filter(|namespace| namespace.inject && !mesh.cluster.cni) {
        let strict = namespace.pod_security.filter(|level| level.value != PodSecurity::Privileged);
        if let Some(level) = strict {
            let message = format!("`{}` would refuse its own pods: injection needs what this level forbids", namespace.name);
            let diagnostic = Diagnostic::new(&RESTRICTED_NEEDS_CNI, level.span, message);
            report.push(
                diagnostic
                    .help("say `cni = true` in `[cluster]` if the mesh's CNI plugin is installed, or `inject = false` here"),
            );
        }
    }
}
