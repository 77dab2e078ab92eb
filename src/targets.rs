//! The exporters, which never meet: each maps one mesh to the objects of one API. `[cluster]` chooses
//! the stack, one target for each role. They are given a mesh without errors, and cannot fail.

pub(crate) mod effect;
mod kubernetes;
mod linkerd;
mod service_profile;

use crate::mesh::uses::Feature;
use crate::mesh::{App, AppKind, Cluster, Job, Mesh, MinorVersion, Namespace, Traffic, Version};
use crate::objects::{Map, Object, Spec};

/// What a target takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Workloads,
    Access,
    Traffic,
}

/// An exporter.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// What becomes of a feature.
    pub(crate) supports: fn(Feature, &Cluster) -> Support,
    /// The objects of one namespace, app or job.
    compile: fn(&Scene<'_>, Part<'_>) -> Vec<Object>,
    /// What this target wants to be written on an object of another.
    decorate: fn(&Mesh, Subject<'_>) -> Decoration,
}

static TARGETS: &[&Target] = &[&kubernetes::TARGET, &linkerd::TARGET, &service_profile::SMI, &service_profile::PROFILE];

/// What becomes of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// It does what was asked.
    Yes,
    /// It does so from this version of Linkerd on, and nothing before.
    Since(MinorVersion),
    /// It does less, which is said here.
    Weaker(&'static str),
}

/// A part of a mesh that is compiled by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'a> {
    Namespace(&'a Namespace),
    App(&'a App),
    Job(&'a Job),
}

/// What may be decorated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    Namespace(&'a Namespace),
    AppPod(&'a App, &'a Version),
    JobPod(&'a Job),
    Service(&'a App),
}

/// Labels and annotations for another target's object.
#[derive(Debug, Default)]
pub(crate) struct Decoration {
    pub(crate) labels: Map,
    pub(crate) annotations: Map,
}

/// A mesh and the targets that compile it.
pub(crate) struct Scene<'a> {
    pub(crate) mesh: &'a Mesh,
    stack: Vec<&'static Target>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(mesh: &'a Mesh) -> Self {
        Self { mesh, stack: stack(mesh) }
    }

    /// What the other targets want on an object.
    fn decorate(&self, subject: Subject<'_>) -> Decoration {
        let mut all = Decoration::default();
        for target in &self.stack {
            let one = (target.decorate)(self.mesh, subject);
            all.labels.extend(one.labels);
            all.annotations.extend(one.annotations);
        }
        all
    }

    /// The objects of one part, in the order in which a cluster should take them.
    pub(crate) fn compile(&self, part: Part<'_>) -> Vec<Object> {
        let mut objects: Vec<Object> = self.stack.iter().flat_map(|target| (target.compile)(self, part)).collect();
        objects.sort_by_key(|object| apply_order(&object.spec));
        objects
    }

    /// The parts of the mesh: namespaces first, then apps and jobs by namespace and name.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let mut running: Vec<(&str, &str, Part<'a>)> = Vec::with_capacity(self.mesh.apps.len() + self.mesh.jobs.len());
        running.extend(self.mesh.apps.iter().map(|app| (app.namespace.name.as_str(), app.name.as_str(), Part::App(app))));
        running.extend(self.mesh.jobs.iter().map(|job| (job.namespace.name.as_str(), job.name.as_str(), Part::Job(job))));
        running.sort_by_key(|(namespace, name, _)| (*namespace, *name));
        let namespaces = self.mesh.namespaces.iter().map(|namespace| Part::Namespace(namespace));
        namespaces.chain(running.into_iter().map(|(_, _, part)| part))
    }
}

/// The targets that `[cluster]` chooses, one for each role.
pub(crate) fn stack(mesh: &Mesh) -> Vec<&'static Target> {
    let traffic = match mesh.cluster.traffic.value {
        Traffic::Smi => &service_profile::SMI,
        Traffic::Profile => &service_profile::PROFILE,
    };
    TARGETS.iter().copied().filter(|target| target.role != Role::Traffic || std::ptr::eq(*target, traffic)).collect()
}

/// Grants come before the Server that denies, and the Server before the pods, so that at no moment
/// somebody is shut out who may call, or let in who may not.
fn apply_order(spec: &Spec) -> u8 {
    match spec {
        Spec::Namespace => 0,
        Spec::ServiceAccount => 1,
        Spec::Service(_) => 2,
        Spec::ServiceProfile(_) => 3,
        Spec::TrafficSplit(_) => 4,
        Spec::MeshTlsAuthentication(_) | Spec::NetworkAuthentication(_) => 5,
        Spec::AuthorizationPolicy(_) => 6,
        Spec::HttpRoute(_) => 7,
        Spec::Server(_) => 8,
        Spec::Deployment(_) | Spec::CronJob(_) | Spec::Job(_) => 9,
        Spec::HorizontalPodAutoscaler(_) | Spec::PodDisruptionBudget(_) => 10,
    }
}

/// The table that an object of an app comes from.
fn app_origin(app: &App, within: &str) -> String {
    let tables = match app.kind {
        AppKind::Model => "models",
        AppKind::Service => "services",
    };
    format!("{tables}.{}{within}", app.name.value)
}
