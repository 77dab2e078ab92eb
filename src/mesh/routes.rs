//! The ports and routes of an app, the more specific route first.

use crate::diagnostic::Report;
use crate::manifest::{Endpoint, Field};
use crate::mesh::access::Callers;
use crate::mesh::{Access, Port, PortKind, Ports, Retry, RetryBudget, Route, Timeouts, limits};
use crate::spanned::{Span, Spanned};
use crate::value::{InboundPolicy, Method, PortNumbers, Protocol};

/// The ports of an app: the main one, called by its protocol, and the others by name. Number 0 stands
/// in for one that is missing or wrong, which was reported.
pub(crate) fn ports(
    endpoint: &Endpoint,
    name: &Spanned<String>,
    inbound: Option<Spanned<InboundPolicy>>,
    callers: &Callers<'_>,
    report: &mut Report,
) -> Ports {
    let numbers = endpoint.port.given().unwrap_or(Spanned::new(PortNumbers::default(), name.span));
    let protocol = endpoint.protocol.given().unwrap_or(Spanned::new(endpoint.protocol().value, numbers.span));
    let main_access = access(&endpoint.callers, endpoint.span, inbound, callers, report);
    let main = Spanned::new(main_name(protocol.value).to_owned(), name.span);
    let rate_limit = limits::rate_limit(endpoint.rate_limit.as_ref(), callers, report);
    let routes = routes(endpoint, callers, report);
    let main = Port { kind: PortKind::Main, name: main, numbers, protocol, access: main_access, rate_limit, routes };
    let mut additional = Vec::new();
    for (name, port) in &endpoint.ports {
        let access = access(&port.callers, port.span, inbound, callers, report);
        let numbers = port.port.given().unwrap_or(Spanned::new(PortNumbers::default(), name.span));
        let protocol = port.protocol.given().unwrap_or(Spanned::new(port.protocol().value, numbers.span));
        let rate_limit = limits::rate_limit(port.rate_limit.as_ref(), callers, report);
        let (kind, name) = (PortKind::Additional, name.clone());
        additional.push(Port { kind, name, numbers, protocol, access, rate_limit, routes: Vec::new() });
    }
    Ports { main, additional }
}

/// Who may call a port whose table stands at `table`.
fn access(
    written: &Field<Spanned<Vec<Spanned<String>>>>,
    table: Span,
    inbound: Option<Spanned<InboundPolicy>>,
    callers: &Callers<'_>,
    report: &mut Report,
) -> Access {
    match callers.resolve(written.as_ref(), report) {
        Some(access) => access,
        // An unreadable list is not an empty list: until it is fixed, nobody is said to be refused.
        None if written.is_invalid() => Access::Default(Some(Spanned::new(InboundPolicy::AllUnauthenticated, table))),
        None => inbound.map_or(Access::Default(callers.inbound), Access::Inbound),
    }
}

/// A name says no more than the manifest does: some meshes take it for what is spoken.
fn main_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Detect => "main",
        Protocol::Http1 | Protocol::Http2 => "http",
        Protocol::Grpc => "grpc",
        Protocol::Opaque => "tcp",
        Protocol::Tls => "tls",
    }
}

/// The routes of an app, in the order in which a request must try them: literal text before a
/// parameter, a parameter before a rest, expressions behind them and `/{x*}` last; a method before any
/// method.
fn routes(endpoint: &Endpoint, callers: &Callers<'_>, report: &mut Report) -> Vec<Route> {
    let mut routes = Vec::with_capacity(endpoint.routes.len());
    for (name, route) in &endpoint.routes {
        let access = callers.resolve(route.terms.callers.as_ref(), report);
        let calls = route.terms.calls.as_ref().map(|calls| callers.directory.calls(Some(calls), report));
        let Some(matches) = &route.matches else { continue };
        let retry = route.terms.retry.as_ref().filter(|retry| retry.enabled).map(|retry| {
            let on = retry.on.as_ref().map(|on| Spanned::new(on.iter().map(|one| one.value).collect(), on.span));
            Spanned::new(Retry { on, limit: retry.limit.given(), timeout: retry.timeout.given() }, retry.span)
        });
        routes.push(Route {
            name: name.clone(),
            method: matches.method,
            path: matches.path.clone(),
            grpc: matches.grpc,
            timeouts: Timeouts::of(&route.terms),
            stream: route.terms.stream.given(),
            retry,
            idempotent: route.terms.idempotent.given(),
            max_body: route.terms.max_body.as_ref().cloned(),
            callers: access,
            calls,
        });
    }
    routes.sort_by_cached_key(|route| {
        (route.path.precedence(), route.method == Method::Any, route.method, route.name.value.clone())
    });
    routes
}

/// The retry budget, if each of its keys was right.
pub(crate) fn retry_budget(endpoint: &Endpoint) -> Option<RetryBudget> {
    let budget = endpoint.retry_budget.as_ref()?;
    Some(RetryBudget {
        span: budget.span,
        ratio: budget.ratio.given()?,
        min_per_second: budget.min_per_second.given()?,
        ttl: budget.ttl.given()?,
    })
}
