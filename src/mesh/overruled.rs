//! The settings of a model that each of its versions sets itself, so that no pod has them.

use crate::manifest::{Model, ModelVersion, Pod, Probe, Probes, Resources, Scale};
use crate::spanned::{Span, Spanned};
use crate::value::Named;

/// A setting that a table may have: its key, and where it stands.
type Setting<T> = (&'static str, fn(&T) -> Option<Span>);

const OF_POD: [Setting<Pod>; 5] = [
    ("image", |pod| pod.image.as_ref().map(|image| image.span)),
    ("command", |pod| pod.command.as_ref().map(|command| command.span)),
    ("args", |pod| pod.args.as_ref().map(|args| args.span)),
    ("pod-security", |pod| pod.pod_security.given().map(|level| level.span)),
    ("run-as-user", |pod| pod.run_as_user.given().map(|user| user.span)),
];

const OF_SCALE: [Setting<Scale>; 5] = [
    ("rolling-update", |scale| scale.rolling_update.as_ref().map(|rolling| rolling.span)),
    ("capacity", |scale| scale.capacity.given().map(|capacity| capacity.span)),
    ("probes.startup", |scale| probe(scale, |probes| probes.startup.as_ref())),
    ("probes.liveness", |scale| probe(scale, |probes| probes.liveness.as_ref())),
    ("probes.readiness", |scale| probe(scale, |probes| probes.readiness.as_ref())),
];

fn probe(scale: &Scale, which: fn(&Probes) -> Option<&Spanned<Probe>>) -> Option<Span> {
    scale.probes.as_ref().and_then(which).map(|probe| probe.span)
}

/// How many pods there are, by number or by load: either overrules either.
fn count(scale: &Scale) -> Option<Spanned<&'static str>> {
    let replicas = scale.replicas.given().map(|replicas| Spanned::new("replicas", replicas.span));
    replicas.or(scale.autoscale.as_ref().map(|autoscale| Spanned::new("autoscale", autoscale.span)))
}

/// The keys of a model that no version takes from it, each where it stands.
pub(super) fn overruled(model: &Model) -> Vec<Spanned<String>> {
    let versions: Vec<&ModelVersion> = model.versions.values().collect();
    if versions.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (key, setting) in OF_POD {
        let all = versions.iter().all(|version| setting(&version.pod).is_some());
        found.extend(setting(&model.pod).filter(|_| all).map(|span| Spanned::new(key.to_owned(), span)));
    }
    for (key, setting) in OF_SCALE {
        let all = versions.iter().all(|version| setting(&version.scale).is_some());
        found.extend(setting(&model.scale).filter(|_| all).map(|span| Spanned::new(key.to_owned(), span)));
    }
    let all_count = versions.iter().all(|version| count(&version.scale).is_some());
    found.extend(count(&model.scale).filter(|_| all_count).map(|key| Spanned::new(key.value.to_owned(), key.span)));
    found.extend(entries("env", &versions, &model.pod, |pod| Some(&pod.env)));
    found.extend(entries("labels", &versions, &model.pod, |pod| Some(&pod.labels)));
    found.extend(entries("annotations", &versions, &model.pod, |pod| Some(&pod.annotations)));
    found.extend(entries("resources.requests", &versions, &model.pod, |pod| resources(pod).map(|own| &own.requests)));
    found.extend(entries("resources.limits", &versions, &model.pod, |pod| resources(pod).map(|own| &own.limits)));
    found
}

fn resources(pod: &Pod) -> Option<&Resources> {
    pod.resources.as_ref()
}

/// The entries of a table by name that each version has too.
fn entries<T>(
    key: &str,
    versions: &[&ModelVersion],
    model: &Pod,
    table: impl Fn(&Pod) -> Option<&Named<T>>,
) -> Vec<Spanned<String>> {
    let names = table(model).into_iter().flat_map(Named::keys);
    let overruled = names.filter(|name| {
        let mut tables = versions.iter().map(|version| table(&version.pod));
        tables.all(|own| own.is_some_and(|own| own.contains_key(name)))
    });
    overruled.map(|name| Spanned::new(format!("{key}.{name}"), name.span)).collect()
}
