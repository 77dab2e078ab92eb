//! Weights, timeouts and retries by routes of the Gateway API that are attached to a Service, as Linkerd
//! reads them. Annotations hold for a whole object, and of two objects that match one request alike
//! Linkerd takes the older one; so an app has one object, and further ones only for what must be said by
//! annotation: see `plan`.

mod limits;
mod plan;
mod route;
mod terms;

use crate::mesh::uses::Feature;
use crate::mesh::{App, CircuitBreaker, Mesh, Protocol};
use crate::objects::{Map, Object};
use crate::targets::{Decoration, Part, Role, Subject, Support, Target};

pub(super) static TARGET: Target = Target {
    name: "gateway-api",
    since: "Linkerd 2.16",
    roles: &[Role::Traffic],
    supports,
    check: limits::check,
    codes: limits::CODES,
    compile: |scene, part| match part {
        Part::App(app) => self::app(scene.mesh, app),
        Part::Namespace(_) | Part::Job(_) => Vec::new(),
    },
    decorate,
};

fn supports(feature: Feature) -> Support {
    match feature {
        Feature::RetryBudget => Support::Weaker("routes have no retry budget; the `limit` of each retry is all that bounds them"),
        Feature::HttpStatusesOfGrpc => Support::Weaker(
            "a GRPCRoute looks at gRPC statuses alone; those that a gateway makes of the HTTP ones stand in for them",
        ),
        Feature::RetryOfGrpcOverHttp => {
            Support::Never("an HTTPRoute looks at no gRPC status, and a failed call is a 200; say `protocol = \"grpc\"`")
        }
        Feature::SplitOfBytes => Support::Never("an HTTPRoute carries requests, and on this port there are only bytes"),
        Feature::Mirror => Support::Never("Linkerd copies no requests, and drops a route that asks for it"),
        _ => Support::Yes,
    }
}

/// The routes of an app's ports: those of the main one, and of each further one if its requests are split.
fn app(mesh: &Mesh, app: &App) -> Vec<Object> {
    let mut objects = Vec::new();
    let is_divided = app.split.is_some() || !app.variants.is_empty();
    for (at, port) in app.ports.iter().enumerate() {
        let bytes = matches!(port.protocol.value, Protocol::Opaque | Protocol::Tls);
        if !bytes && (is_divided || at == 0 && !app.routes.is_empty()) {
            objects.extend(route::routes(mesh, app, at));
        }
    }
    objects
}

/// The circuit breaker stands on the Service that callers know: Linkerd holds it for every backend.
fn decorate(_: &Mesh, subject: Subject<'_>) -> Decoration {
    let Subject::Service(app) = subject else { return Decoration::default() };
    let annotations = app.circuit_breaker.map(|breaker| self::breaker(&breaker)).unwrap_or_default();
    Decoration { annotations, ..Decoration::default() }
}

fn breaker(breaker: &CircuitBreaker) -> Map {
    const ACCRUAL: &str = "balancer.linkerd.io/failure-accrual";
    let key = |rest: &str| format!("{ACCRUAL}-consecutive-{rest}");
    Map::from([
        (ACCRUAL.into(), "consecutive".into()),
        (key("max-failures").into(), breaker.max_failures.to_string().into()),
        (key("min-penalty").into(), breaker.min_penalty.to_string().into()),
        (key("max-penalty").into(), breaker.max_penalty.to_string().into()),
    ])
}
