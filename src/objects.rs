//! What a cluster reads: one row of `kinds` for each kind, fields in the order in which people
//! write them. These types say how an object looks, never why it is there. They read what a cluster may hold, and keep
//! what they do not know, so that it is printed back.

pub(crate) mod apps;
pub(crate) mod autoscaling;
pub(crate) mod batch;
pub(crate) mod core;
pub(crate) mod gateway;
pub(crate) mod istio;
mod kinds;
pub(crate) mod linkerd;
mod optional;
pub(crate) mod policy;
mod read;
pub(crate) mod smi;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::spanned::{Span, Spanned};

pub(crate) use kinds::{File, Kind, KindSpec, Spec};
pub(crate) use optional::Optional;
pub use read::ObjectError;

/// A text that is often the same one.
pub(crate) type Text = Cow<'static, str>;

/// Labels, annotations, selectors: sorted, so that the same ones print alike.
pub(crate) type Map = BTreeMap<Text, Text>;

/// The fields that mlmesh has no use for, kept as they were read and printed behind those that it knows.
pub(crate) type Rest = BTreeMap<String, Value>;

/// The objects of one namespace, app or job, in the order in which a cluster should take them.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) namespace: String,
    /// The app or the job; `None` for a namespace.
    pub(crate) app: Option<String>,
    pub(crate) objects: Vec<Object>,
}

/// One object, and what caused it, which makes no difference between two that are compared.
#[derive(Clone, Debug)]
pub struct Object {
    /// The version of its kind's group.
    pub(crate) version: Text,
    pub(crate) metadata: Metadata,
    pub(crate) spec: Spec,
    /// `None` for an object that was read.
    pub(crate) origin: Option<Origin>,
    pub(crate) rest: Rest,
}

/// What caused an object: a table or a key of the manifest, such as `models.ranker.versions.v1`, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) path: String,
    pub(crate) span: Span,
}

/// What one object is known by among all of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId<'a> {
    pub(crate) group: &'a str,
    pub(crate) kind: &'a str,
    /// Empty for what is in no namespace.
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
}

/// What every object has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// Empty for what has none of its own, such as a pod's template.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) labels: Optional<Map>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) annotations: Optional<Map>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

impl Object {
    /// An object of the version that is written of its kind.
    pub(crate) fn new(metadata: Metadata, spec: impl Into<Spec>, origin: Origin) -> Self {
        let spec = spec.into();
        Self { version: spec.kind().version.into(), metadata, spec, origin: Some(origin), rest: Rest::new() }
    }

    /// The same in another version of its group.
    pub(crate) fn in_version(self, version: &'static str) -> Self {
        Self { version: version.into(), ..self }
    }

    pub(crate) fn id(&self) -> ObjectId<'_> {
        let Kind { group, name: kind, .. } = self.spec.kind();
        ObjectId { group, kind, namespace: self.metadata.namespace.as_deref().unwrap_or_default(), name: &self.metadata.name }
    }

    /// The spec, if it is of this kind.
    pub(crate) fn spec_as<T: KindSpec>(&self) -> Option<&T> {
        T::of(&self.spec)
    }

    /// What a route is for; nothing of any other object.
    pub(crate) fn parents(&self) -> &[gateway::ParentReference] {
        let own = self.spec_as().map(|linkerd::HttpRouteSpec(route)| route);
        let http = self.spec_as().or(own).map(|route: &gateway::HttpRouteSpec| &route.parent_refs);
        let grpc = self.spec_as().map(|route: &gateway::GrpcRouteSpec| &route.parent_refs);
        http.or(grpc).map_or(&[], |parents| parents)
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        (&self.version, &self.metadata, &self.spec, &self.rest) == (&other.version, &other.metadata, &other.spec, &other.rest)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Kind { group, name, .. } = self.spec.kind();
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("apiVersion", &ApiVersion(group, &self.version))?;
        object.serialize_entry("kind", name)?;
        object.serialize_entry("metadata", &self.metadata)?;
        self.spec.serialize_into(&mut object)?;
        self.rest.iter().try_for_each(|(name, value)| object.serialize_entry(name, value))?;
        object.end()
    }
}

/// A group and a version, as an object names them.
struct ApiVersion<'a>(&'static str, &'a str);

impl Serialize for ApiVersion<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self("", version) => serializer.serialize_str(version),
            Self(group, version) => serializer.collect_str(&format_args!("{group}/{version}")),
        }
    }
}

impl Origin {
    /// A table of the manifest by its name, such as `models.ranker`.
    pub(crate) fn new(table: &str, name: &Spanned<String>) -> Self {
        Self { path: format!("{table}.{name}"), span: name.span }
    }

    /// A table inside of this one by its name, such as `ports.metrics`.
    pub(crate) fn table(&self, table: &str, name: &Spanned<String>) -> Self {
        Self { path: format!("{}.{table}.{name}", self.path), span: name.span }
    }

    /// A key of this table, and where its value stands.
    pub(crate) fn key(&self, key: &str, span: Span) -> Self {
        Self { path: format!("{}.{key}", self.path), span }
    }
}

/// Puts objects into the order in which a cluster should take them.
pub(crate) fn sort(objects: &mut [Object]) {
    objects.sort_by_key(|object| object.spec.kind().order);
}
