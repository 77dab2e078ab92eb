//! Kubernetes `apps/v1`: Deployments.

use serde::{Deserialize, Serialize};

use crate::objects::core::{IntOrString, PodTemplate};
use crate::objects::{Map, Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeploymentSpec {
    /// Left out where an autoscaler decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) strategy: Option<Strategy>,
    pub(crate) selector: LabelSelector,
    pub(crate) template: PodTemplate,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LabelSelector {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) match_labels: Optional<Map>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

impl From<Map> for LabelSelector {
    fn from(labels: Map) -> Self {
        Self { match_labels: labels.into(), rest: Rest::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rolling_update: Option<RollingUpdate>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RollingUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_surge: Option<IntOrString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_unavailable: Option<IntOrString>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
