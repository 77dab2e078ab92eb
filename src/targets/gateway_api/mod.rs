//! Weights, timeouts and retries by routes of the Gateway API that are attached to a Service, as Linkerd
//! reads them. Annotations hold for a whole object, and of two objects that match one request alike
//! Linkerd takes the older one; so an app has one object, and further ones only for what must be said by
//! annotation: see `plan`.

mod limits;
mod place;
mod plan;
mod route;
mod terms;

use crate::mesh::{App, Callee, CircuitBreaker, ExternalService, Mesh, Namespace, names};
use crate::objects::linkerd::EgressNetworkSpec;
use crate::objects::{Map, Object, Rest, Text};
use crate::targets::{Decoration, Part, Role, Subject, Target, metadata};

use place::Place;

pub(super) static TARGET: Target = Target {
    name: "gateway-api",
    roles: &[Role::Traffic],
    check: limits::check,
    codes: limits::CODES,
    compile: |scene, part| match part {
        Part::App(app) => self::app(scene.mesh, app),
        Part::External(service, namespace) => external(scene.mesh, service, namespace),
        Part::Namespace(namespace) => egress(scene.mesh, namespace).into_iter().collect(),
        Part::Job(_) => Vec::new(),
    },
    decorate,
};

/// The routes of an app's ports: of each that has some, and of the others if their requests are split.
fn app(mesh: &Mesh, app: &App) -> Vec<Object> {
    let mut objects = Vec::new();
    let is_divided = app.routing.split().is_some() || !app.variants.is_empty();
    for port in app.ports.iter() {
        if port.has_requests() && (is_divided || !port.routes.is_empty()) {
            objects.extend(route::routes(mesh, Place::Port(app, port)));
        }
    }
    objects
}

/// The routes of an external service, for the callers in one namespace.
fn external(mesh: &Mesh, service: &ExternalService, namespace: &Namespace) -> Vec<Object> {
    if service.ports.main.has_requests() { route::routes(mesh, Place::External(service, namespace)) } else { Vec::new() }
}

/// What routes of hosts outside are attached to: one for a namespace, and only for its clients. What no
/// route is for passes as it did before.
fn egress(mesh: &Mesh, namespace: &Namespace) -> Option<Object> {
    let first = mesh.external.iter().find(|service| service.is_called_from(namespace))?;
    let metadata = metadata::within(namespace, names::EGRESS.to_owned(), Map::new());
    let spec = EgressNetworkSpec { traffic_policy: "Allow".into(), rest: Rest::new() };
    Some(Object::new(metadata, spec, metadata::callee_origin(Callee::External(first))))
}

/// The circuit breaker stands on the Service that callers know: Linkerd holds it for every backend.
fn decorate(_: &Mesh, subject: Subject<'_>) -> Decoration {
    let Subject::Service(app) = subject else { return Decoration::default() };
    let annotations = app.circuit_breaker.map(|breaker| self::breaker(&breaker)).unwrap_or_default();
    Decoration { annotations, ..Decoration::default() }
}

const ACCRUAL: &str = "balancer.linkerd.io/failure-accrual";

fn breaker(breaker: &CircuitBreaker) -> Map {
    Map::from([
        (ACCRUAL.into(), "consecutive".into()),
        (consecutive("max-failures"), breaker.max_failures.to_string().into()),
        (consecutive("min-penalty"), breaker.min_penalty.to_string().into()),
        (consecutive("max-penalty"), breaker.max_penalty.to_string().into()),
    ])
}

/// The key of a setting for failures in a row.
fn consecutive(setting: &str) -> Text {
    format!("{ACCRUAL}-consecutive-{setting}").into()
}
