//! References by name: one function per kind says what it refers to; what is not in the tree is a fault.

use serde_json::Value;

use super::index::{Identity, Tree};
use super::pods;
use crate::fault::Fault;
use crate::object::{Object, group_of, items, text};

const LINKERD: &str = "policy.linkerd.io";
const GATEWAY: &str = "gateway.networking.k8s.io";

/// A name in an object, and what it should lead to.
struct Reference<'o> {
    place: String,
    to: Identity<'o>,
    /// The port that the Service must have.
    port: Option<u64>,
}

pub fn judge(tree: &Tree<'_>, object: &Object) -> Vec<Fault> {
    references(object).iter().filter_map(|reference| dangling(tree, object, reference)).collect()
}

fn dangling(tree: &Tree<'_>, object: &Object, reference: &Reference<'_>) -> Option<Fault> {
    let Identity { kind, namespace, name, .. } = reference.to;
    let Some(target) = tree.find(reference.to) else {
        let message = format!("no `{kind}` `{name}` in the namespace `{namespace}` of the tree");
        return tree.owns(namespace).then(|| Fault::at(object, &reference.place, message));
    };
    let port = reference.port?;
    let has_port = target.items("/spec/ports").iter().any(|(_, declared)| declared["port"] == port);
    (!has_port).then(|| Fault::at(object, &reference.place, format!("the `{kind}` `{name}` has no port {port}")))
}

fn references(object: &Object) -> Vec<Reference<'_>> {
    let mut references = match (object.group(), object.kind()) {
        ("autoscaling", "HorizontalPodAutoscaler") => workload(object, "/spec/scaleTargetRef"),
        ("split.smi-spec.io", "TrafficSplit") => traffic_split(object),
        (LINKERD, "AuthorizationPolicy") => authorization(object),
        (LINKERD, "MeshTLSAuthentication") => {
            object.items("/spec/identityRefs").into_iter().filter_map(|(at, to)| account(object, at, to)).collect()
        }
        (LINKERD, "HTTPLocalRateLimitPolicy") => rate_limit(object),
        (LINKERD | GATEWAY, "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute") => route(object),
        ("linkerd.io", "ServiceProfile") => profile(object),
        ("networking.istio.io", "VirtualService") => virtual_service(object),
        ("networking.istio.io", "DestinationRule") => {
            host(object.text("/spec/host"), "/spec/host".to_owned(), None).into_iter().collect()
        }
        ("flagger.app", "Canary") => canary(object),
        ("argoproj.io", "Rollout") => rollout(object),
        _ => Vec::new(),
    };
    references.extend(pod_account(object));
    references
}

/// A reference to `name` of this kind in the object's own namespace.
fn local<'o>(object: &'o Object, place: String, group: &'o str, kind: &'o str, name: &'o str) -> Reference<'o> {
    Reference { place, to: Identity { group, kind, namespace: object.namespace(), name }, port: None }
}

fn named<'o>(object: &'o Object, pointer: &str, group: &'o str, kind: &'o str) -> Option<Reference<'o>> {
    let name = object.text(pointer);
    (!name.is_empty()).then(|| local(object, pointer.to_owned(), group, kind, name))
}

fn workload<'o>(object: &'o Object, pointer: &str) -> Vec<Reference<'o>> {
    let Some(target) = object.value.pointer(pointer) else { return Vec::new() };
    let (group, kind) = (group_of(text(target, "/apiVersion")), text(target, "/kind"));
    vec![local(object, pointer.to_owned(), group, kind, text(target, "/name"))]
}

fn pod_account(object: &Object) -> Option<Reference<'_>> {
    let template = pods::template(object)?;
    let name = text(template.spec, "/serviceAccountName");
    let place = format!("{}/serviceAccountName", template.pointer);
    (!matches!(name, "" | "default")).then(|| local(object, place, "", "ServiceAccount", name))
}

fn traffic_split(object: &Object) -> Vec<Reference<'_>> {
    let backends = object.items("/spec/backends").into_iter();
    let backends =
        backends.map(|(at, backend)| local(object, format!("{at}/service"), "", "Service", text(backend, "/service")));
    named(object, "/spec/service", "", "Service").into_iter().chain(backends).collect()
}

fn authorization(object: &Object) -> Vec<Reference<'_>> {
    let target = &object.value["spec"]["targetRef"];
    let mut references = Vec::new();
    if text(target, "/kind") != "Namespace" {
        let (group, kind) = (text(target, "/group"), text(target, "/kind"));
        references.push(local(object, "/spec/targetRef".to_owned(), group, kind, text(target, "/name")));
    }
    for (place, to) in object.items("/spec/requiredAuthenticationRefs") {
        references.extend(match text(to, "/kind") {
            "ServiceAccount" => account(object, place, to),
            kind => Some(elsewhere(object, place, text(to, "/group"), kind, to)),
        });
    }
    references
}

/// The ServiceAccount that a reference names; `default` is in every namespace.
fn account<'o>(object: &'o Object, place: String, to: &'o Value) -> Option<Reference<'o>> {
    let names_account = text(to, "/kind") == "ServiceAccount" && text(to, "/name") != "default";
    names_account.then(|| elsewhere(object, place, "", "ServiceAccount", to))
}

/// A reference that may name another namespace.
fn elsewhere<'o>(object: &'o Object, place: String, group: &'o str, kind: &'o str, to: &'o Value) -> Reference<'o> {
    let mut reference = local(object, place, group, kind, text(to, "/name"));
    if let Some(namespace) = to.get("namespace").and_then(Value::as_str) {
        reference.to.namespace = namespace;
    }
    reference
}

fn rate_limit(object: &Object) -> Vec<Reference<'_>> {
    let target = named(object, "/spec/targetRef/name", LINKERD, "Server");
    let overrides = object.items("/spec/overrides").into_iter();
    let clients = overrides.flat_map(|(at, limit)| items(limit, "/clientRefs", &at));
    target.into_iter().chain(clients.filter_map(|(at, to)| account(object, at, to))).collect()
}

fn route(object: &Object) -> Vec<Reference<'_>> {
    let parents = object.items("/spec/parentRefs").into_iter();
    let parents = parents.filter_map(|(at, to)| parent(object, at, to));
    let rules = object.items("/spec/rules").into_iter();
    let backends = rules.flat_map(|(at, rule)| items(rule, "/backendRefs", &at));
    parents.chain(backends.filter_map(|(at, to)| backend(object, at, to))).collect()
}

/// A parent that could be of the tree; a Gateway is not.
fn parent<'o>(object: &'o Object, place: String, to: &'o Value) -> Option<Reference<'o>> {
    let default = if object.group() == LINKERD { LINKERD } else { GATEWAY };
    match (to.get("group").and_then(Value::as_str).unwrap_or(default), text(to, "/kind")) {
        (LINKERD, kind @ ("Server" | "EgressNetwork")) => Some(elsewhere(object, place, LINKERD, kind, to)),
        ("" | "core", "Service") => Some(service(object, place, to)),
        _ => None,
    }
}

fn backend<'o>(object: &'o Object, place: String, to: &'o Value) -> Option<Reference<'o>> {
    match (text(to, "/group"), text(to, "/kind")) {
        ("" | "core", "" | "Service") => Some(service(object, place, to)),
        (LINKERD, "EgressNetwork") => Some(elsewhere(object, place, LINKERD, "EgressNetwork", to)),
        _ => None,
    }
}

fn service<'o>(object: &'o Object, place: String, to: &'o Value) -> Reference<'o> {
    Reference { port: to["port"].as_u64(), ..elsewhere(object, place, "", "Service", to) }
}

/// A profile is named after its Service.
fn profile(object: &Object) -> Vec<Reference<'_>> {
    host(object.name(), "/metadata/name".to_owned(), None).into_iter().collect()
}

/// The Service that a DNS name means: `service.namespace.svc.domain`.
fn host(name: &str, place: String, port: Option<u64>) -> Option<Reference<'_>> {
    let mut parts = name.splitn(4, '.');
    let (Some(name), Some(namespace), Some("svc")) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    Some(Reference { place, to: Identity { group: "", kind: "Service", namespace, name }, port })
}

fn virtual_service(object: &Object) -> Vec<Reference<'_>> {
    let mut references = Vec::new();
    for (at, name) in object.items("/spec/hosts") {
        references.extend(host(name.as_str().unwrap_or_default(), at, None));
    }
    for (at, rule) in object.items("/spec/http") {
        let routes =
            items(rule, "/route", &at).into_iter().map(|(at, to)| (format!("{at}/destination"), &to["destination"]));
        let mirror = rule.get("mirror").map(|to| (format!("{at}/mirror"), to));
        let named = routes.chain(mirror);
        references.extend(named.filter_map(|(at, to)| host(text(to, "/host"), at, to["port"]["number"].as_u64())));
    }
    references
}

fn canary(object: &Object) -> Vec<Reference<'_>> {
    let mut references = workload(object, "/spec/targetRef");
    references.extend(workload(object, "/spec/autoscalerRef"));
    references
}

fn rollout(object: &Object) -> Vec<Reference<'_>> {
    let services = [
        "/spec/strategy/canary/canaryService",
        "/spec/strategy/canary/stableService",
        "/spec/strategy/blueGreen/activeService",
        "/spec/strategy/blueGreen/previewService",
    ];
    let mut references = workload(object, "/spec/workloadRef");
    references.extend(services.iter().filter_map(|pointer| named(object, pointer, "", "Service")));
    references.extend(analyses(object));
    references
}

fn analyses(object: &Object) -> Vec<Reference<'_>> {
    let steps = object.items("/spec/strategy/canary/steps").into_iter();
    let analyses = steps.map(|(at, step)| (format!("{at}/analysis"), &step["analysis"]));
    let background = "/spec/strategy/canary/analysis";
    let background = object.value.pointer(background).map(|analysis| (background.to_owned(), analysis));
    let templates =
        background.into_iter().chain(analyses).flat_map(|(at, analysis)| items(analysis, "/templates", &at));
    let local_ones = templates.filter(|(_, template)| template["clusterScope"] != true);
    let reference =
        |(at, template)| local(object, at, "argoproj.io", "AnalysisTemplate", text(template, "/templateName"));
    local_ones.map(reference).collect()
}
