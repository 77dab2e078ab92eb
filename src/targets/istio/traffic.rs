//! Where requests go: a VirtualService for an app that takes requests, and a DestinationRule for
//! each Service behind a circuit breaker. The first rule that matches is taken, and a request that none
//! matches is answered with 404, so each port has a last rule that takes the rest.

use std::collections::BTreeMap;

use crate::mesh::{App, CircuitBreaker, Mesh, Port, Retry, Route, Variant, names};
use crate::objects::istio::{
    Destination, DestinationRuleSpec, HttpMatch, HttpRoute, OutlierDetection, Percent, PortNumber, Retries, StringMatch,
    TrafficPolicy, VirtualServiceSpec, WeightedDestination,
};
use crate::objects::{Object, Rest};
use crate::targets::metadata;
use crate::value::{Path, RetryCondition};

pub(super) fn traffic(mesh: &Mesh, app: &App) -> Vec<Object> {
    let mut objects = Vec::new();
    // Of a host without a VirtualService Istio tries failed requests twice again.
    if app.ports.iter().any(Port::has_requests) {
        let metadata = metadata::of_app(app.name.value.clone(), app);
        objects.push(Object::new(metadata, virtual_service(mesh, app), metadata::app_origin(app)));
    }
    if let Some(breaker) = app.circuit_breaker {
        objects.extend(names::services(app).map(|service| {
            let spec = DestinationRuleSpec {
                host: host(mesh, app, &service),
                traffic_policy: Some(traffic_policy(&breaker)),
                rest: Rest::new(),
            };
            let origin = metadata::app_origin(app).key("circuit-breaker", breaker.span);
            Object::new(metadata::of_app(service, app), spec, origin)
        }));
    }
    objects
}

fn traffic_policy(breaker: &CircuitBreaker) -> TrafficPolicy {
    let outlier_detection = OutlierDetection {
        consecutive_5xx_errors: Some(breaker.max_failures),
        base_ejection_time: Some(breaker.min_penalty.to_string()),
        // Envoy would stop at a tenth of the pods.
        max_ejection_percent: Some(100),
        rest: Rest::new(),
    };
    TrafficPolicy { outlier_detection: Some(outlier_detection), rest: Rest::new() }
}

fn host(mesh: &Mesh, app: &App, service: &str) -> String {
    names::fqdn(service, &app.namespace.name, mesh)
}

fn virtual_service(mesh: &Mesh, app: &App) -> VirtualServiceSpec {
    let mut http = Vec::new();
    for port in app.ports.iter().filter(|port| port.has_requests()) {
        let routes = port.routes.iter().map(Some).chain([None]);
        http.extend(routes.flat_map(|route| rules(mesh, app, port, route)));
    }
    VirtualServiceSpec { hosts: vec![host(mesh, app, &app.name)].into(), http: http.into(), rest: Rest::new() }
}

/// The rules of a route, or of what no route of the port matches: one for each variant, one for everyone
/// else.
fn rules(mesh: &Mesh, app: &App, port: &Port, route: Option<&Route>) -> Vec<HttpRoute> {
    let mut rules = Vec::new();
    for Variant { header, is, version, .. } in &app.variants {
        let headers = BTreeMap::from([(header.value.clone(), StringMatch::Exact(is.value.clone()))]);
        let destinations = vec![weighted(destination(mesh, app, port, &names::workload(&app.name, Some(version))), None)];
        rules.push(rule(mesh, app, port, route, headers, destinations));
    }
    let destinations = match app.routing.split() {
        None => vec![weighted(destination(mesh, app, port, &app.name), None)],
        Some(split) => {
            let takes = split.weights.iter().filter(|(_, weight)| weight.value > 0);
            let services = takes.map(|(version, weight)| (names::workload(&app.name, Some(version)), weight.value));
            services.map(|(service, weight)| weighted(destination(mesh, app, port, &service), Some(weight))).collect()
        }
    };
    rules.push(rule(mesh, app, port, route, BTreeMap::new(), destinations));
    rules
}

fn rule(
    mesh: &Mesh,
    app: &App,
    port: &Port,
    route: Option<&Route>,
    headers: BTreeMap<String, StringMatch>,
    destinations: Vec<WeightedDestination>,
) -> HttpRoute {
    let several = app.ports.iter().filter(|port| port.has_requests()).count() > 1;
    let one = HttpMatch {
        method: route.and_then(|route| route.method.token()).map(|method| StringMatch::Exact(method.to_owned())),
        uri: route.map(|route| uri(&route.path)),
        headers: headers.into(),
        port: several.then_some(port.numbers.service),
        rest: Rest::new(),
    };
    let all = one.method.is_none() && one.uri.is_none() && one.headers.is_empty() && one.port.is_none();
    let mirror = app.mirror.as_ref();
    HttpRoute {
        name: route.map(|route| route.name.value.clone()),
        r#match: if all { Vec::new() } else { vec![one] }.into(),
        route: destinations.into(),
        timeout: route.and_then(|route| route.timeouts.request).map(|timeout| timeout.to_string()),
        retries: Some(retries(route.filter(|route| route.retry.is_some()))),
        mirror: mirror.map(|mirror| destination(mesh, app, port, &names::workload(&app.name, Some(&mirror.version)))),
        mirror_percentage: mirror.map(|mirror| Percent { value: mirror.percent, rest: Rest::new() }),
        rest: Rest::new(),
    }
}

fn weighted(destination: Destination, weight: Option<u32>) -> WeightedDestination {
    WeightedDestination { destination, weight, rest: Rest::new() }
}

fn destination(mesh: &Mesh, app: &App, port: &Port, service: &str) -> Destination {
    let port = PortNumber { number: port.numbers.service, rest: Rest::new() };
    Destination { host: host(mesh, app, service), port: Some(port), rest: Rest::new() }
}

/// Envoy matches an expression against the whole path.
fn uri(path: &Path) -> StringMatch {
    match path.literal() {
        Some(literal) => StringMatch::Exact(literal.to_owned()),
        None if path.is_everything() => StringMatch::Prefix("/".to_owned()),
        None => StringMatch::Regex(path.regex()),
    }
}

/// How a route is retried; one that is not says so, since Istio retries twice unless it is told.
fn retries(route: Option<&Route>) -> Retries {
    let Some((route, retry)) = route.and_then(|route| Some((route, route.retry.as_ref()?))) else {
        return Retries { attempts: Some(0), per_try_timeout: None, retry_on: None, rest: Rest::new() };
    };
    Retries {
        attempts: Some(retry.times()),
        per_try_timeout: retry.timeout.map(|timeout| timeout.to_string()),
        retry_on: Some(conditions(route, retry).join(",")),
        rest: Rest::new(),
    }
}

/// The words of Envoy's retry policies; a status that has none is written as itself.
fn conditions(route: &Route, retry: &Retry) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for condition in retry.conditions() {
        match condition {
            condition if route.grpc => words.extend(condition.grpc_statuses().into_iter().map(str::to_owned)),
            RetryCondition::SERVER_ERRORS => words.push("5xx".to_owned()),
            RetryCondition::Http(502, 504) => words.push("gateway-error".to_owned()),
            RetryCondition::Http(first, last) => words.extend((first..=last).map(|status| status.to_string())),
            RetryCondition::Grpc(_) => {}
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}
