//! The exporters, which never meet: each maps one mesh to the objects of one API. `[cluster]` chooses
//! the stack, one target for each role. They are given a mesh without errors, and cannot fail.

#![deny(clippy::wildcard_enum_match_arm)]

mod gateway_api;
mod istio;
mod kubernetes;
mod linkerd;
mod matches;
mod metadata;
mod service_profile;

use crate::diagnostic::{Code, Report};
use crate::mesh::{App, ExternalService, Job, Mesh, Namespace, Port, Version};
use crate::objects::{self, Map, Object, Unit};

/// What a target takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Workloads,
    Access,
    Traffic,
}

/// An exporter.
struct Target {
    /// Of one that carries traffic, the word in `[cluster]` that chooses it.
    name: &'static str,
    roles: &'static [Role],
    /// Reports what this target cannot put into its objects although it honours each feature by itself.
    check: fn(&Mesh, &mut Report),
    /// What `check` raises.
    codes: &'static [&'static Code],
    /// The objects of one namespace, app or job.
    compile: fn(&Scene<'_>, Part<'_>) -> Vec<Object>,
    /// What this target wants to be written on an object of another.
    decorate: fn(&Mesh, Subject<'_>) -> Decoration,
}

static TARGETS: &[&Target] = &[
    &kubernetes::TARGET,
    &linkerd::TARGET,
    &service_profile::SMI,
    &service_profile::PROFILE,
    &gateway_api::TARGET,
    &istio::TARGET,
];

/// Every code that a target can raise, one list for each target.
pub(crate) fn codes() -> impl Iterator<Item = &'static [&'static Code]> {
    TARGETS.iter().map(|target| target.codes)
}

impl Target {
    /// The first lines of every row: a target that adds nothing to the objects of others, and refuses nothing.
    const NONE: Self = Self {
        name: "",
        roles: &[],
        check: |_, _| {},
        codes: &[],
        compile: |_, _| Vec::new(),
        decorate: |_, _| Decoration::default(),
    };
}

/// A part of a mesh that is compiled by itself.
#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Namespace(&'a Namespace),
    App(&'a App),
    Job(&'a Job),
    /// An external service that a namespace calls.
    External(&'a ExternalService, &'a Namespace),
}

impl<'a> Part<'a> {
    /// The namespace, and what lives there.
    fn names(self) -> (&'a str, Option<&'a str>) {
        match self {
            Part::Namespace(namespace) => (&namespace.name, None),
            Part::App(app) => (&app.namespace.name, Some(&app.name)),
            Part::Job(job) => (&job.namespace.name, Some(&job.name)),
            Part::External(service, namespace) => (&namespace.name, Some(&service.name)),
        }
    }
}

/// What may be decorated.
#[derive(Clone, Copy, Debug)]
enum Subject<'a> {
    Namespace(&'a Namespace),
    AppPod(&'a App, &'a Version),
    JobPod(&'a Job),
    /// The Service that callers know.
    Service(&'a App),
    /// A port of both Services.
    Port(&'a Port),
    /// The Service of one version.
    VersionService(&'a App),
}

/// Labels and annotations for another target's object, and what is spoken on a port that Kubernetes has no
/// word for.
#[derive(Debug, Default)]
struct Decoration {
    app_protocol: Option<&'static str>,
    labels: Map,
    annotations: Map,
}

/// A mesh and the targets that compile it.
struct Scene<'a> {
    mesh: &'a Mesh,
    stack: Vec<&'static Target>,
}

impl Scene<'_> {
    /// What the other targets want on an object.
    fn decorate(&self, subject: Subject<'_>) -> Decoration {
        let mut all = Decoration::default();
        for target in &self.stack {
            let one = (target.decorate)(self.mesh, subject);
            all.labels.extend(one.labels);
            all.annotations.extend(one.annotations);
            all.app_protocol = all.app_protocol.or(one.app_protocol);
        }
        all
    }

    fn unit(&self, part: Part<'_>) -> Unit {
        let mut objects: Vec<Object> = self.stack.iter().flat_map(|target| (target.compile)(self, part)).collect();
        objects::sort(&mut objects);
        let (namespace, app) = part.names();
        Unit { namespace: namespace.to_owned(), app: app.map(str::to_owned), objects }
    }
}

/// The objects of a mesh, one part at a time: namespaces first, then apps and jobs by namespace and
/// name.
pub(crate) fn compile(mesh: &Mesh) -> impl Iterator<Item = Unit> {
    let scene = Scene { mesh, stack: stack(mesh) };
    let mut running: Vec<Part<'_>> = mesh.apps.iter().map(Part::App).chain(mesh.jobs.iter().map(Part::Job)).collect();
    for service in &mesh.external {
        running.extend(service.called_from.iter().map(|namespace| Part::External(service, namespace)));
    }
    running.sort_by_key(|part| part.names());
    let namespaces = mesh.namespaces.iter().map(|namespace| Part::Namespace(namespace));
    namespaces.chain(running).map(move |part| scene.unit(part))
}

/// Reports what the chosen targets cannot put into their objects although they support each feature by itself.
pub(crate) fn check(mesh: &Mesh, report: &mut Report) {
    stack(mesh).iter().for_each(|target| (target.check)(mesh, report));
}

/// The targets that `[cluster]` chooses, one for each role: the one that carries the traffic, and for
/// what it leaves, the others.
fn stack(mesh: &Mesh) -> Vec<&'static Target> {
    let word = mesh.cluster.traffic.value.word();
    let chosen = TARGETS.iter().copied().find(|target| target.name == word).expect("each word has a target");
    TARGETS.iter().copied().filter(|target| std::ptr::eq(*target, chosen) || fits(target, chosen)).collect()
}

/// Whether a target has no role of the chosen one and carries no traffic.
fn fits(target: &Target, chosen: &Target) -> bool {
    target.roles.iter().all(|role| *role != Role::Traffic && !chosen.roles.contains(role))
}
