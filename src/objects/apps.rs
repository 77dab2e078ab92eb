//! Kubernetes `apps/v1`: Deployments.

use serde::Serialize;

use crate::objects::Map;
use crate::objects::core::{IntOrString, PodTemplate};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct DeploymentSpec {
    /// Left out where an autoscaler decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) strategy: Option<Strategy>,
    pub(crate) selector: LabelSelector,
    pub(crate) template: PodTemplate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LabelSelector {
    pub(crate) match_labels: Map,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    pub(crate) r#type: &'static str,
    pub(crate) rolling_update: RollingUpdate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RollingUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_surge: Option<IntOrString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_unavailable: Option<IntOrString>,
}
