//! Kubernetes itself: namespaces, accounts, pods, Services, autoscalers and disruption budgets. What a
//! mesh wants on them comes as decorations; no key of any mesh is known here.

mod job;
mod pod;
mod scale;

use crate::mesh::{App, Job, Namespace, Version, names};
use crate::objects::apps::{DeploymentSpec, LabelSelector};
use crate::objects::core::{ServicePort, ServiceSpec};
use crate::objects::{Map, Metadata, Object, Spec};
use crate::targets::{Decoration, Part, Role, Scene, Subject, Target, app_origin};
use crate::value::{PodSecurity, Protocol};

pub(super) static TARGET: Target = Target { name: "kubernetes", roles: &[Role::Workloads], compile, ..Target::NONE };

fn compile(scene: &Scene<'_>, part: Part<'_>) -> Vec<Object> {
    match part {
        Part::Namespace(namespace) => self::namespace(scene, namespace).into_iter().collect(),
        Part::App(app) => self::app(scene, app),
        Part::External(..) => Vec::new(),
        Part::Job(job) => vec![service_account(&job.name, &job.namespace, job_origin(job)), job::job(scene, job)],
    }
}

fn namespace(scene: &Scene<'_>, namespace: &Namespace) -> Option<Object> {
    namespace.managed.then(|| {
        let mut decoration = scene.decorate(Subject::Namespace(namespace));
        decoration.labels.extend(written(&namespace.labels));
        if let Some(level) = namespace.pod_security {
            decoration.labels.insert("pod-security.kubernetes.io/enforce".into(), PodSecurity::word(level.value).into());
        }
        Object {
            metadata: Metadata {
                name: namespace.name.value.clone(),
                namespace: None,
                labels: decoration.labels,
                annotations: decoration.annotations,
            },
            spec: Spec::Namespace,
            origin: format!("namespaces.{}", namespace.name.value),
        }
    })
}

fn app(scene: &Scene<'_>, app: &App) -> Vec<Object> {
    let mut objects = vec![service_account(&app.name, &app.namespace, app_origin(app, "")), apex_service(scene, app)];
    for version in &app.versions {
        objects.extend(version.key.as_ref().map(|_| version_service(scene, app, version)));
        objects.push(deployment(scene, app, version));
        objects.extend(scale::autoscaler(scene.mesh, app, version));
        objects.extend(scale::disruption_budget(app, version));
    }
    objects
}

fn service_account(name: &str, namespace: &Namespace, origin: String) -> Object {
    Object { metadata: metadata(name, namespace, app_label(name)), spec: Spec::ServiceAccount, origin }
}

/// The Service that callers know: it selects the stable version only, so that a caller that knows no
/// split does not get a random one.
fn apex_service(scene: &Scene<'_>, app: &App) -> Object {
    let mut selector = app_label(&app.name);
    if let Some(stable) = app.routing.stable() {
        selector.insert("version".into(), stable.to_owned().into());
    }
    let metadata = metadata(&app.name, &app.namespace, app_label(&app.name));
    let object = Object { metadata, spec: Spec::Service(service(scene, app, selector)), origin: app_origin(app, "") };
    object.decorated(scene.decorate(Subject::Service(app)))
}

/// The Service of one version, which a split sends to.
fn version_service(scene: &Scene<'_>, app: &App, version: &Version) -> Object {
    let selector = selector(app, version);
    let metadata = metadata(&version_name(app, version), &app.namespace, selector.clone());
    let object = Object { metadata, spec: Spec::Service(service(scene, app, selector)), origin: version_origin(app, version) };
    object.decorated(scene.decorate(Subject::VersionService(app)))
}

impl Object {
    fn decorated(mut self, decoration: Decoration) -> Self {
        self.metadata.labels.extend(decoration.labels);
        self.metadata.annotations.extend(decoration.annotations);
        self
    }
}

/// A Service offers the app's ports, whichever pods it selects.
fn service(scene: &Scene<'_>, app: &App, selector: Map) -> ServiceSpec {
    let port = |port: &crate::mesh::Port| ServicePort {
        name: port.name.value.clone(),
        port: port.numbers.service,
        target_port: port.name.value.clone(),
        app_protocol: app_protocol(port.protocol.value).or_else(|| scene.decorate(Subject::Port(port)).app_protocol),
    };
    ServiceSpec { selector, ports: app.ports.iter().map(port).collect() }
}

/// The names of protocols that Kubernetes defines (KEP-3726); a mesh takes any other for bytes.
fn app_protocol(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Http1 => Some("http"),
        Protocol::Http2 | Protocol::Grpc => Some("kubernetes.io/h2c"),
        Protocol::Detect | Protocol::Opaque | Protocol::Tls => None,
    }
}

fn deployment(scene: &Scene<'_>, app: &App, version: &Version) -> Object {
    let selector = selector(app, version);
    let spec = DeploymentSpec {
        replicas: scale::fixed_replicas(&version.scale),
        strategy: scale::strategy(&version.scale),
        selector: LabelSelector { match_labels: selector.clone() },
        template: pod::of_app(scene, app, version),
    };
    Object {
        metadata: metadata(&version_name(app, version), &app.namespace, selector),
        spec: Spec::Deployment(Box::new(spec)),
        origin: version_origin(app, version),
    }
}

fn version_name(app: &App, version: &Version) -> String {
    names::workload(&app.name, version.key.as_ref().map(|key| key.value.as_str()))
}

fn version_origin(app: &App, version: &Version) -> String {
    match &version.key {
        Some(key) => app_origin(app, &format!(".versions.{}", key.value)),
        None => app_origin(app, ""),
    }
}

fn job_origin(job: &Job) -> String {
    format!("jobs.{}", job.name.value)
}

/// The labels that never change in the life of a version: the app, and the version's key.
fn selector(app: &App, version: &Version) -> Map {
    let mut labels = app_label(&app.name);
    if let Some(key) = &version.key {
        labels.insert("version".into(), key.value.clone().into());
    }
    labels
}

fn app_label(name: &str) -> Map {
    Map::from([("app".into(), name.to_owned().into())])
}

fn written(labels: &crate::mesh::Labels) -> impl Iterator<Item = (crate::objects::Text, crate::objects::Text)> {
    labels.iter().map(|(key, value)| (key.value.clone().into(), value.value.clone().into()))
}

fn metadata(name: &str, namespace: &Namespace, labels: Map) -> Metadata {
    Metadata { name: name.to_owned(), namespace: Some(namespace.name.value.clone()), labels, annotations: Map::new() }
}
