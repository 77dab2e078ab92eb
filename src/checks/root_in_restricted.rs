//! A pod that runs as root where root is forbidden.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};

codes! {
    ROOT_IN_RESTRICTED = "root-in-restricted", Error, "a pod that runs as root where root is forbidden",
        "The restricted level sets `runAsNonRoot`: the kubelet refuses to start a container as user 0. (Pod \
         Security Standards)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    if let Some(user) = pod.run_as_user.filter(|user| user.value == 0 && pod.restricted) {
        let diagnostic = Diagnostic::new(&ROOT_IN_RESTRICTED, user.span, "user 0 is root, which the restricted level forbids");
        report.push(diagnostic.help("name another user, such as `run-as-user = 1000`"));
    }
}
