//! Kubernetes `policy/v1`.

use serde::{Deserialize, Serialize};

use crate::objects::apps::LabelSelector;
use crate::objects::core::IntOrString;
use crate::objects::{Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodDisruptionBudgetSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_unavailable: Option<IntOrString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unhealthy_pod_eviction_policy: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<LabelSelector>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
