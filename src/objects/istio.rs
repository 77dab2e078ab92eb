//! Istio's kinds: `networking.istio.io` and `security.istio.io`.

use std::collections::BTreeMap;
use std::num::ParseIntError;

use serde::{Deserialize, Serialize};

use crate::objects::apps::LabelSelector;
use crate::objects::{Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct VirtualServiceSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) hosts: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) http: Optional<Vec<HttpRoute>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The first one that matches is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRoute {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) r#match: Optional<Vec<HttpMatch>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) route: Optional<Vec<WeightedDestination>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    /// Always written: without it Istio retries twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retries: Option<Retries>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mirror: Option<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mirror_percentage: Option<Percent>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct HttpMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<StringMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<StringMatch>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) headers: Optional<BTreeMap<String, StringMatch>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StringMatch {
    Exact(String),
    Prefix(String),
    Regex(String),
    /// Of a header: that it is there.
    #[serde(untagged)]
    Other(Rest),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WeightedDestination {
    pub(crate) destination: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<u32>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Destination {
    /// A DNS name in full: a short one counts from the object's own namespace.
    pub(crate) host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<PortNumber>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PortNumber {
    pub(crate) number: u16,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retries {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_try_timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_on: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Percent {
    pub(crate) value: f64,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationRuleSpec {
    pub(crate) host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) traffic_policy: Option<TrafficPolicy>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrafficPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outlier_detection: Option<OutlierDetection>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutlierDetection {
    #[serde(rename = "consecutive5xxErrors", skip_serializing_if = "Option::is_none")]
    pub(crate) consecutive_5xx_errors: Option<u32>,
    #[serde(rename = "baseEjectionTime", skip_serializing_if = "Option::is_none")]
    pub(crate) base_ejection_time: Option<String>,
    #[serde(rename = "maxEjectionPercent", skip_serializing_if = "Option::is_none")]
    pub(crate) max_ejection_percent: Option<u32>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Who is let in. As soon as one selects a pod, whoever no rule admits is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AuthorizationPolicySpec {
    /// Without one it is for every pod of its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<LabelSelector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<Text>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) rules: Optional<Vec<Rule>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) from: Optional<Vec<From>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) to: Optional<Vec<To>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct From {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<SourceMatch>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Several at once are all asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceMatch {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) principals: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) ip_blocks: Optional<Vec<String>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct To {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<Operation>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Operation {
    /// Ports of the container.
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) ports: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) methods: Optional<Vec<Text>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) paths: Optional<Vec<String>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeerAuthenticationSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<LabelSelector>,
    /// Without one the mesh's own holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mtls: Option<Mtls>,
    /// By the container's port.
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) port_level_mtls: Optional<BTreeMap<PortKey, Mtls>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mtls {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Text>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A port as a key, which is a text in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PortKey(pub(crate) u16);

impl TryFrom<String> for PortKey {
    type Error = ParseIntError;

    fn try_from(key: String) -> Result<Self, ParseIntError> {
        key.parse().map(Self)
    }
}
