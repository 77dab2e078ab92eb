//! From one traffic API to another without losing a request: what is lost, which answers differ, and the
//! trees to commit one after the other. What is new comes first, while what is old is still in force; then
//! what both have changes; then what is old goes; and a policy that is for another route afterwards has a
//! second one beside it in between, so that at no moment a route stands without its grant.

use std::collections::{BTreeMap, BTreeSet};

use crate::mesh::{Mesh, Provider, names};
use crate::objects::{Object, Spec, Unit};
use crate::output::{self, Tree, yaml};
use crate::targets;

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Add,
    Change,
    Remove,
    Settle,
}

/// One step of a migration. As a [`Tree`] it is the whole output at that step.
#[derive(Clone, Copy, Debug)]
pub struct MigrationStep<'a> {
    from: &'a Mesh,
    to: &'a Mesh,
    phase: Phase,
}

/// The steps that change anything, in their order.
pub(crate) fn steps<'a>(from: &'a Mesh, to: &'a Mesh) -> Vec<MigrationStep<'a>> {
    let difference = Difference::of(from, to);
    let needed = |phase: &Phase| match phase {
        Phase::Add => difference.added,
        Phase::Change => difference.changed,
        Phase::Remove => difference.removed,
        Phase::Settle => difference.retargeted,
    };
    let phases = [Phase::Add, Phase::Change, Phase::Remove, Phase::Settle];
    phases.into_iter().filter(needed).map(|phase| MigrationStep { from, to, phase }).collect()
}

impl MigrationStep<'_> {
    /// What is done, in a line.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.phase {
            Phase::Add => "what is new, beside what is there",
            Phase::Change => "what both have, in its new form",
            Phase::Remove => "what is old goes, all in one commit",
            Phase::Settle => "the policies that stood in go",
        }
    }

    /// Why no request is lost, or which may be.
    #[must_use]
    pub fn why(&self) -> &'static str {
        let meshes = (self.from.cluster.provider(), self.to.cluster.provider());
        match (self.phase, meshes) {
            (Phase::Add, (Provider::Linkerd, Provider::Istio)) => "no pod has a proxy of Istio's yet, so nobody looks at these",
            (Phase::Add, (Provider::Istio, Provider::Linkerd)) => "no pod has a proxy of Linkerd's yet, so nobody looks at these",
            (Phase::Add, _) if self.to.cluster.traffic.value == crate::mesh::Traffic::GatewayApi => {
                "Linkerd looks at no route of a Service that has a ServiceProfile, so these do nothing yet"
            }
            (Phase::Add, _) => "a ServiceProfile is in force as soon as it is there, with the same routes and weights",
            (Phase::Change, (one, other)) if one != other => {
                "restart the pods afterwards: a pod gets the other mesh's proxy when it is made. Until the last one is, pods of \
                 the two meshes do not know each other's identity, and whoever names callers refuses them: do it while nobody \
                 calls, or open the callers before"
            }
            (Phase::Change, _) => "each object is replaced whole, and what it refers to is there already",
            (Phase::Remove, _) if self.from.cluster.traffic.value == crate::mesh::Traffic::Smi => {
                "the TrafficSplit and the ServiceProfile go together: alone, the extension would take the weights out of the \
                 profile"
            }
            (Phase::Remove, _) => "from here on what is new is in force",
            (Phase::Settle, _) => "the lasting policies are for the new routes now",
        }
    }
}

impl Tree for MigrationStep<'_> {
    fn walk(&self, each: &mut dyn FnMut(&str, &str)) {
        output::tree(&self.to.source, || self.units().into_iter()).walk(each);
    }
}

/// The group, the kind and the name of an object within its unit.
type Key = (String, &'static str, String);

fn key(object: &Object) -> Key {
    let (api_version, kind) = object.kind();
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    (group.to_owned(), kind, object.metadata.name.clone())
}

/// The objects of both meshes, unit by unit.
fn both(from: &Mesh, to: &Mesh) -> BTreeMap<(String, Option<String>), [Vec<Object>; 2]> {
    let mut both: BTreeMap<(String, Option<String>), [Vec<Object>; 2]> = BTreeMap::new();
    for (at, mesh) in [from, to].into_iter().enumerate() {
        for unit in targets::compile(mesh) {
            both.entry((unit.namespace, unit.app)).or_default()[at].extend(unit.objects);
        }
    }
    both
}

/// Whether a policy is for another kind of route afterwards.
fn is_retargeted(old: &Object, new: &Object) -> bool {
    match (&old.spec, &new.spec) {
        (Spec::AuthorizationPolicy(old), Spec::AuthorizationPolicy(new)) => {
            (old.target_ref.group, old.target_ref.kind) != (new.target_ref.group, new.target_ref.kind)
        }
        _ => false,
    }
}

fn text(object: &Object) -> String {
    let mut text = String::new();
    yaml::print(object, &mut text);
    text
}

/// What differs between the objects of two meshes.
#[derive(Default)]
struct Difference {
    added: bool,
    changed: bool,
    removed: bool,
    retargeted: bool,
}

impl Difference {
    fn of(from: &Mesh, to: &Mesh) -> Self {
        let mut difference = Self::default();
        for [old, new] in both(from, to).into_values() {
            let old: BTreeMap<Key, Object> = old.into_iter().map(|object| (key(&object), object)).collect();
            let keys: BTreeSet<Key> = new.iter().map(key).collect();
            difference.removed |= old.keys().any(|key| !keys.contains(key));
            for new in &new {
                match old.get(&key(new)) {
                    None => difference.added = true,
                    Some(old) if is_retargeted(old, new) => difference.retargeted = true,
                    Some(old) => difference.changed |= text(old) != text(new),
                }
            }
        }
        // A policy that stands in is new too.
        difference.added |= difference.retargeted;
        difference
    }
}

impl MigrationStep<'_> {
    fn units(&self) -> Vec<Unit> {
        let merged = both(self.from, self.to).into_iter().map(|((namespace, app), [old, new])| {
            let mut objects = self.merged(old, new);
            targets::sort(&mut objects);
            Unit { namespace, app, objects }
        });
        merged.collect()
    }

    /// The objects of a unit at this step.
    fn merged(&self, old: Vec<Object>, new: Vec<Object>) -> Vec<Object> {
        if self.phase == Phase::Settle {
            return new;
        }
        let mut old: BTreeMap<Key, Object> = old.into_iter().map(|object| (key(&object), object)).collect();
        let mut objects = Vec::new();
        for new in new {
            match old.remove(&key(&new)) {
                None => objects.push(new),
                Some(old) if is_retargeted(&old, &new) => {
                    objects.push(stand_in(new));
                    objects.push(old);
                }
                Some(old) if self.phase == Phase::Add => objects.push(old),
                Some(_) => objects.push(new),
            }
        }
        if self.phase != Phase::Remove {
            objects.extend(old.into_values());
        }
        objects
    }
}

/// The same policy under another name.
fn stand_in(mut policy: Object) -> Object {
    policy.metadata.name = names::stand_in(&policy.metadata.name);
    policy
}

#[cfg(test)]
mod tests {
    use super::{MigrationStep, Phase, steps};
    use crate::diagnostic::Report;
    use crate::mesh::{Mesh, resolve};
    use crate::objects::Spec;
    use crate::proxy::{Request, Verdict, terms};
    use crate::questions::{ask, clients, rendered, targets_of, world};
    use crate::source::{Source, Sources};
    use crate::{manifest, syntax};

    const EXAMPLES: [&str; 3] = [
        include_str!("../examples/quickstart/mlops.toml"),
        include_str!("../examples/recommender/mlops.toml"),
        include_str!("../examples/callers/mlops.toml"),
    ];

    fn on(text: &str, traffic: &str) -> Mesh {
        let needed = if text.contains("\ngateway-api = ") { "" } else { "\ngateway-api = \"1.2\"" };
        let text = match traffic {
            "gateway-api" => text.replace("traffic = \"smi\"", &format!("traffic = \"{traffic}\"{needed}")),
            other => text.replace("traffic = \"smi\"", &format!("traffic = \"{other}\"")),
        };
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let id = sources.add(Source::new("mlops.toml", text));
        let document = syntax::parse(sources.get(id), id, &mut report);
        let mesh = resolve(&manifest::read(&document.root, &mut report), "mlops.toml", &mut report);
        assert!(!report.has_errors(), "{report:?}");
        mesh
    }

    fn each(look: impl Fn(&Mesh, &Mesh)) {
        for text in EXAMPLES {
            for (from, to) in [("smi", "gateway-api"), ("profile", "gateway-api"), ("gateway-api", "smi"), ("smi", "profile")] {
                look(&on(text, from), &on(text, to));
            }
        }
    }

    /// Whoever is let in before and after is let in at every step, and every request has somewhere to go.
    #[test]
    fn no_step_refuses_what_both_ends_take() {
        each(|from, to| {
            let ends = [rendered(from), rendered(to)];
            let worlds = [world(from, &ends[0]), world(to, &ends[1])];
            for step in steps(from, to) {
                let units = step.units();
                let between = world(to, &units);
                for target in to.apps.iter().flat_map(|app| targets_of(to, app)) {
                    for (name, client) in clients(to) {
                        let allowed = |world: &_| ask(world, &client, &target).verdict == Verdict::Allowed;
                        let wanted = worlds.iter().all(allowed);
                        assert!(!wanted || allowed(&between), "{:?}: {name} to {}", step.phase, target.name);
                        let request = Request { method: &target.method, path: &target.path, headers: &[] };
                        let place = (target.app.namespace.name.as_str(), target.app.name.as_str(), target.port);
                        let goes = terms(&between, &client, place, request);
                        let one_of_both = worlds.iter().map(|world| terms(world, &client, place, request).backends);
                        assert!(one_of_both.into_iter().any(|backends| backends == goes.backends), "{:?}", step.phase);
                    }
                }
            }
        });
    }

    /// Of two routes that match alike nobody knows which is taken, so each has a policy of its own group.
    #[test]
    fn no_attached_route_is_without_its_grant() {
        each(|from, to| {
            for step in steps(from, to) {
                let units = step.units();
                let objects = || units.iter().flat_map(|unit| &unit.objects);
                for route in objects() {
                    let attached = match &route.spec {
                        Spec::HttpRoute(spec) => spec.parent_refs[0].kind == "Server",
                        Spec::GrpcRoute(spec) => spec.parent_refs[0].kind == "Server",
                        _ => false,
                    };
                    let (group, kind, name) = super::key(route);
                    let granted = objects().any(|object| match &object.spec {
                        Spec::AuthorizationPolicy(policy) => {
                            let target = &policy.target_ref;
                            (target.group, target.kind, &target.name) == (group.as_str(), kind, &name)
                        }
                        _ => false,
                    });
                    assert!(!attached || granted, "{:?}: {group} {kind} {name}", step.phase);
                }
            }
        });
    }

    #[test]
    fn the_last_step_is_the_new_tree() {
        each(|from, to| {
            let last: MigrationStep<'_> = *steps(from, to).last().expect("something changes");
            let printed = |units: Vec<crate::objects::Unit>| -> Vec<String> {
                let mut texts: Vec<String> = units.iter().flat_map(|unit| &unit.objects).map(super::text).collect();
                texts.sort();
                texts
            };
            assert_eq!(printed(last.units()), printed(rendered(to)), "{:?}", last.phase);
            assert!(steps(from, from).is_empty() && last.phase != Phase::Add);
        });
    }
}
