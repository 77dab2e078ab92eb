//! Workloads and what stands around them: pod templates, Services, autoscalers, disruption budgets.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::grammar;
use crate::object::{Object, items, text, token};
use crate::tree::pods::{self, Template};
use crate::tree::selector;

const HANDLERS: &[&str] = &["exec", "grpc", "httpGet", "tcpSocket"];
const PROBES: &[&str] = &["startupProbe", "readinessProbe", "livenessProbe"];

pub fn judge(object: &Object) -> Vec<Fault> {
    let mut faults = match (object.group(), object.kind()) {
        ("", "Service") => service(object),
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler(object).into_iter().collect(),
        ("policy", "PodDisruptionBudget") => budget(object),
        ("apps", _) => own_selector(object),
        ("batch", "CronJob") => schedule(object),
        _ => Vec::new(),
    };
    if let Some(template) = pods::template(object) {
        faults.extend(restart_policy(object, &template));
        faults.extend(pod(object, &template));
    }
    faults
}

fn service(object: &Object) -> Vec<Fault> {
    let ports = object.items("/spec/ports");
    let several = ports.len() > 1;
    let nameless = ports.iter().filter(|(_, port)| several && text(port, "/name").is_empty());
    let mut faults: Vec<Fault> =
        nameless.map(|(place, _)| Fault::at(object, place, "one of several ports needs a `name`")).collect();
    if ports.is_empty() && object.text("/spec/clusterIP") != "None" && object.text("/spec/type") != "ExternalName" {
        faults.push(Fault::at(object, "/spec", "`ports` is missing"));
    }
    let names = ports.iter().filter(|(_, port)| port.get("name").is_some());
    faults.extend(repeated(object, names.map(|(place, port)| (place.clone(), text(port, "/name").to_owned()))));
    for (place, port) in &ports {
        faults.extend(target_port(object, &format!("{place}/targetPort"), port.get("targetPort")));
    }
    faults
}

fn target_port(object: &Object, place: &str, port: Option<&Value>) -> Option<Fault> {
    let fits = match port? {
        Value::String(name) => grammar::is_port_name(name),
        number => number.as_u64().is_some_and(|number| (1..=65535).contains(&number)),
    };
    (!fits).then(|| Fault::at(object, place, "neither a port's number nor a port's name"))
}

fn autoscaler(object: &Object) -> Option<Fault> {
    let replicas = |field: &str| object.value["spec"][field].as_i64();
    let wrong = replicas("minReplicas").unwrap_or(1) > replicas("maxReplicas")?;
    wrong.then(|| Fault::at(object, "/spec/minReplicas", "more than `maxReplicas`"))
}

fn budget(object: &Object) -> Vec<Fault> {
    let both = ["minAvailable", "maxUnavailable"].iter().all(|field| object.value["spec"].get(field).is_some());
    let fault = both.then(|| Fault::at(object, "/spec", "`minAvailable` and `maxUnavailable` exclude each other"));
    fault.into_iter().collect()
}

/// A workload must select the pods that it makes.
fn own_selector(object: &Object) -> Vec<Fault> {
    let Some(template) = pods::template(object) else { return Vec::new() };
    let selects = selector::selects(&object.value["spec"]["selector"], &template.labels);
    let fault = (!selects).then(|| Fault::at(object, "/spec/selector", "does not select its own template"));
    fault.into_iter().collect()
}

fn schedule(object: &Object) -> Vec<Fault> {
    let schedule = object.text("/spec/schedule");
    let fits = schedule.starts_with('@') || schedule.split_whitespace().count() == 5;
    let fault = (!fits).then(|| Fault::at(object, "/spec/schedule", "a schedule has five fields"));
    fault.into_iter().collect()
}

fn restart_policy(object: &Object, template: &Template<'_>) -> Option<Fault> {
    let policy = text(template.spec, "/restartPolicy");
    let (fits, message) = match object.group() {
        "batch" => (matches!(policy, "Never" | "OnFailure"), "must be `Never` or `OnFailure` in a job"),
        _ => (matches!(policy, "" | "Always") || object.kind() == "Pod", "must be `Always` in this kind"),
    };
    (!fits).then(|| Fault::at(object, format!("{}/restartPolicy", template.pointer), message))
}

fn pod(object: &Object, template: &Template<'_>) -> Vec<Fault> {
    let volumes: BTreeSet<&str> =
        items(template.spec, "/volumes", "").into_iter().map(|(_, volume)| text(volume, "/name")).collect();
    let containers = pods::containers(template.spec, template.pointer);
    let names = containers.iter().map(|(place, container)| (place.clone(), text(container, "/name").to_owned()));
    let mut faults = repeated(object, names);
    for (place, container) in &containers {
        if container.get("image").is_none() {
            faults.push(Fault::at(object, place, "`image` is missing"));
        }
        let mounts = items(container, "/volumeMounts", place).into_iter();
        let dangling = mounts.filter(|(_, mount)| !volumes.contains(text(mount, "/name")));
        faults
            .extend(dangling.map(|(place, _)| Fault::at(object, place, "mounts a volume that the pod does not have")));
        faults.extend(resources(object, place, container));
        faults.extend(PROBES.iter().filter_map(|probe| handler(object, place, container, probe)));
    }
    faults
}

/// Amounts are quantities, also where a Rollout's schema leaves them open, and a request does not exceed its limit.
fn resources(object: &Object, place: &str, container: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    for list in ["requests", "limits"] {
        let Some(amounts) = container["resources"].get(list) else { continue };
        let place = format!("{place}/resources/{list}");
        match amounts.as_object() {
            Some(amounts) => faults.extend(amounts_faults(object, &place, amounts, &container["resources"]["limits"])),
            None => faults.push(Fault::at(object, place, "must be a mapping of amounts")),
        }
    }
    faults
}

fn amounts_faults(object: &Object, place: &str, amounts: &Map<String, Value>, limits: &Value) -> Vec<Fault> {
    let fault = |(name, value): (&String, &Value)| {
        let message = match (amount(value), limits.get(name).and_then(amount)) {
            (None, _) => "not a quantity",
            (Some(amount), Some(limit)) if amount > limit => "more than its limit",
            _ => return None,
        };
        Some(Fault::at(object, format!("{place}/{}", token(name)), message))
    };
    amounts.iter().filter_map(fault).collect()
}

fn amount(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| grammar::quantity(value.as_str()?))
}

fn handler(object: &Object, place: &str, container: &Value, probe: &str) -> Option<Fault> {
    let fields = container.get(probe)?.as_object()?;
    let handlers = HANDLERS.iter().filter(|handler| fields.contains_key(**handler)).count();
    (handlers != 1).then(|| Fault::at(object, format!("{place}/{probe}"), "a probe has exactly one handler"))
}

fn repeated(object: &Object, names: impl Iterator<Item = (String, String)>) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let repeated = names.filter(|(_, name)| !seen.insert(name.clone())).collect::<Vec<_>>();
    repeated
        .into_iter()
        .map(|(place, name)| Fault::at(object, place, format!("the name `{name}` is here twice")))
        .collect()
}
