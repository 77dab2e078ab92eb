//! Kubernetes `batch/v1`.

use serde::{Deserialize, Serialize};

use crate::objects::core::PodTemplate;
use crate::objects::{Metadata, Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CronJobSpec {
    pub(crate) schedule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) concurrency_policy: Option<Text>,
    pub(crate) job_template: JobTemplate,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobTemplate {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) metadata: Optional<Metadata>,
    pub(crate) spec: JobSpec,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backoff_limit: Option<u32>,
    pub(crate) template: PodTemplate,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
