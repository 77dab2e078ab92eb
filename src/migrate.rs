//! From one traffic API to another without losing a request: what is lost, which answers differ, and the
//! trees to commit one after the other. What is new comes first, while what is old is still in force; then
//! what both have changes; then what is old goes; and a policy that is for another route afterwards has a
//! second one beside it in between, so that at no moment a route stands without its grant, whichever file
//! of a step the cluster takes first. Only a port that turns to gRPC has a step of which that is not true.

use std::collections::BTreeMap;

use crate::gate::{Checked, Sound};
use crate::mesh::names;
use crate::objects::linkerd::{AuthorizationPolicySpec, ServerSpec};
use crate::objects::{self, Metadata, Object, Spec, Unit};
use crate::output::{self, Tree};
use crate::value::Traffic;

/// What is done in a step. Nobody knows in which order a cluster takes the files of one commit, so what must
/// come behind something else is another step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Add,
    Turn,
    Change,
    Remove,
    Settle,
    Clear,
}

/// One step of a migration. As a [`Tree`] it is the whole output at that step.
#[derive(Clone, Copy, Debug)]
pub struct MigrationStep<'a> {
    from: Sound<'a>,
    to: Sound<'a>,
    phase: Phase,
}

/// The steps that change anything, in their order.
pub(crate) fn steps<'a>(from: Checked<'a>, to: Checked<'a>) -> Vec<MigrationStep<'a>> {
    let (from, to) = (from.sound(), to.sound());
    let phases = [Phase::Add, Phase::Turn, Phase::Change, Phase::Remove, Phase::Settle, Phase::Clear];
    let mut before = files(from.units());
    let mut steps = Vec::new();
    for phase in phases {
        let step = MigrationStep { from, to, phase };
        let after = files(step.units().into_iter());
        if after != before {
            steps.push(step);
        }
        before = after;
    }
    steps
}

impl MigrationStep<'_> {
    /// What is done, in a line.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.phase {
            Phase::Add => "what is new, beside what is there",
            Phase::Turn => "what turns to gRPC, all in one commit",
            Phase::Change => "what both have, in its new form",
            Phase::Remove => "what is old goes, all in one commit",
            Phase::Settle => "the lasting policies, for what is new",
            Phase::Clear => "what stood in for them goes",
        }
    }

    /// Why no request is lost, or which may be, and what runs again.
    #[must_use]
    pub fn why(&self) -> String {
        let (from, to) = (self.from.mesh().cluster.traffic.value, self.to.mesh().cluster.traffic.value);
        let between_meshes = self.from.mesh().cluster.provider() != self.to.mesh().cluster.provider();
        let why = match (self.phase, from, to) {
            (Phase::Add, _, _) if between_meshes => "no pod has a proxy of this mesh yet, so nobody looks at these",
            (Phase::Add, from, to) if from == to => {
                "of two routes that match alike Linkerd takes the older, so these do nothing yet"
            }
            (Phase::Add, _, Traffic::GatewayApi) => {
                "Linkerd looks at no route of a Service that has a ServiceProfile, so these do nothing yet"
            }
            (Phase::Add, Traffic::Profile, Traffic::Smi) => {
                "the extension passes by a ServiceProfile that says `smi.linkerd.io/skip`, so these do nothing yet"
            }
            (Phase::Add, _, _) => "a ServiceProfile is in force as soon as it is there, with the same routes and weights",
            (Phase::Turn, _, _) => {
                "Linkerd looks at one kind of route of a Server alone, and answers what it knows no route for with 404. Until the \
                 cluster has all of this step, callers of these may be refused: do it while nobody calls"
            }
            (Phase::Change, _, _) if between_meshes => {
                "restart the pods afterwards: a pod gets the other mesh's proxy when it is made. Until the last one is, pods of \
                 the two meshes do not know each other's identity, and whoever names callers refuses them: do it while nobody \
                 calls, or open the callers before"
            }
            (Phase::Change, _, _) => "each object is replaced whole, and what it refers to is there already",
            (Phase::Remove, _, _) if between_meshes => {
                "no pod has a proxy of the other mesh any longer, so nobody looks at these"
            }
            (Phase::Remove, from, to) if from == to => "from here on what is new is in force",
            (Phase::Remove, Traffic::Smi, Traffic::Profile) => {
                "the ServiceProfile says `smi.linkerd.io/skip` by now, so the extension leaves the weights in it"
            }
            (Phase::Remove, Traffic::Smi, _) => {
                "the TrafficSplit and the ServiceProfile go together: alone, the extension would take the weights out of the \
                 profile"
            }
            (Phase::Remove, _, Traffic::GatewayApi) => "from here on what is new is in force",
            (Phase::Remove, _, _) => "what is new is in force already",
            (Phase::Settle, _, _) => "those that stand in for them are still there, whichever the cluster takes first",
            (Phase::Clear, _, _) => "the lasting policies admit whom they admitted",
        };
        match self.rerun() {
            jobs if jobs.is_empty() => why.to_owned(),
            jobs => format!("{why}. What has no schedule runs again: {}", jobs.join(", ")),
        }
    }

    /// The Jobs that are made anew: nothing in a Job can be changed, so that another pod means another Job.
    fn rerun(&self) -> Vec<String> {
        let mut jobs = Vec::new();
        if self.phase != Phase::Change {
            return jobs;
        }
        for [old, new] in both(self.from, self.to).into_values() {
            let made = new.into_iter().filter(|(_, object)| matches!(object.spec, Spec::Job(_)));
            let anew = made.filter(|(path, object)| old.get(path).is_some_and(|old| old.metadata.name != object.metadata.name));
            jobs.extend(anew.map(|(_, object)| object.metadata.name));
        }
        jobs
    }

    fn units(&self) -> Vec<Unit> {
        let merged = both(self.from, self.to).into_iter().map(|((namespace, app), [old, new])| {
            let mut objects = self.merged(old, new);
            objects::sort(&mut objects);
            Unit { namespace, app, objects }
        });
        merged.collect()
    }

    /// The objects of a unit at this step.
    fn merged(&self, mut old: Files, new: Files) -> Vec<Object> {
        let turns = turns(&old, &new);
        let mut objects = Vec::new();
        for (path, new) in new {
            let at_once = turns && is_inbound(&new);
            // New objects come first and old ones go last, so that what refers to an object finds it at every step.
            let Some(old) = old.remove(&path) else {
                objects.extend(Some(new).filter(|_| !at_once || self.phase >= Phase::Turn));
                continue;
            };
            let stand_in = stand_in(&old, &new).filter(|_| !at_once);
            let first = match &stand_in {
                _ if at_once => Phase::Turn,
                Some(_) => Phase::Settle,
                None => Phase::Change,
            };
            objects.push(if self.phase < first { old } else { new });
            objects.extend(stand_in.filter(|_| self.phase < Phase::Clear));
        }
        let left = old.into_values().filter(|old| {
            let last = if turns && is_inbound(old) { Phase::Add } else { Phase::Change };
            self.phase <= last
        });
        objects.extend(left);
        objects
    }
}

impl Tree for MigrationStep<'_> {
    fn walk(&self, each: &mut dyn FnMut(&str, &str)) {
        output::tree(&self.to.mesh().source, || self.units().into_iter()).walk(each);
    }
}

/// Objects, each under its file: what stands in the same file before and afterwards is the
/// same thing, also where its name has changed, as a Job's does with everything in it.
type Files = BTreeMap<String, Object>;

fn files(units: impl Iterator<Item = Unit>) -> Files {
    units.flat_map(files_of_unit).collect()
}

fn files_of_unit(mut unit: Unit) -> Vec<(String, Object)> {
    let objects = std::mem::take(&mut unit.objects).into_iter();
    objects.map(|object| (output::path(&unit, &object), object)).collect()
}

/// The files of both meshes, unit by unit.
fn both(from: Sound<'_>, to: Sound<'_>) -> BTreeMap<(String, Option<String>), [Files; 2]> {
    let mut both: BTreeMap<(String, Option<String>), [Files; 2]> = BTreeMap::new();
    for (at, sound) in [from, to].into_iter().enumerate() {
        for unit in sound.units() {
            let key = (unit.namespace.clone(), unit.app.clone());
            both.entry(key).or_default()[at].extend(files_of_unit(unit));
        }
    }
    both
}

/// Whether a Server of the unit speaks something else afterwards, to which another kind of route belongs.
fn turns(old: &Files, new: &Files) -> bool {
    new.iter().any(|(path, new)| old.get(path).is_some_and(|old| protocol(old) != protocol(new)))
}

fn protocol(object: &Object) -> Option<&str> {
    object.spec_as().and_then(|server: &ServerSpec| server.proxy_protocol.as_deref())
}

/// Whether this decides at a Server who is let in.
fn is_inbound(object: &Object) -> bool {
    let is_policy = object.spec_as::<ServerSpec>().is_some() || object.spec_as::<AuthorizationPolicySpec>().is_some();
    is_policy || object.parents().iter().any(|parent| parent.kind() == "Server")
}

/// A second policy beside one that is for another kind of route afterwards.
fn stand_in(old: &Object, new: &Object) -> Option<Object> {
    let (was, is): (&AuthorizationPolicySpec, &AuthorizationPolicySpec) = (old.spec_as()?, new.spec_as()?);
    let is_same = (&was.target_ref.group, &was.target_ref.kind) == (&is.target_ref.group, &is.target_ref.kind);
    let metadata = Metadata { name: names::stand_in(&new.metadata.name), ..new.metadata.clone() };
    (!is_same).then(|| Object { metadata, ..new.clone() })
}

#[cfg(test)]
mod tests;
