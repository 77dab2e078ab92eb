//! An image that no container runtime could pull.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::kubernetes;

codes! {
    INVALID_IMAGE = "invalid-image", Error, "an image that no container runtime could pull",
        "A reference has no blanks, its repository no capital letters, and its tag at most 128 characters. The \
         pod would wait with `InvalidImageName`. (distribution/reference)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    if !kubernetes::is_image(&pod.image) {
        let message = format!("`{}` is no image", pod.image.value);
        report.push(
            Diagnostic::new(&INVALID_IMAGE, pod.image.span, message)
                .help("write it as `REGISTRY/NAME:TAG` or `REGISTRY/NAME@DIGEST`"),
        );
    }
}
