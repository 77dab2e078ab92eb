//! Kubernetes `autoscaling/v2`.

use serde::{Deserialize, Serialize};

use crate::objects::{Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HorizontalPodAutoscalerSpec {
    pub(crate) scale_target_ref: ScaleTarget,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_replicas: Option<u32>,
    pub(crate) max_replicas: u32,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) metrics: Optional<Vec<Metric>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScaleTarget {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_version: Option<Text>,
    pub(crate) kind: Text,
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// What a type of metric looks at stands in the field of that type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metric {
    pub(crate) r#type: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container_resource: Option<ResourceMetric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<ResourceMetric>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourceMetric {
    /// The container, where not the whole pod is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container: Option<String>,
    pub(crate) name: Text,
    pub(crate) target: MetricTarget,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricTarget {
    pub(crate) r#type: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) average_utilization: Option<u32>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
