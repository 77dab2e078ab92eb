//! HTTPRoute, in Linkerd's own group and in that of the Gateway API: the same fields in both.

use serde::Serialize;

use crate::objects::linkerd::Reference;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRouteSpec {
    #[serde(skip)]
    pub(crate) group: RouteGroup,
    pub(crate) parent_refs: [Reference; 1],
    pub(crate) rules: [HttpRouteRule; 1],
}

/// The group of a route; a policy's targetRef must name the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteGroup {
    Linkerd,
    GatewayApi,
}

impl RouteGroup {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linkerd => "policy.linkerd.io",
            Self::GatewayApi => "gateway.networking.k8s.io",
        }
    }

    pub(crate) fn api_version(self) -> &'static str {
        match self {
            Self::Linkerd => "policy.linkerd.io/v1beta3",
            Self::GatewayApi => "gateway.networking.k8s.io/v1",
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct HttpRouteRule {
    pub(crate) matches: Vec<HttpRouteMatch>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HttpRouteMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    pub(crate) path: PathMatch,
}

#[derive(Debug, Serialize)]
pub(crate) struct PathMatch {
    pub(crate) r#type: &'static str,
    pub(crate) value: String,
}
