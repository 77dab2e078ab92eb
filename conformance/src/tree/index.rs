//! The objects of a tree by identity, and the pods that it will run.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::pods::{self, Template};
use crate::fault::Fault;
use crate::object::Object;

/// What a name refers to: two versions of one kind are one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity<'o> {
    pub group: &'o str,
    pub kind: &'o str,
    pub namespace: &'o str,
    pub name: &'o str,
}

pub struct Tree<'o> {
    by_identity: BTreeMap<Identity<'o>, &'o Object>,
    namespaces: BTreeMap<&'o str, Namespace<'o>>,
}

/// What a namespace of the tree holds.
#[derive(Default)]
pub struct Namespace<'o> {
    pub templates: Vec<Template<'o>>,
    /// Linkerd's Servers.
    pub servers: Vec<&'o Object>,
}

impl<'o> Tree<'o> {
    /// The tree of these objects, and the faults of those that are there twice.
    pub fn of(objects: &'o [Object]) -> (Tree<'o>, Vec<Fault>) {
        let mut by_identity = BTreeMap::new();
        let mut faults = Vec::new();
        for object in objects {
            match by_identity.entry(identity(object)) {
                Entry::Vacant(place) => drop(place.insert(object)),
                Entry::Occupied(first) => {
                    let message = format!("this object is in the tree twice; first in {}", first.get().path);
                    faults.push(Fault::at(object, "", message));
                }
            }
        }
        (Tree { by_identity, namespaces: namespaces(objects) }, faults)
    }

    pub fn find(&self, identity: Identity<'_>) -> Option<&'o Object> {
        self.by_identity.get(&identity).copied()
    }

    /// Whether the tree answers for what is in a namespace.
    pub fn owns(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    pub fn namespaces(&self) -> impl Iterator<Item = &Namespace<'o>> {
        self.namespaces.values()
    }

    /// The pod templates of a namespace.
    pub fn templates_in(&self, namespace: &str) -> &[Template<'o>] {
        self.namespaces.get(namespace).map_or(&[], |namespace| &namespace.templates)
    }
}

fn namespaces(objects: &[Object]) -> BTreeMap<&str, Namespace<'_>> {
    let mut namespaces: BTreeMap<&str, Namespace<'_>> = BTreeMap::new();
    for object in objects {
        let namespace = namespaces.entry(object.namespace()).or_default();
        namespace.templates.extend(pods::template(object));
        namespace.servers.extend(object.is("policy.linkerd.io", "Server").then_some(object));
    }
    namespaces
}

fn identity(object: &Object) -> Identity<'_> {
    let (group, kind) = (object.group(), object.kind());
    Identity { group, kind, namespace: object.namespace(), name: object.name() }
}
