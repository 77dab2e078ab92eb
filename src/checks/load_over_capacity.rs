//! A share of the load that a version's pods cannot carry.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, Rollout, Split, Version};
use crate::spanned::{Span, Spanned};

codes! {
    LOAD_OVER_CAPACITY = "load-over-capacity", Warning, "a share of the load that the version's pods cannot carry",
        "A step of a rollout moves requests, not pods. Where the new version's pods cannot take their share, the step fails \
         by overload, and says nothing of the model.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        let Some(load) = app.load.map(|load| Spanned::new(load.value.0, load.span)) else { continue };
        app.routing.split().into_iter().for_each(|split| check_split(app, split, load, report));
        let steps = app.routing.rollout().into_iter().flat_map(Rollout::splits);
        steps.for_each(|split| check_split(app, &split, load, report));
        if app.routing.split().is_none() {
            let taking = app.routing.stable().map_or(app.versions.first(), |stable| app.version(stable));
            taking.into_iter().for_each(|version| check(version, load.value, load.span, load, report));
        }
    }
}

fn check_split(app: &App, split: &Split, load: Spanned<u32>, report: &mut Report) {
    for (key, weight) in &split.weights {
        if let Some(version) = app.version(key) {
            let share = u64::from(load.value) * u64::from(weight.value) / 100;
            check(version, u32::try_from(share).unwrap_or(u32::MAX), weight.span, load, report);
        }
    }
}

fn check(version: &Version, share: u32, span: Span, load: Spanned<u32>, report: &mut Report) {
    let Some(capacity) = version.scale.capacity else { return };
    let pods = version.scale.replicas.most();
    let most = u64::from(pods) * u64::from(capacity.value.0);
    if u64::from(share) <= most {
        return;
    }
    let name = version.key.as_ref().map_or_else(String::new, |key| format!("of `{key}` "));
    let pods = if pods == 1 { "one pod".to_owned() } else { format!("{pods} pods") };
    let message = format!("{share} requests a second come here, and the {pods} {name}can take {most}");
    let diagnostic = Diagnostic::new(&LOAD_OVER_CAPACITY, span, message).also(capacity.span, "what one pod can take");
    let diagnostic = if load.span == span { diagnostic } else { diagnostic.also(load.span, "the whole load") };
    report.push(diagnostic.help("give it more replicas, or take a smaller step"));
}
