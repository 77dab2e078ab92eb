//! The pods that an object makes: their labels, their containers, the ports that they declare.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::object::{Object, items, text};

/// The template of the pods of one object.
pub struct Template<'o> {
    pub object: &'o Object,
    pub labels: BTreeMap<&'o str, &'o str>,
    pub spec: &'o Value,
    /// Where `spec` is in the object.
    pub pointer: &'static str,
}

/// A port that a container declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port<'o> {
    pub name: &'o str,
    pub number: u64,
    pub protocol: &'o str,
}

/// Where each kind has its pod's `metadata` and `spec`.
const TEMPLATES: &[(&str, &str, &str, &str)] = &[
    ("", "Pod", "/metadata", "/spec"),
    ("apps", "Deployment", "/spec/template/metadata", "/spec/template/spec"),
    ("apps", "StatefulSet", "/spec/template/metadata", "/spec/template/spec"),
    ("apps", "DaemonSet", "/spec/template/metadata", "/spec/template/spec"),
    ("apps", "ReplicaSet", "/spec/template/metadata", "/spec/template/spec"),
    ("argoproj.io", "Rollout", "/spec/template/metadata", "/spec/template/spec"),
    ("batch", "Job", "/spec/template/metadata", "/spec/template/spec"),
    ("batch", "CronJob", "/spec/jobTemplate/spec/template/metadata", "/spec/jobTemplate/spec/template/spec"),
];

/// The template of an object that makes pods.
pub fn template(object: &Object) -> Option<Template<'_>> {
    let places = TEMPLATES.iter().find(|(group, kind, ..)| object.is(group, kind));
    let (_, _, metadata, pointer) = places?;
    let spec = object.value.pointer(pointer)?;
    let labels = object.value.pointer(metadata).and_then(|metadata| metadata["labels"].as_object());
    let labels = labels.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
    Some(Template { object, labels: labels.collect(), spec, pointer })
}

/// Every container of a pod, those of its start included, each with its place.
pub fn containers<'v>(spec: &'v Value, pointer: &str) -> Vec<(String, &'v Value)> {
    let lists = ["/initContainers", "/containers"];
    lists.into_iter().flat_map(|list| items(spec, list, pointer)).collect()
}

impl<'o> Template<'o> {
    /// The ports that the pod's containers declare.
    pub fn ports(&self) -> Vec<Port<'o>> {
        let containers = containers(self.spec, self.pointer).into_iter();
        containers.flat_map(|(_, container)| items(container, "/ports", "")).map(|(_, port)| declared(port)).collect()
    }

    /// The declared port that a number or a name means.
    pub fn port(&self, wanted: &Value, protocol: &str) -> Option<Port<'o>> {
        let means = |port: &Port<'_>| match wanted {
            Value::String(name) => port.name == name,
            number => number.as_u64() == Some(port.number),
        };
        self.ports().into_iter().find(|port| port.protocol == protocol && means(port))
    }
}

fn declared(port: &Value) -> Port<'_> {
    let number = port["containerPort"].as_u64().unwrap_or_default();
    Port { name: text(port, "/name"), number, protocol: protocol(port) }
}

/// The protocol of a port; TCP if it does not say.
pub fn protocol(port: &Value) -> &str {
    match text(port, "/protocol") {
        "" => "TCP",
        protocol => protocol,
    }
}
