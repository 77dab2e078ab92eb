//! Kubernetes itself: namespaces, accounts, pods, Services, autoscalers and disruption budgets. What a
//! mesh wants on them comes as decorations; no key of any mesh is known here.

mod job;
mod pod;
mod scale;

use crate::mesh::{App, Namespace, Owner, Port, Version, names};
use crate::objects::apps::DeploymentSpec;
use crate::objects::core::{IntOrString, ServicePort, ServiceSpec};
use crate::objects::{Map, Metadata, Object, Origin, Rest, Spec, Text};
use crate::targets::{Decoration, Part, Role, Scene, Subject, Target, metadata};
use crate::value::{PodSecurity, Protocol};

pub(super) static TARGET: Target = Target { name: "kubernetes", roles: &[Role::Workloads], compile, ..Target::NONE };

fn compile(scene: &Scene<'_>, part: Part<'_>) -> Vec<Object> {
    match part {
        Part::Namespace(namespace) => self::namespace(scene, namespace).into_iter().collect(),
        Part::App(app) => self::app(scene, app),
        Part::External(..) => Vec::new(),
        Part::Job(job) => vec![service_account(&job.name, &job.namespace, metadata::job_origin(job)), job::job(scene, job)],
    }
}

fn namespace(scene: &Scene<'_>, namespace: &Namespace) -> Option<Object> {
    (namespace.owner == Owner::Manifest).then(|| {
        let mut decoration = scene.decorate(Subject::Namespace(namespace));
        decoration.labels.extend(written(&namespace.labels));
        if let Some(level) = namespace.pod_security {
            decoration.labels.insert("pod-security.kubernetes.io/enforce".into(), PodSecurity::word(level.value).into());
        }
        let (name, Decoration { labels, annotations, .. }) = (namespace.name.value.clone(), decoration);
        let metadata = Metadata { name, labels: labels.into(), annotations: annotations.into(), ..Metadata::default() };
        Object::new(metadata, Spec::Namespace, Origin::new("namespaces", &namespace.name))
    })
}

fn app(scene: &Scene<'_>, app: &App) -> Vec<Object> {
    let mut objects = vec![service_account(&app.name, &app.namespace, metadata::app_origin(app)), apex_service(scene, app)];
    for version in &app.versions {
        objects.extend(version.key.as_ref().map(|_| version_service(scene, app, version)));
        objects.push(deployment(scene, app, version));
        objects.extend(scale::autoscaler(scene.mesh, app, version));
        objects.extend(scale::disruption_budget(app, version));
    }
    objects
}

fn service_account(name: &str, namespace: &Namespace, origin: Origin) -> Object {
    let metadata = metadata::within(namespace, name.to_owned(), metadata::app_labels(name));
    Object::new(metadata, Spec::ServiceAccount, origin)
}

/// The Service that callers know: it selects the stable version only, so that a caller that knows no
/// split does not get a random one.
fn apex_service(scene: &Scene<'_>, app: &App) -> Object {
    let selector = metadata::version_labels(&app.name, app.routing.stable());
    let metadata = metadata::of_app(app.name.value.clone(), app);
    let object = Object::new(metadata, service(scene, app, selector), metadata::app_origin(app));
    object.decorated(scene.decorate(Subject::Service(app)))
}

/// The Service of one version, which a split sends to.
fn version_service(scene: &Scene<'_>, app: &App, version: &Version) -> Object {
    let object = of_version(app, version, service(scene, app, labels(app, version)));
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
    let ports = app.ports.iter().map(|port| service_port(scene, port));
    ServiceSpec { selector: selector.into(), ports: ports.collect(), rest: Rest::new() }
}

fn service_port(scene: &Scene<'_>, port: &Port) -> ServicePort {
    ServicePort {
        name: Some(port.name.value.clone()),
        port: port.numbers.service,
        target_port: Some(IntOrString::String(port.name.value.clone().into())),
        app_protocol: app_protocol(port.protocol.value)
            .or_else(|| scene.decorate(Subject::Port(port)).app_protocol)
            .map(Text::from),
        rest: Rest::new(),
    }
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
    let spec = DeploymentSpec {
        replicas: scale::replicas(&version.scale.replicas),
        strategy: scale::strategy(&version.scale),
        selector: labels(app, version).into(),
        template: pod::of_app(scene, app, version),
        rest: Rest::new(),
    };
    of_version(app, version, spec)
}

/// An object that has the name and the labels of a version.
fn of_version(app: &App, version: &Version, spec: impl Into<Spec>) -> Object {
    let metadata = metadata::within(&app.namespace, version_name(app, version), labels(app, version));
    Object::new(metadata, spec, metadata::version_origin(app, version))
}

fn version_name(app: &App, version: &Version) -> String {
    names::workload(&app.name, key(version))
}

/// The labels of the pods of a version.
fn labels(app: &App, version: &Version) -> Map {
    metadata::version_labels(&app.name, key(version))
}

fn key(version: &Version) -> Option<&str> {
    version.key.as_ref().map(|key| key.value.as_str())
}

fn written(labels: &crate::mesh::Labels) -> impl Iterator<Item = (Text, Text)> {
    labels.iter().map(|(key, value)| (key.value.clone().into(), value.value.clone().into()))
}
