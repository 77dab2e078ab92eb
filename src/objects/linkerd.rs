//! Linkerd's own kinds: `policy.linkerd.io` and ServiceProfile.

use serde::Serialize;

use crate::objects::apps::LabelSelector;
use crate::objects::{Text, gateway};

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerSpec {
    pub(crate) pod_selector: LabelSelector,
    pub(crate) port: u16,
    pub(crate) proxy_protocol: &'static str,
    pub(crate) access_policy: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationPolicySpec {
    pub(crate) target_ref: Reference,
    /// Exactly one: none would admit everyone, two would be asked for at once.
    pub(crate) required_authentication_refs: Vec<Reference>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reference {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
}

/// References or identities; the CRD takes one of the two.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MeshTlsAuthenticationSpec {
    IdentityRefs(Vec<Reference>),
    Identities(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct NetworkAuthenticationSpec {
    pub(crate) networks: Vec<Network>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Network {
    pub(crate) cidr: Text,
}

/// Everything outside of the cluster's networks, for the clients of its namespace.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EgressNetworkSpec {
    /// What becomes of requests that no route is for.
    pub(crate) traffic_policy: &'static str,
}

/// Linkerd's own HTTPRoute, for clusters without the Gateway API's: the same fields in another group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct HttpRouteSpec(pub(crate) gateway::HttpRouteSpec);

/// Each proxy counts by itself; there is one policy for a Server at most.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpLocalRateLimitPolicySpec {
    pub(crate) target_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<Limit>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) overrides: Vec<Override>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limit {
    pub(crate) requests_per_second: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Override {
    pub(crate) requests_per_second: u32,
    pub(crate) client_refs: Vec<Reference>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceProfileSpec {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) routes: Vec<ProfileRoute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_budget: Option<RetryBudget>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) dst_overrides: Vec<WeightedDst>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileRoute {
    pub(crate) name: String,
    pub(crate) condition: RequestMatch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_retryable: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) response_classes: Vec<ResponseClass>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    pub(crate) path_regex: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseClass {
    pub(crate) condition: ResponseMatch,
    pub(crate) is_failure: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ResponseMatch {
    pub(crate) status: StatusRange,
}

/// Both ends are written: the proxy drops a class that lacks one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct StatusRange {
    pub(crate) min: u16,
    pub(crate) max: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetryBudget {
    pub(crate) retry_ratio: f64,
    pub(crate) min_retries_per_second: u32,
    pub(crate) ttl: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct WeightedDst {
    pub(crate) authority: String,
    /// A Kubernetes quantity.
    pub(crate) weight: String,
}
