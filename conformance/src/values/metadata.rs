//! Names, labels and annotations, in an object's own metadata and in the templates within it.

use serde_json::Value;

use crate::fault::Fault;
use crate::grammar;
use crate::object::{Object, token};

/// The kinds of a grammar other than the DNS subdomain of up to 253 characters.
const NAMES: &[(&str, &str, NameRule)] = &[
    ("", "Namespace", NameRule { is: grammar::is_dns_label, called: "DNS label" }),
    ("", "Service", NameRule { is: grammar::is_dns_1035_label, called: "DNS label that starts with a letter" }),
    ("batch", "CronJob", NameRule { is: is_cron_job_name, called: "DNS subdomain of up to 52 characters" }),
    ("rbac.authorization.k8s.io", "Role", PATH_SEGMENT),
    ("rbac.authorization.k8s.io", "RoleBinding", PATH_SEGMENT),
    ("rbac.authorization.k8s.io", "ClusterRole", PATH_SEGMENT),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", PATH_SEGMENT),
];
const PATH_SEGMENT: NameRule = NameRule { is: grammar::is_path_segment, called: "path segment" };
const SUBDOMAIN: NameRule = NameRule { is: grammar::is_dns_subdomain, called: "DNS subdomain" };

struct NameRule {
    is: fn(&str) -> bool,
    called: &'static str,
}

/// A namespace where the kind has none.
pub fn scope(object: &Object, cluster_scoped: bool) -> Option<Fault> {
    let misplaced = cluster_scoped && !object.namespace().is_empty();
    misplaced.then(|| Fault::at(object, "/metadata/namespace", "this kind belongs to no namespace"))
}

pub fn judge(object: &Object) -> Vec<Fault> {
    let mut faults = names(object);
    texts(object, &object.value, "", &mut faults);
    faults
}

fn names(object: &Object) -> Vec<Fault> {
    let mut faults = Vec::new();
    let special = NAMES.iter().find(|(group, kind, _)| object.is(group, kind));
    let rule = special.map_or(&SUBDOMAIN, |(_, _, rule)| rule);
    let name = object.name();
    if name.is_empty() {
        faults.push(Fault::at(object, "/metadata", "`name` is missing"));
    } else if !(rule.is)(name) {
        faults.push(Fault::at(object, "/metadata/name", format!("`{name}` is not a {}", rule.called)));
    }
    let namespace = object.value.pointer("/metadata/namespace").and_then(Value::as_str);
    if let Some(namespace) = namespace.filter(|namespace| !grammar::is_dns_label(namespace)) {
        faults.push(Fault::at(object, "/metadata/namespace", format!("`{namespace}` is not a DNS label")));
    }
    faults
}

/// Labels, annotations and selectors, wherever they are.
fn texts(object: &Object, value: &Value, pointer: &str, faults: &mut Vec<Fault>) {
    let Some(fields) = value.as_object() else {
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            texts(object, item, &format!("{pointer}/{at}"), faults);
        }
        return;
    };
    for (name, value) in fields {
        let place = format!("{pointer}/{}", token(name));
        match (name.as_str(), value) {
            ("labels", Value::Object(_)) if pointer.ends_with("/metadata") => labels(object, &place, value, faults),
            ("matchLabels" | "nodeSelector", Value::Object(_)) => labels(object, &place, value, faults),
            ("selector", Value::Object(_)) if object.is("", "Service") => labels(object, &place, value, faults),
            ("annotations", Value::Object(_)) if pointer.ends_with("/metadata") => {
                keyed_texts(object, &place, value, |_| true, faults);
            }
            _ => texts(object, value, &place, faults),
        }
    }
}

fn labels(object: &Object, pointer: &str, map: &Value, faults: &mut Vec<Fault>) {
    keyed_texts(object, pointer, map, grammar::is_label_value, faults);
}

fn keyed_texts(object: &Object, pointer: &str, map: &Value, fits: fn(&str) -> bool, faults: &mut Vec<Fault>) {
    for (key, value) in map.as_object().into_iter().flatten() {
        let place = format!("{pointer}/{}", token(key));
        if !grammar::is_qualified_name(key) {
            faults.push(Fault::at(object, &place, format!("`{key}` is not a key of a label or annotation")));
        }
        match value.as_str() {
            None => faults.push(Fault::at(object, place, format!("{value} must be a text"))),
            Some(text) if !fits(text) => {
                faults.push(Fault::at(object, place, format!("`{text}` is not a label's value")));
            }
            Some(_) => {}
        }
    }
}

fn is_cron_job_name(name: &str) -> bool {
    name.len() <= 52 && grammar::is_dns_subdomain(name)
}
