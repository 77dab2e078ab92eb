//! Settings that the chosen target or version would ignore, or supports only in part.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::uses::Use;
use crate::support::{Answer, Support};

codes! {
    IGNORED_SETTING = "ignored-setting", Error, "a setting that the chosen target or version would ignore",
        "The cluster would accept the object and never do what it says. mlmesh compares every setting with a table of what \
         each target honours, since which version.";
    WEAKER_SETTING = "weaker-setting", Warning, "a setting that the chosen target can honour only in part",
        "What was asked for has no exact word in the chosen API. The message says what is lost, so that nobody relies on it.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    report.extend(mesh.uses().into_iter().filter_map(|one| fault(mesh, one)));
}

fn fault(mesh: &Mesh, Use { feature, span }: Use) -> Option<Diagnostic> {
    let cluster = &mesh.cluster;
    let Answer { target, support } = feature.on(cluster.traffic.value);
    match support {
        Support::Full => None,
        Support::Since(version) if version <= cluster.linkerd.value => None,
        Support::Since(version) => {
            let message = format!("Linkerd {} would ignore this", cluster.linkerd);
            let diagnostic = Diagnostic::new(&IGNORED_SETTING, span, message);
            let diagnostic = diagnostic.also(cluster.linkerd.span, "the version that is compiled for");
            Some(diagnostic.help(format!("it is known since Linkerd {version}: leave it out until then")))
        }
        Support::Partial(loss) => {
            let diagnostic = Diagnostic::new(&WEAKER_SETTING, span, format!("`{target}` cannot say this exactly: {loss}"));
            let diagnostic = diagnostic.also(cluster.traffic.span, "the target that was chosen");
            Some(diagnostic.help(feature.help("rely on no more than that")))
        }
        Support::Unsupported(why) => {
            let diagnostic = Diagnostic::new(&IGNORED_SETTING, span, format!("`{target}` cannot say this: {why}"));
            let diagnostic = diagnostic.also(cluster.traffic.span, "the target that was chosen");
            Some(diagnostic.help(feature.help("leave it out")))
        }
    }
}
