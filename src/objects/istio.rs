//! Istio's kinds: `networking.istio.io` and `security.istio.io`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::objects::apps::LabelSelector;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct VirtualServiceSpec {
    pub(crate) hosts: Vec<String>,
    pub(crate) http: Vec<HttpRoute>,
}

/// The first one that matches is taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRoute {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) r#match: Vec<HttpMatch>,
    pub(crate) route: Vec<WeightedDestination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    /// Always written: without it Istio retries twice.
    pub(crate) retries: Retries,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mirror: Option<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mirror_percentage: Option<Percent>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct HttpMatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<StringMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<StringMatch>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, StringMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StringMatch {
    Exact(String),
    Prefix(String),
    Regex(String),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct WeightedDestination {
    pub(crate) destination: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Destination {
    /// A DNS name in full: a short one counts from the object's own namespace.
    pub(crate) host: String,
    pub(crate) port: PortNumber,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct PortNumber {
    pub(crate) number: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retries {
    pub(crate) attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_try_timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_on: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Percent {
    pub(crate) value: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationRuleSpec {
    pub(crate) host: String,
    pub(crate) traffic_policy: TrafficPolicy,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrafficPolicy {
    pub(crate) outlier_detection: OutlierDetection,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct OutlierDetection {
    #[serde(rename = "consecutive5xxErrors")]
    pub(crate) consecutive_5xx_errors: u32,
    #[serde(rename = "baseEjectionTime")]
    pub(crate) base_ejection_time: String,
    #[serde(rename = "maxEjectionPercent")]
    pub(crate) max_ejection_percent: u32,
}

/// Who is let in. As soon as one selects a pod, whoever no rule admits is refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct AuthorizationPolicySpec {
    /// Without one it is for every pod of its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<LabelSelector>,
    pub(crate) action: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Rule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) from: Vec<From>,
    pub(crate) to: Vec<To>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct From {
    pub(crate) source: SourceMatch,
}

/// Either of the two: both at once would both be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SourceMatch {
    Principals(Vec<String>),
    IpBlocks(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct To {
    pub(crate) operation: Operation,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Operation {
    /// Ports of the container.
    pub(crate) ports: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) methods: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) paths: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeerAuthenticationSpec {
    pub(crate) selector: LabelSelector,
    /// Without one the mesh's own holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mtls: Option<Mtls>,
    /// By the container's port.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) port_level_mtls: BTreeMap<u16, Mtls>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mtls {
    pub(crate) mode: &'static str,
}
