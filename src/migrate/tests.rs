//! That a migration loses no request: what its steps do, and what may happen in the middle of one.

use std::collections::{BTreeMap, BTreeSet};

use super::{MigrationStep, Phase, files, steps};
use crate::diagnostic::{Report, Settled};
use crate::gate::{self, Checked};
use crate::mesh::{Callee, Mesh, resolve};
use crate::objects::linkerd::AuthorizationPolicySpec;
use crate::objects::{Object, Unit};
use crate::output::{self, Tree};
use crate::proxy::{Client, Verdict, World};
use crate::questions::{Asker, Target, askers, decide, doors, targets_of, terms_to, world};
use crate::source::{Source, Sources};
use crate::spanned::SourceId;
use crate::{manifest, syntax};

const EXAMPLES: [&str; 4] = [
    include_str!("../../examples/quickstart/mlops.toml"),
    include_str!("../../examples/recommender/mlops.toml"),
    include_str!("../../examples/callers/mlops.toml"),
    CLOSED,
];

/// Closed tables, of HTTP and of gRPC; the name of a route looks like that of a policy that stands in for
/// another's.
const CLOSED: &str = r#"
[cluster]
traffic = "smi"
[namespaces.ml]
[models.ranker]
namespace = "ml"
port = 8080
callers = []
probes = { readiness = { path = "/health" } }
[models.ranker.versions.v1]
image = "registry.example.com/ranker:1.0"
[models.ranker.routes]
predict = { post = "/v1/predict", callers = ["ranker"], timeout = "2s" }
predict-next = { post = "/v2/predict", callers = ["encoder"] }
[models.encoder]
namespace = "ml"
port = 8001
protocol = "grpc"
stable = "v1"
split = { v1 = 80, v2 = 20 }
[models.encoder.versions]
v1 = { image = "registry.example.com/encoder:1.0" }
v2 = { image = "registry.example.com/encoder:2.0" }
[models.encoder.routes]
infer = { grpc = "inference.GRPCInferenceService/ModelInfer", callers = ["ranker"] }
load = { grpc = "inference.GRPCInferenceService/RepositoryModelLoad", callers = ["encoder"] }
"#;

/// The last is no other traffic, but other routes at the Servers.
const WITHIN_LINKERD: [(&str, &str); 5] = [
    ("smi", "gateway-api"),
    ("profile", "gateway-api"),
    ("gateway-api", "smi"),
    ("smi", "profile"),
    ("smi", "smi\"\ngateway-api = \"1.2"),
];

const BETWEEN_MESHES: [(&str, &str); 3] = [("smi", "istio"), ("gateway-api", "istio"), ("istio", "profile")];

struct Example {
    mesh: Mesh,
    report: Settled,
}

/// A manifest with another `traffic`, and what that needs.
fn on(text: &str, traffic: &str) -> Example {
    let installed = text.contains("\ngateway-api = ");
    let traffic = match traffic {
        "gateway-api" if !installed => "gateway-api\"\ngateway-api = \"1.2",
        traffic if installed => traffic.split('"').next().unwrap_or(traffic),
        traffic => traffic,
    };
    let text = text.replace("traffic = \"smi\"", &format!("traffic = \"{traffic}\""));
    let sources: Sources = [Source::new("mlops.toml", text)].into_iter().collect();
    let mut report = Report::default();
    let document = syntax::parse(sources.manifest(), SourceId::MANIFEST, &mut report);
    let mesh = resolve(&manifest::read(&document.root, &mut report), "mlops.toml", &mut report);
    gate::check(&mesh, &sources, true, &mut report);
    Example { mesh, report: report.settle() }
}

fn each<'a>(moves: impl IntoIterator<Item = &'a (&'a str, &'a str)> + Clone, look: impl Fn(Checked<'_>, Checked<'_>)) {
    for text in EXAMPLES {
        for (from, to) in moves.clone() {
            let [from, to] = [on(text, from), on(text, to)];
            look(checked(&from), checked(&to));
        }
    }
}

fn is_let_in(world: &World<'_>, client: &Client, target: &Target<'_>) -> bool {
    let doors = doors(world, target.callee, target.port, target.shown());
    decide(world, &doors, client).verdict == Verdict::Allowed
}

fn checked(example: &Example) -> Checked<'_> {
    Checked::of(&example.mesh, &example.report).expect("a manifest without errors")
}

fn rendered(checked: Checked<'_>) -> Vec<Unit> {
    checked.sound().units().collect()
}

/// Whom both ends let in or refuse, each step does, and every request has the terms and the backends of one
/// of the two.
#[test]
fn no_step_does_what_neither_end_does() {
    each(&WITHIN_LINKERD, |from, to| {
        let ends = [rendered(from), rendered(to)];
        let [mesh_before, mesh] = [from.sound().mesh(), to.sound().mesh()];
        let worlds = [world(mesh_before, &ends[0]), world(mesh, &ends[1])];
        for step in steps(from, to) {
            let units = step.units();
            let between = world(mesh, &units);
            for target in mesh.apps.iter().flat_map(|app| targets_of(mesh, Callee::App(app))) {
                for Asker { name, client, .. } in askers(mesh) {
                    let verdicts = [&worlds[0], &worlds[1], &between].map(|world| is_let_in(world, &client, &target));
                    assert!(verdicts[..2].contains(&verdicts[2]), "{:?}: {name} to {}", step.phase, target.name);
                    let place = (target.callee, target.port);
                    for sample in target.shown() {
                        let [old, new, now] = [&worlds[0], &worlds[1], &between].map(|world| {
                            let terms = terms_to(world, &client, place, sample.request());
                            (terms.timeouts, terms.backends)
                        });
                        assert!([old, new].contains(&now), "{:?}: {name} to {} {sample:?}", step.phase, target.name);
                    }
                }
            }
        }
    });
}

/// Linkerd looks at one kind of route of a Server, so the other is never there beside it.
#[test]
fn a_port_turns_to_grpc_in_one_step() {
    let (from, to) = (on(CLOSED, "profile"), on(CLOSED, "gateway-api"));
    let steps = steps(checked(&from), checked(&to));
    assert!(steps.iter().any(|step| step.phase == Phase::Turn && step.why().contains("callers of these may be refused")));
    for step in steps {
        let units = step.units();
        let mut kinds: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (unit, object) in units.iter().flat_map(|unit| unit.objects.iter().map(move |object| (unit, object))) {
            for parent in object.parents().iter().filter(|parent| parent.kind() == "Server") {
                kinds.entry((&unit.namespace, &parent.name)).or_default().insert(object.id().kind);
            }
        }
        assert!(!kinds.is_empty() && kinds.values().all(|kinds| kinds.len() == 1), "{:?}: {kinds:?}", step.phase);
    }
}

/// The units of a state in which some files are as they were and the others as they will be.
fn mixed(was: Vec<Unit>, will_be: Vec<Unit>, is_taken: impl Fn(&str) -> bool) -> Vec<Unit> {
    let mut mixed: BTreeMap<(String, Option<String>), Unit> = BTreeMap::new();
    for (units, taken) in [(was, false), (will_be, true)] {
        for mut unit in units {
            let objects = std::mem::take(&mut unit.objects);
            let chosen = objects.into_iter().filter(|object| is_taken(&output::path(&unit, object)) == taken);
            let chosen: Vec<Object> = chosen.collect();
            let key = (unit.namespace.clone(), unit.app.clone());
            mixed.entry(key).or_insert(unit).objects.extend(chosen);
        }
    }
    mixed.into_values().collect()
}

/// A cluster takes the files of a commit in an order that nobody knows: what is added changes nothing that
/// is there, and of every other step each file may come first, or last.
#[test]
fn whichever_file_of_a_step_comes_first_nobody_is_refused() {
    for (from, to) in WITHIN_LINKERD {
        let examples = [on(CLOSED, from), on(CLOSED, to)];
        let [from, to] = [checked(&examples[0]), checked(&examples[1])];
        let ends = [rendered(from), rendered(to)];
        let [mesh_before, mesh] = [from.sound().mesh(), to.sound().mesh()];
        let worlds = [world(mesh_before, &ends[0]), world(mesh, &ends[1])];
        let mut last: Option<MigrationStep<'_>> = None;
        for step in steps(from, to) {
            let (was, will_be) = (files(units_after(last, from).into_iter()), files(step.units().into_iter()));
            let paths: BTreeSet<&String> = was.keys().chain(will_be.keys()).collect();
            let differing: Vec<&String> = paths.into_iter().filter(|path| was.get(*path) != will_be.get(*path)).collect();
            match step.phase {
                Phase::Add => assert!(differing.iter().all(|path| !was.contains_key(*path)), "{differing:?}"),
                // Nothing is promised of these, and that is said.
                Phase::Turn => assert!(differing.iter().all(|path| path.starts_with("ml/encoder/")), "{differing:?}"),
                _ => {}
            }
            for path in differing.into_iter().filter(|_| step.phase > Phase::Turn) {
                for alone in [true, false] {
                    let units = mixed(units_after(last, from), step.units(), |other| (other == path) == alone);
                    let between = world(mesh, &units);
                    for target in mesh.apps.iter().flat_map(|app| targets_of(mesh, Callee::App(app))) {
                        for Asker { name, client, .. } in askers(mesh) {
                            let verdicts = [&worlds[0], &worlds[1], &between].map(|world| is_let_in(world, &client, &target));
                            let as_ever = verdicts[..2].contains(&verdicts[2]);
                            assert!(as_ever, "{:?}, {path}, {alone}: {name} to {}", step.phase, target.name);
                        }
                    }
                }
            }
            last = Some(step);
        }
    }
}

/// What stands after a step; before the first, what stood there from the beginning.
fn units_after(last: Option<MigrationStep<'_>>, from: Checked<'_>) -> Vec<Unit> {
    last.map_or_else(|| rendered(from), |step| step.units())
}

/// Of two routes that match alike nobody knows which is taken, so each has a policy of its own group.
#[test]
fn no_attached_route_is_without_its_grant() {
    each(&WITHIN_LINKERD, |from, to| {
        for step in steps(from, to) {
            let units = step.units();
            let objects = units.iter().flat_map(|unit| &unit.objects);
            for route in objects.clone() {
                let attached = route.parents().iter().any(|parent| parent.kind() == "Server");
                let id = route.id();
                let mut policies = objects.clone().filter_map(|object| object.spec_as::<AuthorizationPolicySpec>());
                let granted = policies.any(|policy| policy.target_ref.id(id.namespace) == id);
                assert!(!attached || granted, "{:?}: {id:?}", step.phase);
            }
        }
    });
}

#[test]
fn every_step_has_each_file_once_and_the_last_is_the_new_tree() {
    each(WITHIN_LINKERD.iter().chain(&BETWEEN_MESHES), |from, to| {
        let mut files = texts(from);
        for step in steps(from, to) {
            files.clear();
            step.walk(&mut |path, text| {
                assert!(files.insert(path.to_owned(), text.to_owned()).is_none(), "{:?}: {path}", step.phase);
            });
        }
        assert_eq!(files, texts(to));
        assert!(steps(from, from).is_empty());
    });
}

fn texts(checked: Checked<'_>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    checked.walk(&mut |path, text| {
        texts.insert(path.to_owned(), text.to_owned());
    });
    texts
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
        let said: Vec<String> = steps(checked(&from), checked(&to)).iter().map(MigrationStep::why).collect();
        assert_eq!(said.len(), wanted.len(), "{said:?}");
        assert!(said.iter().zip(wanted).all(|(said, wanted)| said.contains(wanted)), "{said:?}");
    }
}

/// Everything in a pod is part of a Job's name, so that another proxy makes another Job.
#[test]
fn a_job_takes_the_place_of_the_one_before() {
    let (from, to) = (on(EXAMPLES[1], "smi"), on(EXAMPLES[1], "istio"));
    for step in steps(checked(&from), checked(&to)) {
        let jobs = step.units().iter().flat_map(|unit| &unit.objects).filter(|object| object.id().kind == "Job").count();
        assert_eq!(jobs, 1, "{:?}", step.phase);
        assert_eq!(step.why().contains("runs again"), step.phase == Phase::Change, "{}", step.why());
    }
}
