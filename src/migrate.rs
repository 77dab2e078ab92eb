//! From one traffic API to another without losing a request: what is lost, which answers differ, and the
//! trees to commit one after the other. What is new comes first, while what is old is still in force; then
//! what both have changes; then what is old goes; and a policy that is for another route afterwards has a
//! second one beside it in between, so that at no moment a route stands without its grant.

use std::collections::BTreeMap;

use crate::mesh::{Mesh, Traffic, names};
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

    /// Why no request is lost, or which may be, and what runs again.
    #[must_use]
    pub fn why(&self) -> String {
        let (from, to) = (self.from.cluster.traffic.value, self.to.cluster.traffic.value);
        let between_meshes = self.from.cluster.provider() != self.to.cluster.provider();
        let why = match (self.phase, from, to) {
            (Phase::Add, _, _) if between_meshes => "no pod has a proxy of this mesh yet, so nobody looks at these",
            (Phase::Add, _, Traffic::GatewayApi) => {
                "Linkerd looks at no route of a Service that has a ServiceProfile, so these do nothing yet"
            }
            (Phase::Add, Traffic::Profile, Traffic::Smi) => {
                "the extension passes by a ServiceProfile that says `smi.linkerd.io/skip`, so these do nothing yet"
            }
            (Phase::Add, _, _) => "a ServiceProfile is in force as soon as it is there, with the same routes and weights",
            (Phase::Change, _, _) if between_meshes => {
                "restart the pods afterwards: a pod gets the other mesh's proxy when it is made. Until the last one is, pods of \
                 the two meshes do not know each other's identity, and whoever names callers refuses them: do it while nobody \
                 calls, or open the callers before"
            }
            (Phase::Change, _, _) => "each object is replaced whole, and what it refers to is there already",
            (Phase::Remove, _, _) if between_meshes => {
                "no pod has a proxy of the other mesh any longer, so nobody looks at these"
            }
            (Phase::Remove, Traffic::Smi, Traffic::Profile) => {
                "the ServiceProfile says `smi.linkerd.io/skip` by now, so the extension leaves the weights in it"
            }
            (Phase::Remove, Traffic::Smi, _) => {
                "the TrafficSplit and the ServiceProfile go together: alone, the extension would take the weights out of the \
                 profile"
            }
            (Phase::Remove, _, Traffic::GatewayApi) => "from here on what is new is in force",
            (Phase::Remove, _, _) => "what is new is in force already",
            (Phase::Settle, _, _) => "the lasting policies are for the new routes now",
        };
        match self.rerun() {
            jobs if jobs.is_empty() => why.to_owned(),
            jobs => format!("{why}. What has no schedule runs again: {}", jobs.join(", ")),
        }
    }

    /// The Jobs that are made anew: nothing in a Job can be changed, so that another pod means another Job.
    fn rerun(&self) -> Vec<String> {
        let mut jobs = Vec::new();
        for [old, new] in both(self.from, self.to).into_values().filter(|_| self.phase == Phase::Change) {
            let made = new.into_iter().filter(|(_, object)| matches!(object.spec, Spec::Job(_)));
            let anew = made.filter(|(path, object)| old.get(path).is_some_and(|old| old.metadata.name != object.metadata.name));
            jobs.extend(anew.map(|(_, object)| object.metadata.name));
        }
        jobs
    }
}

impl Tree for MigrationStep<'_> {
    fn walk(&self, each: &mut dyn FnMut(&str, &str)) {
        output::tree(&self.to.source, || self.units().into_iter()).walk(each);
    }
}

/// The objects of a unit, each under its file: what stands in the same file before and afterwards is the
/// same thing, also where its name has changed, as a Job's does with everything in it.
type Files = BTreeMap<String, Object>;

/// The files of both meshes, unit by unit.
fn both(from: &Mesh, to: &Mesh) -> BTreeMap<(String, Option<String>), [Files; 2]> {
    let mut both: BTreeMap<(String, Option<String>), [Files; 2]> = BTreeMap::new();
    for (at, mesh) in [from, to].into_iter().enumerate() {
        for mut unit in targets::compile(mesh) {
            let objects = std::mem::take(&mut unit.objects).into_iter();
            let files: Files = objects.map(|object| (output::path(&unit, &object), object)).collect();
            both.entry((unit.namespace, unit.app)).or_default()[at].extend(files);
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
            difference.removed |= old.keys().any(|path| !new.contains_key(path));
            for (path, new) in &new {
                match old.get(path) {
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
    fn merged(&self, mut old: Files, new: Files) -> Vec<Object> {
        if self.phase == Phase::Settle {
            return new.into_values().collect();
        }
        let mut objects = Vec::new();
        for (path, new) in new {
            match old.remove(&path) {
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
    use std::collections::BTreeMap;

    use super::{Phase, steps};
    use crate::diagnostic::Report;
    use crate::mesh::{Mesh, resolve};
    use crate::objects::Spec;
    use crate::output::{self, Tree};
    use crate::proxy::{Request, Verdict, terms};
    use crate::questions::{ask, clients, rendered, targets_of, world};
    use crate::source::{Source, Sources};
    use crate::{manifest, syntax, targets};

    const EXAMPLES: [&str; 4] = [
        include_str!("../examples/quickstart/mlops.toml"),
        include_str!("../examples/recommender/mlops.toml"),
        include_str!("../examples/callers/mlops.toml"),
        LIKE_A_STAND_IN,
    ];

    /// A route whose name looks like that of a policy that stands in for another's.
    const LIKE_A_STAND_IN: &str = r#"
[cluster]
traffic = "smi"
[namespaces.ml]
[models.ranker]
namespace = "ml"
port = 8080
callers = []
[models.ranker.versions.v1]
image = "registry.example.com/ranker:1.0"
[models.ranker.routes]
predict = { post = "/v1/predict", callers = ["ranker"] }
predict-next = { post = "/v2/predict", callers = ["ranker"] }
"#;

    const WITHIN_LINKERD: [(&str, &str); 4] =
        [("smi", "gateway-api"), ("profile", "gateway-api"), ("gateway-api", "smi"), ("smi", "profile")];

    const BETWEEN_MESHES: [(&str, &str); 3] = [("smi", "istio"), ("gateway-api", "istio"), ("istio", "profile")];

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

    fn each<'a>(moves: impl IntoIterator<Item = &'a (&'a str, &'a str)> + Clone, look: impl Fn(&Mesh, &Mesh)) {
        for text in EXAMPLES {
            for (from, to) in moves.clone() {
                look(&on(text, from), &on(text, to));
            }
        }
    }

    /// Whom both ends let in or refuse, each step does, and every request has the terms and the backends of one
    /// of the two.
    #[test]
    fn no_step_does_what_neither_end_does() {
        each(&WITHIN_LINKERD, |from, to| {
            let ends = [rendered(from), rendered(to)];
            let worlds = [world(from, &ends[0]), world(to, &ends[1])];
            for step in steps(from, to) {
                let units = step.units();
                let between = world(to, &units);
                for target in to.apps.iter().flat_map(|app| targets_of(to, app)) {
                    for (name, client) in clients(to) {
                        let allowed = |world: &_| ask(world, &client, &target).verdict == Verdict::Allowed;
                        let verdicts = worlds.each_ref().map(allowed);
                        assert!(verdicts.contains(&allowed(&between)), "{:?}: {name} to {}", step.phase, target.name);
                        let request = Request { method: &target.method, path: &target.path, headers: &[] };
                        let place = (target.app.namespace.name.as_str(), target.app.name.as_str(), target.port);
                        let terms_in = |world: &_| {
                            let terms = terms(world, &client, place, request);
                            (terms.timeout, terms.backends)
                        };
                        let of_ends = worlds.each_ref().map(terms_in);
                        assert!(of_ends.contains(&terms_in(&between)), "{:?}: {name} to {}", step.phase, target.name);
                    }
                }
            }
        });
    }

    /// Of two routes that match alike nobody knows which is taken, so each has a policy of its own group.
    #[test]
    fn no_attached_route_is_without_its_grant() {
        each(&WITHIN_LINKERD, |from, to| {
            for step in steps(from, to) {
                let units = step.units();
                let objects = || units.iter().flat_map(|unit| &unit.objects);
                for route in objects() {
                    let attached = match &route.spec {
                        Spec::HttpRoute(spec) => spec.parent_refs[0].kind == "Server",
                        Spec::GrpcRoute(spec) => spec.parent_refs[0].kind == "Server",
                        _ => false,
                    };
                    let (api_version, kind) = route.kind();
                    let (group, name) = (api_version.split('/').next().unwrap_or_default(), &route.metadata.name);
                    let granted = objects().any(|object| match &object.spec {
                        Spec::AuthorizationPolicy(policy) => {
                            let target = &policy.target_ref;
                            (target.group, target.kind, &target.name) == (group, kind, name)
                        }
                        _ => false,
                    });
                    assert!(!attached || granted, "{:?}: {group} {kind} {name}", step.phase);
                }
            }
        });
    }

    #[test]
    fn every_step_has_each_file_once_and_the_last_is_the_new_tree() {
        each(WITHIN_LINKERD.iter().chain(&BETWEEN_MESHES), |from, to| {
            let mut files = BTreeMap::new();
            for step in steps(from, to) {
                files.clear();
                step.walk(&mut |path, text| {
                    assert!(files.insert(path.to_owned(), text.to_owned()).is_none(), "{:?}: {path}", step.phase);
                });
            }
            let mut new = BTreeMap::new();
            output::tree("mlops.toml", || targets::compile(to)).walk(&mut |path, text| {
                new.insert(path.to_owned(), text.to_owned());
            });
            assert_eq!(files, new);
            assert!(steps(from, from).is_empty());
        });
    }

    #[test]
    fn a_step_says_why_it_does_no_harm_in_its_direction() {
        let wanted: [(&str, &str, &[&str]); 8] = [
            ("smi", "gateway-api", &["these do nothing yet", "go together"]),
            ("profile", "gateway-api", &["these do nothing yet", "from here on"]),
            ("gateway-api", "smi", &["in force as soon as", "in force already"]),
            ("gateway-api", "profile", &["in force as soon as", "in force already"]),
            ("smi", "profile", &["replaced whole", "leaves the weights in it"]),
            ("profile", "smi", &["passes by a ServiceProfile", "replaced whole"]),
            ("smi", "istio", &["no pod has a proxy of this mesh yet", "restart the pods", "of the other mesh any longer"]),
            ("istio", "smi", &["no pod has a proxy of this mesh yet", "restart the pods", "of the other mesh any longer"]),
        ];
        for (from, to, wanted) in wanted {
            let (from, to) = (on(EXAMPLES[0], from), on(EXAMPLES[0], to));
            let said: Vec<String> = steps(&from, &to).iter().map(super::MigrationStep::why).collect();
            assert_eq!(said.len(), wanted.len(), "{said:?}");
            assert!(said.iter().zip(wanted).all(|(said, wanted)| said.contains(wanted)), "{said:?}");
        }
    }

    /// Everything in a pod is part of a Job's name, so that another proxy makes another Job.
    #[test]
    fn a_job_takes_the_place_of_the_one_before() {
        let (from, to) = (on(EXAMPLES[1], "smi"), on(EXAMPLES[1], "istio"));
        for step in steps(&from, &to) {
            let jobs = step.units().iter().flat_map(|unit| &unit.objects).filter(|object| object.kind().1 == "Job").count();
            assert_eq!(jobs, 1, "{:?}", step.phase);
            assert_eq!(step.why().contains("runs again"), step.phase == Phase::Change, "{}", step.why());
        }
    }
}
