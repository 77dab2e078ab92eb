//! A job whose proxy never ends.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::upstream::versions::NATIVE_SIDECARS_SINCE;

codes! {
    JOB_NEVER_COMPLETES = "job-never-completes", Error, "a job whose proxy never ends",
        "A Job is done when all its containers are. Linkerd's proxy ends with the job only as a native sidecar, \
         which Kubernetes has since 1.29. (linkerd website, features/native-sidecars)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let kubernetes = mesh.cluster.kubernetes;
    for job in mesh.jobs.iter().filter(|job| job.namespace.inject && kubernetes.value < NATIVE_SIDECARS_SINCE) {
        let message = format!("`{}` would never complete on Kubernetes {kubernetes}: its proxy goes on", job.name);
        let diagnostic = Diagnostic::new(&JOB_NEVER_COMPLETES, job.name.span, message).also(kubernetes.span, "the version");
        let newer = format!("use Kubernetes {NATIVE_SIDECARS_SINCE} or newer");
        report.push(diagnostic.help(format!("{newer}, or put the job into a namespace with `inject = false`")));
    }
}
