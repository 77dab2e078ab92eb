//! SMI `split.smi-spec.io`.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TrafficSplitSpec {
    pub(crate) service: String,
    pub(crate) backends: Vec<Backend>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Backend {
    pub(crate) service: String,
    pub(crate) weight: u32,
}
