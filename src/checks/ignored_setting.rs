//! A setting that the chosen target or version would ignore.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::uses::Use;
use crate::support::{Answer, Support};

codes! {
    IGNORED_SETTING = "ignored-setting", Error, "a setting that the chosen target or version would ignore",
        "The cluster would accept the object and never do what it says. mlmesh compares every setting with a table of what \
         each target honours, since which version.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let cluster = &mesh.cluster;
    for Use { feature, span } in mesh.uses() {
        let Answer { target, support } = feature.on(cluster.traffic.value);
        match support {
            Support::Full | Support::Partial(_) => {}
            Support::Since(version) if version <= cluster.linkerd.value => {}
            Support::Since(version) => {
                let message = format!("Linkerd {} would ignore this", cluster.linkerd);
                let diagnostic = Diagnostic::new(&IGNORED_SETTING, span, message);
                let diagnostic = diagnostic.also(cluster.linkerd.span, "the version that is compiled for");
                report.push(diagnostic.help(format!("it is known since Linkerd {version}: leave it out until then")));
            }
            Support::Unsupported(why) => {
                let diagnostic = Diagnostic::new(&IGNORED_SETTING, span, format!("`{target}` cannot say this: {why}"));
                let diagnostic = diagnostic.also(cluster.traffic.span, "the target that was chosen");
                report.push(diagnostic.help(feature.help("leave it out")));
            }
        }
    }
}
