//! SMI `split.smi-spec.io`.

use serde::{Deserialize, Serialize};

use crate::objects::Rest;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrafficSplitSpec {
    pub(crate) service: String,
    pub(crate) backends: Vec<Backend>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Backend {
    pub(crate) service: String,
    pub(crate) weight: u32,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}
