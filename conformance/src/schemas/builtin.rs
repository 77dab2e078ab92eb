//! Kubernetes' own kinds, from its definitions, closed and tightened.
//!
//! The definitions come from an OpenAPI document, which admits more than the API server does: null everywhere, any
//! text as a quantity, any number as a port. What is tightened here is what a schema can say; see
//! [`crate::values`] for the rest.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Scope, closed, formats, lists};
use crate::object::text;

const CLUSTER_SCOPED: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "IngressClass",
    "IPAddress",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "ServiceCIDR",
];
const PREFIX: &str = "#/$defs/";
const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const QUANTITY: &str = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING: &str = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

/// The definitions, closed.
pub struct Definitions(Map<String, Value>);

/// One kind among the definitions.
pub struct Builtin {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub scope: Scope,
    definition: String,
}

impl Definitions {
    /// Reads the definitions' document.
    pub fn of(document: &Value) -> Result<Definitions, String> {
        let definitions = document["$defs"].as_object().ok_or("no `$defs`")?;
        let mut closed: Map<String, Value> =
            definitions.iter().map(|(name, schema)| (name.clone(), strict(schema))).collect();
        closed.insert(QUANTITY.to_owned(), json!({"type": ["string", "number"], "format": formats::QUANTITY}));
        closed.insert(INT_OR_STRING.to_owned(), json!({"type": ["integer", "string"]}));
        tighten(&mut closed)?;
        Ok(Definitions(closed))
    }

    /// The kinds that are objects of their own: those with `ObjectMeta`.
    pub fn kinds(&self) -> Vec<Builtin> {
        let objects =
            self.0.iter().filter(|(_, schema)| text(schema, "/properties/metadata/$ref").ends_with(OBJECT_META));
        objects.flat_map(|(name, schema)| builtins(name, schema)).collect()
    }

    /// The schema of an object's metadata.
    pub fn object_meta() -> Value {
        json!({"$ref": format!("{PREFIX}{OBJECT_META}")})
    }

    /// What the metadata's schema refers to.
    pub fn object_meta_definitions(&self) -> Map<String, Value> {
        self.closure(OBJECT_META)
    }

    /// The schema of a whole object of this kind.
    pub fn schema(&self, kind: &Builtin) -> Value {
        json!({
            "$ref": format!("{PREFIX}{}", kind.definition),
            "required": ["apiVersion", "kind", "metadata"],
            "$defs": self.closure(&kind.definition),
        })
    }

    /// A definition and all that it refers to.
    fn closure(&self, root: &str) -> Map<String, Value> {
        let mut found = BTreeSet::new();
        let mut open = vec![root.to_owned()];
        while let Some(name) = open.pop() {
            if let Some(schema) = self.0.get(&name).filter(|_| found.insert(name.clone())) {
                references(schema, &mut open);
            }
        }
        found.into_iter().filter_map(|name| Some((name.clone(), self.0.get(&name)?.clone()))).collect()
    }
}

fn builtins(definition: &str, schema: &Value) -> Vec<Builtin> {
    let kinds = schema["x-kubernetes-group-version-kind"].as_array();
    let builtin = |gvk: &Value| Builtin {
        group: text(gvk, "/group").to_owned(),
        version: text(gvk, "/version").to_owned(),
        kind: text(gvk, "/kind").to_owned(),
        scope: scope(text(gvk, "/kind")),
        definition: definition.to_owned(),
    };
    kinds.into_iter().flatten().map(builtin).collect()
}

fn scope(kind: &str) -> Scope {
    if CLUSTER_SCOPED.contains(&kind) { Scope::Cluster } else { Scope::Namespaced }
}

fn references(schema: &Value, into: &mut Vec<String>) {
    match schema {
        Value::Object(keywords) => {
            let reference = keywords.get("$ref").and_then(Value::as_str);
            into.extend(reference.and_then(|r| r.strip_prefix(PREFIX)).map(str::to_owned));
            keywords.values().for_each(|value| references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

/// The schema without null, closed, with int32 bounded and lists of distinct items.
fn strict(schema: &Value) -> Value {
    let Some(keywords) = schema.as_object() else { return schema.clone() };
    let mut out: Map<String, Value> = Map::new();
    for (keyword, value) in keywords {
        let value = match (keyword.as_str(), value) {
            ("properties", Value::Object(fields)) => {
                fields.iter().map(|(name, schema)| (name.clone(), strict(schema))).collect()
            }
            ("items" | "additionalProperties", _) => strict(value),
            ("type" | "enum", Value::Array(options)) => options.iter().filter(|o| !names_null(o)).cloned().collect(),
            ("format", Value::String(format)) if format != "date-time" => continue,
            _ => value.clone(),
        };
        out.insert(keyword.clone(), value);
    }
    if schema["format"] == "int32" {
        closed::bound(&mut out, i32::MIN, i32::MAX);
    }
    if schema["format"] == "byte" {
        out.insert("format".to_owned(), formats::BASE64.into());
    }
    lists::add(schema, &mut out);
    if out.contains_key("properties") {
        out.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    Value::Object(out)
}

fn names_null(option: &Value) -> bool {
    option.is_null() || option == "null"
}

/// What the API server checks in code and a schema can say: definition, field, more keywords.
fn tighten(definitions: &mut Map<String, Value>) -> Result<(), String> {
    let port = json!({"minimum": 1, "maximum": 65535});
    let label = json!({"format": formats::DNS_LABEL});
    let subdomain = json!({"format": formats::DNS_SUBDOMAIN});
    let fields = [
        ("Container", "name", label.clone()),
        ("Container", "image", json!({"minLength": 1})),
        ("ContainerPort", "containerPort", port.clone()),
        ("ContainerPort", "hostPort", port.clone()),
        ("ContainerPort", "name", json!({"format": formats::PORT_NAME})),
        ("HorizontalPodAutoscalerSpec", "maxReplicas", json!({"minimum": 1})),
        ("DeploymentSpec", "replicas", json!({"minimum": 0})),
        ("PodSpec", "serviceAccountName", subdomain),
        ("PodSpec", "containers", json!({"minItems": 1})),
        ("PodSpec", "terminationGracePeriodSeconds", json!({"minimum": 0})),
        ("ServicePort", "port", port.clone()),
        ("ServicePort", "name", label.clone()),
        ("ServicePort", "nodePort", port),
        ("Volume", "name", label.clone()),
        ("VolumeMount", "name", label),
        ("VolumeMount", "mountPath", json!({"minLength": 1})),
    ];
    for (definition, field, more) in fields {
        let schema = field_schema(definitions, definition, field)?;
        schema.extend(more.as_object().cloned().unwrap_or_default());
    }
    Ok(())
}

fn field_schema<'d>(
    definitions: &'d mut Map<String, Value>,
    definition: &str,
    field: &str,
) -> Result<&'d mut Map<String, Value>, String> {
    let suffix = format!(".{definition}");
    let mut named = definitions.iter_mut().filter(|(name, _)| name.ends_with(&suffix));
    let (_, schema) = named.next().ok_or_else(|| format!("no definition `{definition}`"))?;
    let field = schema.get_mut("properties").and_then(|fields| fields.get_mut(field));
    field.and_then(Value::as_object_mut).ok_or_else(|| format!("no such field of `{definition}`"))
}
