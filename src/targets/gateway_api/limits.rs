//! What the Gateway API, or Linkerd's reading of it, cannot hold though each setting by itself is fine.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Variant};
use crate::spanned::Span;
use crate::upstream::gateway;
use crate::upstream::overlap::Overlap;
use crate::upstream::versions::{self, GRPC_ROUTES_SINCE};
use crate::value::Protocol;

use super::place::Routes;
use super::plan::Plan;
use super::terms;

codes! {
    GATEWAY_API_MISSING = "gateway-api-missing", Error, "routes of an API that the cluster is not said to have",
        "Without its CRDs the API server refuses every HTTPRoute. Linkerd does not install them since 2.19 (linkerd2, \
         charts/linkerd-crds/values.yaml, `installGatewayAPI`), so `[cluster]` says which version is there.";
    UNSUPPORTED_GATEWAY_API = "unsupported-gateway-api", Error, "a Gateway API that this Linkerd does not read",
        "Linkerd watches one version of each kind, and ignores a route with a field that it does not know: 2.16 and 2.17 read \
         up to 1.1, 2.18 and 2.19 read 1.1 and 1.2, 2.20 reads 1.2 and newer. (linkerd.io, features/gateway-api)";
    INSEPARABLE_ROUTES = "inseparable-routes", Error, "two routes that one request matches and that need objects of their own",
        "Retries and some timeouts are annotations, which apply to a whole route object. If two objects match a request \
         equally well, Linkerd takes the older one, which differs from cluster to cluster; the order of rules decides only \
         inside one object. (linkerd2-proxy, linkerd/http/route/src/lib.rs)";
    TOO_MANY_RULES = "too-many-rules", Error, "more routes that share requests than one object can hold",
        "A route object has at most 16 rules (CRD of HTTPRoute v1.2.1), and routes that only their order tells apart cannot \
         be spread over several. Each variant is one rule more for every route.";
}

pub(super) fn check(mesh: &Mesh, report: &mut Report) {
    check_version(mesh, report);
    for callee in mesh.callees() {
        callee.ports().iter().for_each(|port| check_routes(mesh, Routes::of(callee, port), report));
    }
}

fn check_version(mesh: &Mesh, report: &mut Report) {
    let cluster = &mesh.cluster;
    let (first, last) = versions::gateway_api(cluster.linkerd.value);
    let range = match last {
        Some(last) => format!("{first} to {last}"),
        None => format!("{first} and newer"),
    };
    let Some(version) = cluster.gateway_api else {
        let diagnostic = Diagnostic::new(&GATEWAY_API_MISSING, cluster.traffic.span, "this needs the Gateway API's CRDs");
        let help = format!("add `gateway-api = \"1.2\"` to `[cluster]`; Linkerd {} reads {range}", cluster.linkerd);
        return report.push(diagnostic.help(help));
    };
    let grpc = mesh.apps.iter().flat_map(|app| app.ports.iter()).find(|port| port.protocol.value == Protocol::Grpc);
    if let Some(port) = grpc.filter(|_| version.value < GRPC_ROUTES_SINCE) {
        let diagnostic =
            Diagnostic::new(&UNSUPPORTED_GATEWAY_API, version.span, format!("Gateway API {version} has no GRPCRoute yet"));
        let diagnostic = diagnostic.also(port.protocol.span, "this port wants one");
        return report.push(diagnostic.help(format!("it is in the standard channel since {GRPC_ROUTES_SINCE}")));
    }
    if version.major != first.major || version.value < first || last.is_some_and(|last| version.value > last) {
        let message = format!("Linkerd {} reads the Gateway API {range}, not {version}", cluster.linkerd);
        let diagnostic = Diagnostic::new(&UNSUPPORTED_GATEWAY_API, version.span, message);
        let diagnostic = diagnostic.also(cluster.linkerd.span, "the version that is compiled for");
        report.push(diagnostic.help("write the version that is installed, or upgrade one of the two"));
    }
}

fn check_routes(mesh: &Mesh, of_port: Routes<'_>, report: &mut Report) {
    let plan = Plan::of(mesh, of_port);
    for tied in plan.tied() {
        let (first, other) = (tied.first, tied.other);
        let method = other.method.token().or(first.method.token()).unwrap_or("GET");
        let message = match tied.overlap {
            Overlap::Path(path) => {
                format!("`{method} {path}` matches both `{}` and `{}`, whose terms need two objects", first.name, other.name)
            }
            Overlap::Never | Overlap::Unknown => {
                format!("`{}` and `{}` may match one request, and their terms need two objects", first.name, other.name)
            }
        };
        let (lone, near) = if plan.annotations(other).is_empty() { (first, other) } else { (other, first) };
        let diagnostic = Diagnostic::new(&INSEPARABLE_ROUTES, terms::annotated_span(lone).unwrap_or(lone.path.span), message)
            .also(near.path.span, "the other one");
        report.push(diagnostic.help("give both the same retry and timeouts, or paths that no request can share"));
    }
    check_size(&plan, of_port.variants, report);
}

fn check_size(plan: &Plan<'_>, variants: &[Variant], report: &mut Report) {
    let each = plan.rules_of_a_route();
    if let Some(variant) = variants.get(gateway::MOST_RULES - 1) {
        return report.push(too_many(format!("{each} rules for what no route matches"), variant.name.span));
    }
    for together in plan.inseparable().into_iter().filter(|together| !plan.fits(together.iter().copied(), false)) {
        let count = together.len();
        let message = format!("{count} routes that share requests make {} rules of one object", count * each);
        report.push(too_many(message, together[0].path.span));
    }
}

fn too_many(message: String, span: Span) -> Diagnostic {
    let help = "an object has at most 16 rules and 128 matches: give some of the routes paths that no other shares, or \
                leave a variant out";
    Diagnostic::new(&TOO_MANY_RULES, span, message).help(help)
}
