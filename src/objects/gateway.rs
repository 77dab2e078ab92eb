//! HTTPRoute, in Linkerd's own group and in that of the Gateway API, and GRPCRoute. Only fields that
//! Gateway API 1.2.1 has: Linkerd drops a route with a field that it does not know.

use serde::{Deserialize, Serialize};

use crate::objects::{ObjectId, Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) parent_refs: Optional<Vec<ParentReference>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) hostnames: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) rules: Optional<Vec<HttpRouteRule>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrpcRouteSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) parent_refs: Optional<Vec<ParentReference>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) hostnames: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) rules: Optional<Vec<GrpcRouteRule>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// What a route is for. Everything is written: without a group and a kind it would be a Gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ParentReference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Text>,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteRule {
    /// What the manifest calls it: a rule has no name in Gateway API 1.2.1.
    #[serde(skip)]
    pub(crate) name: Option<String>,
    /// At least one: without any the API server fills in the prefix `/`.
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) matches: Optional<Vec<HttpRouteMatch>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeouts: Option<Timeouts>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) backend_refs: Optional<Vec<BackendReference>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrpcRouteRule {
    /// What the manifest calls it.
    #[serde(skip)]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) matches: Optional<Vec<GrpcRouteMatch>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) backend_refs: Optional<Vec<BackendReference>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// How long a request may take: one number and one unit, or Linkerd takes it for no limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timeouts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A Service that takes requests. The port is the Service's. The weight is always written, since the API server fills it
/// in, and who compares the cluster with Git would find a difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackendReference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Text>,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<u32>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct HttpRouteMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathMatch>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) headers: Optional<Vec<HeaderMatch>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Always of a method: Linkerd's proxy takes a match without one for an error, and with it the whole policy
/// (linkerd2-proxy, linkerd/http/route/src/grpc/proto.rs, `MissingRpc`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GrpcRouteMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<GrpcMethodMatch>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PathMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A gRPC method, exactly: Linkerd refuses expressions here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GrpcMethodMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct HeaderMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<Text>,
    pub(crate) name: String,
    pub(crate) value: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The group and the kind that an API server fills in for a parent.
const DEFAULT_GROUP: &str = "gateway.networking.k8s.io";
const DEFAULT_KIND: &str = "Gateway";

impl ParentReference {
    pub(crate) fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or(DEFAULT_KIND)
    }

    /// What is meant, for a route of this namespace.
    pub(crate) fn id<'a>(&'a self, namespace: &'a str) -> ObjectId<'a> {
        let group = self.group.as_deref().unwrap_or(DEFAULT_GROUP);
        ObjectId { group, kind: self.kind(), namespace, name: &self.name }
    }
}

impl PathMatch {
    pub(crate) fn new(r#type: &'static str, value: impl Into<String>) -> Self {
        Self { r#type: Some(r#type.into()), value: Some(value.into()), rest: Rest::new() }
    }
}
