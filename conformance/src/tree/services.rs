//! Services and disruption budgets: they select pods of the tree, and a Service's ports lead to declared ones.

use serde_json::Value;

use super::index::Tree;
use super::pods::{self, Template};
use super::selector;
use crate::fault::Fault;
use crate::object::Object;

pub fn judge(tree: &Tree<'_>, object: &Object) -> Vec<Fault> {
    match (object.group(), object.kind()) {
        ("", "Service") => service(tree, object),
        ("policy", "PodDisruptionBudget") => budget(tree, object),
        _ => Vec::new(),
    }
}

/// A Service without a selector has its endpoints from elsewhere, and is not judged.
fn service(tree: &Tree<'_>, object: &Object) -> Vec<Fault> {
    let pairs = &object.value["spec"]["selector"];
    if pairs.as_object().is_none_or(|pairs| pairs.is_empty()) {
        return Vec::new();
    }
    let templates = tree.templates_in(object.namespace()).iter();
    let selected: Vec<&Template<'_>> = templates.filter(|template| selector::holds(pairs, &template.labels)).collect();
    if selected.is_empty() {
        return vec![Fault::at(object, "/spec/selector", "selects no pod of the tree")];
    }
    let ports = object.items("/spec/ports");
    ports.iter().flat_map(|(place, port)| undeclared(object, place, port, &selected)).collect()
}

fn undeclared(object: &Object, place: &str, port: &Value, selected: &[&Template<'_>]) -> Vec<Fault> {
    let default = port["port"].clone();
    let target = port.get("targetPort").unwrap_or(&default);
    let lacking = selected.iter().filter(|template| template.port(target, pods::protocol(port)).is_none());
    let fault = |template: &&Template<'_>| {
        let (kind, name) = (template.object.kind(), template.object.name());
        Fault::at(object, place, format!("`{kind}` `{name}` declares no port {target}"))
    };
    lacking.map(fault).collect()
}

fn budget(tree: &Tree<'_>, object: &Object) -> Vec<Fault> {
    let selector = &object.value["spec"]["selector"];
    let selects =
        tree.templates_in(object.namespace()).iter().any(|template| selector::selects(selector, &template.labels));
    let fault = (!selects).then(|| Fault::at(object, "/spec/selector", "selects no pod of the tree"));
    fault.into_iter().collect()
}
