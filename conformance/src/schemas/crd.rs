//! A CustomResourceDefinition taken apart: one [`Version`] for each version in it.

use serde_json::{Map, Value, json};

use super::{Scope, closed};
use crate::object::text;

/// One version of the kind that a CRD defines.
pub struct Version {
    pub group: String,
    pub kind: String,
    pub version: String,
    pub served: bool,
    pub scope: Scope,
    pub schema: Value,
}

/// The versions of a CRD; nothing for another kind of document.
pub fn versions(document: &Value) -> Vec<Version> {
    if text(document, "/kind") != "CustomResourceDefinition" {
        return Vec::new();
    }
    let versions = document["spec"]["versions"].as_array();
    versions.into_iter().flatten().map(|version| taken_from(&document["spec"], version)).collect()
}

fn taken_from(spec: &Value, version: &Value) -> Version {
    Version {
        group: text(spec, "/group").to_owned(),
        kind: text(spec, "/names/kind").to_owned(),
        version: text(version, "/name").to_owned(),
        served: version["served"] == true,
        scope: if spec["scope"] == "Cluster" { Scope::Cluster } else { Scope::Namespaced },
        schema: version["schema"]["openAPIV3Schema"].clone(),
    }
}

impl Version {
    /// The closed JSON Schema of a whole object; its metadata is Kubernetes' own `ObjectMeta`, under `definitions`.
    pub fn closed(&self, object_meta: &Value, definitions: Map<String, Value>) -> Result<Value, String> {
        let mut spec = self.schema.clone();
        let root = spec.as_object_mut().ok_or("a schema must be a mapping")?;
        let fields = root.entry("properties").or_insert_with(|| json!({}));
        let fields = fields.as_object_mut().ok_or("`properties` must be a mapping")?;
        for field in ["apiVersion", "kind", "metadata"] {
            fields.shift_remove(field);
        }
        let mut schema = closed::closed(&spec)?;
        schema["properties"]["apiVersion"] = json!({"const": format!("{}/{}", self.group, self.version)});
        schema["properties"]["kind"] = json!({"const": self.kind});
        schema["properties"]["metadata"] = object_meta.clone();
        schema["$defs"] = Value::Object(definitions);
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        schema["required"] =
            required.into_iter().filter(|name| name != "metadata").chain([json!("metadata")]).collect();
        Ok(schema)
    }
}
