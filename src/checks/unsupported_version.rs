//! A version that mlmesh does not compile for.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, MinorVersion, Provider};

codes! {
    UNSUPPORTED_VERSION = "unsupported-version", Error, "a version that mlmesh does not compile for",
        "Linkerd serves Server v1beta3, without which there is no access policy, since 2.16; Kubernetes knows \
         every field that is written here since 1.27.";
}

const KUBERNETES_SINCE: MinorVersion = MinorVersion::new(1, 27);
const LINKERD_SINCE: MinorVersion = MinorVersion::new(2, 16);

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let linkerd = (mesh.cluster.provider() == Provider::Linkerd).then_some(("Linkerd", mesh.cluster.linkerd, LINKERD_SINCE));
    for (name, version, since) in [("Kubernetes", mesh.cluster.kubernetes, KUBERNETES_SINCE)].into_iter().chain(linkerd) {
        if version.value < since || version.major != since.major {
            let message = format!("mlmesh compiles for {name} {since} and newer, not for {version}");
            report.push(
                Diagnostic::new(&UNSUPPORTED_VERSION, version.span, message)
                    .help(format!("write \"{since}\" or a newer version")),
            );
        }
    }
}
