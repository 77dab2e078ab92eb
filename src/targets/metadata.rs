//! What the objects of every target have: a name and a namespace, the labels by which pods are selected, and where in
//! the manifest they come from.

use crate::mesh::{App, AppKind, Callee, Job, Namespace, Port, PortKind, Version};
use crate::objects::{Map, Metadata, Origin};

/// The metadata of an object that belongs to an app.
pub(super) fn of_app(name: String, app: &App) -> Metadata {
    within(&app.namespace, name, app_labels(&app.name))
}

/// The metadata of an object in a namespace.
pub(super) fn within(namespace: &Namespace, name: String, labels: Map) -> Metadata {
    Metadata { name, namespace: Some(namespace.name.value.clone()), labels: labels.into(), ..Metadata::default() }
}

/// The labels of all pods of an app or a job, and those that select them.
pub(super) fn app_labels(app: &str) -> Map {
    Map::from([("app".into(), app.to_owned().into())])
}

/// The labels of the pods of one version by its key, and those that select them: they never change in the life of a
/// version. A service has one version, without a key.
pub(super) fn version_labels(app: &str, key: Option<&str>) -> Map {
    let version = key.map(|key| ("version".into(), key.to_owned().into()));
    app_labels(app).into_iter().chain(version).collect()
}

/// The table of an app.
pub(super) fn app_origin(app: &App) -> Origin {
    let tables = match app.kind {
        AppKind::Model => "models",
        AppKind::Service => "services",
    };
    Origin::new(tables, &app.name)
}

/// The table of an app, or of a service outside.
pub(super) fn callee_origin(callee: Callee<'_>) -> Origin {
    match callee {
        Callee::App(app) => app_origin(app),
        Callee::External(service) => Origin::new("services", &service.name),
    }
}

/// The table of a version; that of the app for a service, whose version has none.
pub(super) fn version_origin(app: &App, version: &Version) -> Origin {
    match &version.key {
        Some(key) => app_origin(app).table("versions", key),
        None => app_origin(app),
    }
}

/// The table of a port; the main one stands in that of its app.
pub(super) fn port_origin(app: &App, port: &Port) -> Origin {
    match port.kind {
        PortKind::Main => app_origin(app),
        PortKind::Additional => app_origin(app).table("ports", &port.name),
    }
}

/// The table of a job.
pub(super) fn job_origin(job: &Job) -> Origin {
    Origin::new("jobs", &job.name)
}
