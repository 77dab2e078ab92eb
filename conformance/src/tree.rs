//! What must hold between the objects of one tree: references resolve, selectors select, nothing is there twice.
//!
//! A reference into a namespace of which the tree holds no object is not judged: that namespace is someone else's.
//! Nor are references to what a tree of this kind leaves to others: Secrets, ConfigMaps, volume claims, roles,
//! Gateways, hosts by name.

mod index;
pub mod pods;
mod references;
pub mod selector;
mod servers;
mod services;

use index::Tree;

use crate::fault::Fault;
use crate::object::Object;

/// The faults between the objects of a tree, in the order of the objects that have them.
pub fn judge_tree(objects: &[Object]) -> Vec<Fault> {
    let (tree, mut faults) = Tree::of(objects);
    for object in objects {
        faults.extend(references::judge(&tree, object));
        faults.extend(services::judge(&tree, object));
        faults.extend(servers::judge(&tree, object));
        faults.extend(open_door(object));
    }
    faults.extend(servers::overlaps(&tree));
    faults
}

/// An AuthorizationPolicy that asks for no authentication lets everyone in, unauthenticated.
fn open_door(object: &Object) -> Option<Fault> {
    let place = "/spec/requiredAuthenticationRefs";
    let refs = object.value.pointer(place).and_then(|refs| refs.as_array());
    let open = object.is("policy.linkerd.io", "AuthorizationPolicy") && refs.is_none_or(Vec::is_empty);
    open.then(|| Fault::at(object, place, "no authentication is required: this lets everyone in"))
}
