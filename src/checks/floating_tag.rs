//! An image whose tag moves, where versions are compared.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::upstream::kubernetes;

codes! {
    FLOATING_TAG = "floating-tag", Warning, "an image whose tag moves, where requests are split between versions",
        "A split compares two versions. An image named by `latest`, by a branch or by no tag at all is another one after the \
         next push, on the pods that happen to restart: the version is then two, and going back leads nowhere.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        let Some(split) = app.routing.split() else { continue };
        for version in &app.versions {
            let image = &version.pod.image;
            if let Some(tag) = kubernetes::floating_tag(image) {
                let message = format!("{tag} is another image after the next push");
                let diagnostic = Diagnostic::new(&FLOATING_TAG, image.span, message).also(split.span, "requests are split");
                report.push(diagnostic.help("name a tag that is never pushed again, or a digest: `NAME@sha256:...`"));
            }
        }
    }
}
