//! Where requests go: a VirtualService for an app that takes requests, and a DestinationRule for
//! each Service behind a circuit breaker. The first rule that matches is taken, and a request that none
//! matches is answered with 404, so each port has a last rule that takes the rest.

use std::collections::BTreeMap;

use crate::mesh::{App, Mesh, Port, Retry, Route, Variant, names};
use crate::objects::Object;
use crate::objects::istio::{
    Destination, DestinationRuleSpec, HttpMatch, HttpRoute, OutlierDetection, Percent, PortNumber, Retries, StringMatch,
    TrafficPolicy, VirtualServiceSpec, WeightedDestination,
};
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
        let of_versions = app.versions.iter().filter_map(|version| version.key.as_ref());
        let services = [app.name.value.clone()].into_iter().chain(of_versions.map(|key| names::workload(&app.name, Some(key))));
        objects.extend(services.map(|service| {
            let spec = DestinationRuleSpec {
                host: host(mesh, app, &service),
                traffic_policy: TrafficPolicy {
                    outlier_detection: OutlierDetection {
                        consecutive_5xx_errors: breaker.max_failures,
                        base_ejection_time: breaker.min_penalty.to_string(),
                        // Envoy would stop at a tenth of the pods.
                        max_ejection_percent: 100,
                    },
                },
            };
            let origin = metadata::app_origin(app).key("circuit-breaker", breaker.span);
            Object::new(metadata::of_app(service, app), spec, origin)
        }));
    }
    objects
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
    VirtualServiceSpec { hosts: vec![host(mesh, app, &app.name)], http }
}

/// The rules of a route, or of what no route of the port matches: one for each variant, one for everyone
/// else.
fn rules(mesh: &Mesh, app: &App, port: &Port, route: Option<&Route>) -> Vec<HttpRoute> {
    let to = |service: &str, weight| WeightedDestination { destination: destination(mesh, app, port, service), weight };
    let of_variant = |variant: &Variant| {
        let headers = BTreeMap::from([(variant.header.value.clone(), StringMatch::Exact(variant.is.value.clone()))]);
        rule(mesh, app, port, route, headers, vec![to(&names::workload(&app.name, Some(&variant.version)), None)])
    };
    let mut rules: Vec<HttpRoute> = app.variants.iter().map(of_variant).collect();
    let destinations = match app.routing.split() {
        None => vec![to(&app.name, None)],
        Some(split) => {
            let takes = split.weights.iter().filter(|(_, weight)| weight.value > 0);
            takes.map(|(version, weight)| to(&names::workload(&app.name, Some(version)), Some(weight.value))).collect()
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
        headers,
        port: several.then_some(port.numbers.service),
    };
    let all = one.method.is_none() && one.uri.is_none() && one.headers.is_empty() && one.port.is_none();
    let mirror = app.mirror.as_ref();
    HttpRoute {
        name: route.map(|route| route.name.value.clone()),
        r#match: if all { Vec::new() } else { vec![one] },
        route: destinations,
        timeout: route.and_then(|route| route.timeout).map(|timeout| timeout.to_string()),
        retries: retries(route.filter(|route| route.retry.is_some())),
        mirror: mirror.map(|mirror| destination(mesh, app, port, &names::workload(&app.name, Some(&mirror.version)))),
        mirror_percentage: mirror.map(|mirror| Percent { value: mirror.percent }),
    }
}

fn destination(mesh: &Mesh, app: &App, port: &Port, service: &str) -> Destination {
    Destination { host: host(mesh, app, service), port: PortNumber { number: port.numbers.service } }
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
        return Retries { attempts: 0, per_try_timeout: None, retry_on: None };
    };
    Retries {
        attempts: retry.times(),
        per_try_timeout: retry.timeout.map(|timeout| timeout.to_string()),
        retry_on: Some(conditions(route, retry).join(",")),
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
