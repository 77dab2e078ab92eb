//! HTTPRoute, in Linkerd's own group and in that of the Gateway API, and GRPCRoute. Only fields that
//! Gateway API 1.2.1 has: Linkerd drops a route with a field that it does not know.

use serde::Serialize;

use crate::objects::{Object, linkerd};

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteSpec {
    pub(crate) parent_refs: Vec<ParentReference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hostnames: Vec<String>,
    pub(crate) rules: Vec<HttpRouteRule>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrpcRouteSpec {
    pub(crate) parent_refs: Vec<ParentReference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hostnames: Vec<String>,
    pub(crate) rules: Vec<GrpcRouteRule>,
}

/// What a route is for. Everything is written: without a group and a kind it would be a Gateway.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ParentReference {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteRule {
    /// What the manifest calls it: a rule has no name in Gateway API 1.2.1.
    #[serde(skip)]
    pub(crate) name: Option<String>,
    /// At least one: without any the API server fills in the prefix `/`.
    pub(crate) matches: Vec<HttpRouteMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeouts: Option<Timeouts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) backend_refs: Vec<BackendReference>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrpcRouteRule {
    /// What the manifest calls it.
    #[serde(skip)]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) matches: Vec<GrpcRouteMatch>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) backend_refs: Vec<BackendReference>,
}

/// How long a request may take: one number and one unit, or Linkerd takes it for no limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Timeouts {
    pub(crate) request: String,
}

/// A Service that takes requests. The port is the Service's. The weight is always written, since the API server fills it
/// in, and who compares the cluster with Git would find a difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct BackendReference {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) weight: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct HttpRouteMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'static str>,
    pub(crate) path: PathMatch,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<HeaderMatch>,
}

/// Always of a method: Linkerd's proxy takes a match without one for an error, and with it the whole policy
/// (linkerd2-proxy, linkerd/http/route/src/grpc/proto.rs, `MissingRpc`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct GrpcRouteMatch {
    pub(crate) method: GrpcMethodMatch,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct PathMatch {
    pub(crate) r#type: &'static str,
    pub(crate) value: String,
}

/// A gRPC method, exactly: Linkerd refuses expressions here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct GrpcMethodMatch {
    pub(crate) r#type: &'static str,
    pub(crate) service: String,
    pub(crate) method: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct HeaderMatch {
    pub(crate) r#type: &'static str,
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Object {
    /// What a route is for; nothing of any other object.
    pub(crate) fn parents(&self) -> &[ParentReference] {
        let http = self.spec_as::<HttpRouteSpec>().or(self.spec_as().map(|linkerd::HttpRouteSpec(route)| route));
        let grpc = || self.spec_as().map(|route: &GrpcRouteSpec| &route.parent_refs);
        http.map(|route| &route.parent_refs).or_else(grpc).map_or(&[], |parents| parents)
    }
}
