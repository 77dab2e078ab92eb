//! Whether the chosen targets do what was asked. What one would accept and then ignore is an error;
//! what one can do only in part is a warning that names the loss.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::uses::Feature;
use crate::targets::{Role, Support, TARGETS, Target, stack};

codes! {
    IGNORED_SETTING = "ignored-setting", Error, "a setting that the chosen target or version would ignore",
        "The cluster would accept the object and never do what it says. mlmesh compares every setting with a table of what \
         each target honours, since which version.";
    WEAKER_SETTING = "weaker-setting", Warning, "a setting that the chosen target can honour only in part",
        "What was asked for has no exact word in the chosen API. The message says what is lost, so that nobody relies on it.";
}

/// Reports every setting that a target of the stack would ignore or weaken.
pub(crate) fn check(mesh: &Mesh, report: &mut Report) {
    let stack = stack(mesh);
    for used in mesh.uses() {
        let role = role(used.feature);
        for target in stack.iter().filter(|target| target.roles.contains(&role)) {
            match (target.supports)(used.feature) {
                Support::Yes => {}
                Support::Since(version) if version <= mesh.cluster.linkerd.value => {}
                Support::Since(version) => {
                    let message = format!("Linkerd {} would ignore this", mesh.cluster.linkerd);
                    let diagnostic = Diagnostic::new(&IGNORED_SETTING, used.span, message);
                    let diagnostic = diagnostic.also(mesh.cluster.linkerd.span, "the version that is compiled for");
                    report.push(diagnostic.help(format!("it is known since Linkerd {version}: leave it out until then")));
                }
                Support::Never(why) => {
                    let message = format!("`{}` cannot say this: {why}", target.name);
                    let diagnostic = Diagnostic::new(&IGNORED_SETTING, used.span, message);
                    let diagnostic = diagnostic.also(mesh.cluster.traffic.span, "the target that was chosen");
                    report.push(diagnostic.help(match able(used.feature).as_slice() {
                        [] => "leave it out".to_owned(),
                        able => format!("leave it out, or choose `traffic = {}`", able.join("` or `traffic = ")),
                    }));
                }
                Support::Weaker(loss) => {
                    let message = format!("`{}` cannot say this exactly: {loss}", target.name);
                    let diagnostic = Diagnostic::new(&WEAKER_SETTING, used.span, message);
                    let diagnostic = diagnostic.also(mesh.cluster.traffic.span, "the target that was chosen");
                    report.push(diagnostic.help(match able(used.feature).as_slice() {
                        [] => "rely on no more than that".to_owned(),
                        able => format!("rely on no more than that, or choose `traffic = {}`", able.join("` or `traffic = ")),
                    }));
                }
            }
        }
    }
    stack.iter().for_each(|target| (target.check)(mesh, report));
}

/// The words of `[cluster]` that choose a target that honours a feature. Nobody is told to move to one that is deprecated.
fn able(feature: Feature) -> Vec<String> {
    let carries = |target: &&&Target| target.roles.contains(&Role::Traffic) && target.roles.contains(&role(feature));
    let honours = |target: &&&Target| matches!((target.supports)(feature), Support::Yes | Support::Since(_));
    TARGETS
        .iter()
        .filter(carries)
        .filter(honours)
        .filter(|target| !target.is_deprecated)
        .map(|target| format!("\"{}\"", target.name))
        .collect()
}

/// Which targets honour a key of the language, as a sentence; `None` for keys that every stack honours
/// alike. The path of a key leaves out the names of models and the like.
pub(crate) fn honoured(path: &str) -> Option<String> {
    let keyed = Feature::ALL.iter().filter(|feature| !feature.key().is_empty() && path.ends_with(feature.key()));
    // Of two keys that a path ends in, the longer one is meant: a route's callers are no port's.
    let feature = *keyed.max_by_key(|feature| feature.key().len())?;
    let said = TARGETS.iter().filter(|target| target.roles.contains(&role(feature))).map(|target| {
        let name = target.name;
        match (target.supports)(feature) {
            Support::Yes => format!("`{name}` honours it"),
            Support::Since(version) => format!("`{name}` honours it since Linkerd {version}"),
            Support::Weaker(loss) => format!("`{name}` cannot say it exactly ({loss})"),
            Support::Never(why) => format!("`{name}` cannot say it ({why})"),
        }
    });
    Some(said.collect::<Vec<_>>().join("; "))
}

/// What each traffic target makes of each feature, as a table in Markdown: what it does not carry itself,
/// the target beside it does.
pub(crate) fn table() -> String {
    let traffic: Vec<&Target> = TARGETS.iter().copied().filter(|target| target.roles.contains(&Role::Traffic)).collect();
    let names: Vec<String> = traffic.iter().map(|target| format!("`{}`", target.name)).collect();
    let mut table = format!("| what | key | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let mut notes: Vec<&str> = Vec::new();
    for feature in Feature::ALL {
        let cells: Vec<String> = traffic.iter().map(|target| cell(carrier(target, *feature), *feature, &mut notes)).collect();
        let key = feature.key().trim_start_matches('.');
        let key = if key.is_empty() { String::new() } else { format!("`{key}`") };
        let meaning = feature.meaning().trim_end_matches('.');
        writeln!(table, "| {meaning} | {key} | {} |", cells.join(" | ")).expect("a string takes everything");
    }
    table.push('\n');
    for (at, note) in notes.iter().enumerate() {
        writeln!(table, "{}. {note}", at + 1).expect("a string takes everything");
    }
    table
}

/// Who carries a feature where this target carries the traffic.
fn carrier(traffic: &'static Target, feature: Feature) -> &'static Target {
    let role = role(feature);
    let beside = || TARGETS.iter().copied().find(|target| target.roles == [role]).expect("each role has a target");
    if traffic.roles.contains(&role) { traffic } else { beside() }
}

fn cell<'a>(target: &'a Target, feature: Feature, notes: &mut Vec<&'a str>) -> String {
    let mut note = |text: &'a str| {
        let at = notes.iter().position(|known| *known == text).unwrap_or_else(|| {
            notes.push(text);
            notes.len() - 1
        });
        at + 1
    };
    match (target.supports)(feature) {
        Support::Yes => target.since.to_owned(),
        Support::Since(version) => format!("Linkerd {version}"),
        Support::Weaker(loss) => format!("{}, less [{}]", target.since, note(loss)),
        Support::Never(why) => format!("no [{}]", note(why)),
    }
}

fn role(feature: Feature) -> Role {
    match feature {
        Feature::Split
        | Feature::SplitOfBytes
        | Feature::SplitOfFurtherBytes
        | Feature::Variants
        | Feature::VariantsOfGrpc
        | Feature::OutsideHost
        | Feature::Mirror
        | Feature::Timeout
        | Feature::IdleTimeout
        | Feature::Stream
        | Feature::Retry
        | Feature::RetryStatuses
        | Feature::RetryGrpcStatuses
        | Feature::HttpStatusesOfGrpc
        | Feature::RetryOfGrpcOverHttp
        | Feature::RetryOfGrpcOutside
        | Feature::RetryLimit
        | Feature::RetryTimeout
        | Feature::RetryBudget
        | Feature::CircuitBreaker => Role::Traffic,
        Feature::Callers
        | Feature::RouteCallers
        | Feature::RouteCallersByExpression
        | Feature::Inbound
        | Feature::InboundOfCluster
        | Feature::Audit
        | Feature::RateLimit
        | Feature::GatewayApi => Role::Access,
    }
}
