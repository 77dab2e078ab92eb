//! Linkerd's own kinds: `policy.linkerd.io` and ServiceProfile.

use serde::{Deserialize, Serialize};

use crate::objects::apps::LabelSelector;
use crate::objects::core::{IntOrString, ResourceQuantity};
use crate::objects::{ObjectId, Optional, Rest, Text, gateway};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pod_selector: Option<LabelSelector>,
    pub(crate) port: IntOrString,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_protocol: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_policy: Option<Text>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationPolicySpec {
    pub(crate) target_ref: Reference,
    /// Exactly one: none would admit everyone, two would be asked for at once.
    pub(crate) required_authentication_refs: Vec<Reference>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<Text>,
    pub(crate) kind: Text,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

impl Reference {
    /// What has this name in the namespace of the object that refers to it.
    pub(crate) fn new(group: &'static str, kind: &'static str, name: String) -> Self {
        Self { group: Some(group.into()), kind: kind.into(), name, namespace: None, rest: Rest::new() }
    }

    /// What is meant, for an object of this namespace.
    pub(crate) fn id<'a>(&'a self, namespace: &'a str) -> ObjectId<'a> {
        let namespace = self.namespace.as_deref().unwrap_or(namespace);
        ObjectId { group: self.group.as_deref().unwrap_or_default(), kind: &self.kind, namespace, name: &self.name }
    }
}

/// References or identities; the CRD takes one of the two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeshTlsAuthenticationSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) identity_refs: Optional<Vec<Reference>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) identities: Optional<Vec<String>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NetworkAuthenticationSpec {
    pub(crate) networks: Vec<Network>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Network {
    pub(crate) cidr: Text,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Everything outside of the cluster's networks, for the clients of its namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EgressNetworkSpec {
    /// What becomes of requests that no route is for.
    pub(crate) traffic_policy: Text,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Linkerd's own HTTPRoute, for clusters without the Gateway API's: the same fields in another group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct HttpRouteSpec(pub(crate) gateway::HttpRouteSpec);

/// Each proxy counts by itself; there is one policy for a Server at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpLocalRateLimitPolicySpec {
    pub(crate) target_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<Limit>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) overrides: Optional<Vec<Override>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limit {
    pub(crate) requests_per_second: u32,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Override {
    pub(crate) requests_per_second: u32,
    pub(crate) client_refs: Vec<Reference>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceProfileSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) routes: Optional<Vec<ProfileRoute>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_budget: Option<RetryBudget>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) dst_overrides: Optional<Vec<WeightedDst>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileRoute {
    pub(crate) name: String,
    pub(crate) condition: RequestMatch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_retryable: Option<bool>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) response_classes: Optional<Vec<ResponseClass>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_regex: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseClass {
    pub(crate) condition: ResponseMatch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_failure: Option<bool>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResponseMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<StatusRange>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Both ends are written: the proxy drops a class that lacks one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StatusRange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<u16>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetryBudget {
    pub(crate) retry_ratio: f64,
    pub(crate) min_retries_per_second: u32,
    pub(crate) ttl: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WeightedDst {
    pub(crate) authority: String,
    pub(crate) weight: ResourceQuantity,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
