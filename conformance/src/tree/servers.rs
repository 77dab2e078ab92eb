//! Linkerd's Servers: each is about a port that some pod of the tree declares, and no two are about the same one.
//!
//! Linkerd lets the oldest of two win, then the first by name; in one apply that is chance.

use std::collections::BTreeMap;

use serde_json::Value;

use super::index::Tree;
use super::pods::Template;
use super::selector;
use crate::fault::Fault;
use crate::object::Object;

pub fn judge(tree: &Tree<'_>, object: &Object) -> Option<Fault> {
    let selector = pod_selector(object)?;
    let selected = selected(tree, object, selector);
    if selected.is_empty() {
        return Some(Fault::at(object, "/spec/podSelector", "selects no pod of the tree"));
    }
    let port = &object.value["spec"]["port"];
    let declared = selected.iter().any(|template| template.port(port, "TCP").is_some());
    (!declared).then(|| Fault::at(object, "/spec/port", format!("no selected pod declares a port {port}")))
}

/// Two Servers about one port of the same pods.
pub fn overlaps(tree: &Tree<'_>) -> Vec<Fault> {
    let overlaps = tree.namespaces().flat_map(|namespace| {
        namespace.templates.iter().flat_map(|template| overlaps_at(template, &namespace.servers))
    });
    overlaps.collect()
}

fn overlaps_at(template: &Template<'_>, servers: &[&Object]) -> Vec<Fault> {
    let mut taken: BTreeMap<u64, &Object> = BTreeMap::new();
    let selecting = servers
        .iter()
        .filter(|server| pod_selector(server).is_some_and(|selector| selector::selects(selector, &template.labels)));
    let mut faults = Vec::new();
    for server in selecting {
        let Some(port) = number(template, &server.value["spec"]["port"]) else { continue };
        if let Some(first) = taken.insert(port, server) {
            let (pods, first) = (template.object.name(), first.name());
            let message = format!("port {port} of the pods of `{pods}` is also that of the Server `{first}`");
            faults.push(Fault::at(server, "/spec/port", message));
        }
    }
    faults
}

/// The number of a Server's port in these pods; a number needs no declaration.
fn number(template: &Template<'_>, port: &Value) -> Option<u64> {
    port.as_u64().or_else(|| template.port(port, "TCP").map(|port| port.number))
}

fn pod_selector(object: &Object) -> Option<&Value> {
    let server = object.is("policy.linkerd.io", "Server").then_some(object)?;
    server.value.pointer("/spec/podSelector")
}

fn selected<'t>(tree: &'t Tree<'t>, server: &Object, selector: &Value) -> Vec<&'t Template<'t>> {
    let templates = tree.templates_in(server.namespace()).iter();
    templates.filter(|template| selector::selects(selector, &template.labels)).collect()
}
