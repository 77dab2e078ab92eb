//! Kubernetes `batch/v1`.

use serde::Serialize;

use crate::objects::Metadata;
use crate::objects::core::PodTemplate;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CronJobSpec {
    pub(crate) schedule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) concurrency_policy: Option<&'static str>,
    pub(crate) job_template: JobTemplate,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct JobTemplate {
    pub(crate) metadata: Metadata,
    pub(crate) spec: JobSpec,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backoff_limit: Option<u32>,
    pub(crate) template: PodTemplate,
}
