//! Kubernetes `autoscaling/v2`.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HorizontalPodAutoscalerSpec {
    pub(crate) scale_target_ref: ScaleTarget,
    pub(crate) min_replicas: u32,
    pub(crate) max_replicas: u32,
    pub(crate) metrics: Vec<Metric>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScaleTarget {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metric {
    pub(crate) r#type: &'static str,
    #[serde(flatten)]
    pub(crate) source: MetricSource,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MetricSource {
    ContainerResource { container: String, name: &'static str, target: MetricTarget },
    Resource { name: &'static str, target: MetricTarget },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricTarget {
    pub(crate) r#type: &'static str,
    pub(crate) average_utilization: u32,
}
