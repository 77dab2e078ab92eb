//! Kubernetes `policy/v1`.

use serde::Serialize;

use crate::objects::apps::LabelSelector;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodDisruptionBudgetSpec {
    pub(crate) max_unavailable: u32,
    pub(crate) unhealthy_pod_eviction_policy: &'static str,
    pub(crate) selector: LabelSelector,
}
