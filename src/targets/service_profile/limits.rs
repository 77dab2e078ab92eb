//! What a ServiceProfile cannot tell apart though each setting by itself is fine.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, App, Mesh, Port, Route};
use crate::value::{Method, Protocol};

codes! {
    PROFILE_FOR_EVERY_PORT = "profile-for-every-port", Warning, "routes that hold for requests to additional ports too",
        "A ServiceProfile is for a Service, not for a port of it: a request to an additional port whose path a route matches gets \
         that route's timeout and retries. Routes of the Gateway API are for one port. (linkerd2, \
         controller/api/destination/server.go)";
    RETRY_ON_EVERY_PORT = "retry-on-every-port", Error, "retries of requests to an additional port of which nothing is known",
        "A ServiceProfile is for a Service, not for a port of it. Where a retried route matches any path, and methods that change \
         something, a request that reloads or deletes something on an additional port is sent twice. (linkerd2, \
         controller/api/destination/server.go)";
}

pub(super) fn check(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        app.ports.additional.iter().filter(|port| is_called(port)).for_each(|port| check_port(app, port, report));
    }
}

/// Whether somebody sends requests to a port that the proxy sees.
fn is_called(port: &Port) -> bool {
    let nobody = matches!(&port.access, Access::Only(callers) if callers.is_empty());
    port.has_requests() && !nobody
}

fn check_port(app: &App, port: &Port, report: &mut Report) {
    let met = app.routes().filter(|route| !(route.grpc && port.protocol.value == Protocol::Http1));
    let mut routes = met.filter(|route| route.timeouts.request.is_some() || route.retry.is_some());
    if let Some(route) = routes.clone().find(|route| is_careless(route)) {
        let message = format!("`{}` retries requests to the port `{}` too, whatever they change there", route.name, port.name);
        let diagnostic = Diagnostic::new(&RETRY_ON_EVERY_PORT, port.name.span, message).also(route.path.span, "this route");
        let help = "use `traffic = \"gateway-api\"`, give the route the paths that it is for, or remove its retry";
        return report.push(diagnostic.help(help));
    }
    let Some(first) = routes.next() else { return };
    let more = match routes.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("requests to the port `{}` that match `{}`{more} get its timeout and retry", port.name, first.name);
    let diagnostic = Diagnostic::new(&PROFILE_FOR_EVERY_PORT, port.name.span, message).also(first.path.span, "this route");
    report.push(diagnostic.help("use `traffic = \"gateway-api\"`, whose routes are for one port, or serve other paths there"));
}

/// Whether it retries requests that change something, of whatever path: what it declares to be idempotent are those of
/// the main port.
fn is_careless(route: &Route) -> bool {
    let changes = matches!(route.method, Method::Post | Method::Patch | Method::Any);
    route.retry.is_some() && changes && !route.grpc && route.path.beginning().len() <= 1
}
