//! What Kubernetes, Linkerd and the proxies accept and mean: limits, grammars, defaults, versions.
//! Pure functions and constants, each with its source; nothing here knows the language or a mesh.

pub(crate) mod addresses;
pub(crate) mod cron;
pub(crate) mod gateway;
pub(crate) mod istio;
pub(crate) mod kubernetes;
pub(crate) mod linkerd;
pub(crate) mod overlap;
pub(crate) mod quantity;
pub(crate) mod versions;
