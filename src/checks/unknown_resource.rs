//! A resource that Kubernetes does not have.

use crate::diagnostic::{Diagnostic, Report, Safety, as_key, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::kubernetes;

codes! {
    UNKNOWN_RESOURCE = "unknown-resource", Error, "a resource that Kubernetes does not have",
        "A container may ask for cpu, memory, ephemeral-storage, hugepages of a size, and devices with a domain \
         such as `nvidia.com/gpu`. The API server refuses every other name.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for resource in pod.requests.keys().chain(pod.limits.keys()).filter(|resource| !kubernetes::is_resource(resource)) {
        let message = format!("Kubernetes has no resource `{resource}`");
        let diagnostic = Diagnostic::new(&UNKNOWN_RESOURCE, resource.span, message);
        report.push(match device(resource) {
            Some(device) => diagnostic
                .suggest(Safety::Guess, as_key(device))
                .help(format!("use the full name of the device, such as `{device}`")),
            None => diagnostic.help_with_names(resource, kubernetes::PLAIN_RESOURCES, "resources without a domain", as_key),
        });
    }
}

/// The device that a short name means.
fn device(name: &str) -> Option<&'static str> {
    let short = name.trim_end_matches('s');
    kubernetes::DEVICES.into_iter().find(|device| device.rsplit('/').next() == Some(short))
}
