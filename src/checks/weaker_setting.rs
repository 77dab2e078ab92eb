//! A setting that the chosen target supports only in part.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::uses::Use;
use crate::support::{Answer, Support};

codes! {
    WEAKER_SETTING = "weaker-setting", Warning, "a setting that the chosen target can honour only in part",
        "What was asked for has no exact word in the chosen API. The message says what is lost, so that nobody relies on it.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let traffic = mesh.cluster.traffic;
    for Use { feature, span } in mesh.uses() {
        let Answer { target, support } = feature.on(traffic.value);
        let Support::Partial(loss) = support else { continue };
        let diagnostic = Diagnostic::new(&WEAKER_SETTING, span, format!("`{target}` cannot say this exactly: {loss}"));
        let diagnostic = diagnostic.also(traffic.span, "the target that was chosen");
        report.push(diagnostic.help(feature.help("rely on no more than that")));
    }
}
