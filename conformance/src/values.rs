//! What the API server, Linkerd's admission webhook and its proxies check in code, of one object, beyond its schema.
//!
//! Only what generated objects can get wrong: this is no second API server.

mod gateway;
mod linkerd;
mod metadata;
mod workload;

use crate::fault::Fault;
use crate::object::Object;

/// The faults of an object's values; `cluster_scoped` is its kind's scope.
pub fn judge(object: &Object, cluster_scoped: bool) -> Vec<Fault> {
    let judges = [metadata::judge, workload::judge, gateway::judge, linkerd::judge];
    let scope = metadata::scope(object, cluster_scoped);
    scope.into_iter().chain(judges.into_iter().flat_map(|judge| judge(object))).collect()
}
