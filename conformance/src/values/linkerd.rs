//! Linkerd's policy kinds, as its admission webhook judges them (linkerd2 `policy-controller/runtime`:
//! `admission.rs`, `validation.rs`). Their CRDs say less than that.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::fault::Fault;
use crate::grammar;
use crate::object::{Object, items, text};

const GROUP: &str = "policy.linkerd.io";
const PROTOCOLS: &[&str] = &["unknown", "HTTP/1", "HTTP/2", "gRPC", "opaque", "TLS"];
const POLICIES: &[&str] =
    &["all-authenticated", "all-unauthenticated", "cluster-authenticated", "cluster-unauthenticated", "deny", "audit"];
static DNS_IDENTITY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    Regex::new(pattern).expect("the pattern is a constant")
});
static SPIFFE_IDENTITY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)*$").expect("the pattern is a constant"));

pub fn judge(object: &Object) -> Vec<Fault> {
    if object.group() != GROUP {
        return Vec::new();
    }
    match object.kind() {
        "Server" => server(object),
        "AuthorizationPolicy" => authorization(object),
        "MeshTLSAuthentication" => identities(object),
        "NetworkAuthentication" => networks(object),
        "HTTPLocalRateLimitPolicy" => rate_limit(object),
        _ => Vec::new(),
    }
}

fn server(object: &Object) -> Vec<Fault> {
    let one_of = |pointer: &str, words: &[&str]| {
        let word = object.value.pointer(pointer)?.as_str()?;
        (!words.contains(&word))
            .then(|| Fault::at(object, pointer, format!("`{word}` is not one of {}", words.join(", "))))
    };
    [one_of("/spec/proxyProtocol", PROTOCOLS), one_of("/spec/accessPolicy", POLICIES)].into_iter().flatten().collect()
}

fn authorization(object: &Object) -> Vec<Fault> {
    let mut faults: Vec<Fault> = authorization_target(object).into_iter().collect();
    let refs = object.items("/spec/requiredAuthenticationRefs");
    let mut counts = [0; 2];
    for (place, reference) in &refs {
        match (text(reference, "/group"), text(reference, "/kind")) {
            (GROUP, "MeshTLSAuthentication") | ("" | "core", "ServiceAccount") => counts[0] += 1,
            (GROUP, "NetworkAuthentication") => counts[1] += 1,
            _ => faults.push(Fault::at(object, place, "not a kind of authentication")),
        }
    }
    if counts.into_iter().any(|count| count > 1) {
        let message = "at most one authentication of identities and one of networks";
        faults.push(Fault::at(object, "/spec/requiredAuthenticationRefs", message));
    }
    faults
}

fn authorization_target(object: &Object) -> Option<Fault> {
    let target = &object.value["spec"]["targetRef"];
    let message = match (text(target, "/group"), text(target, "/kind")) {
        (GROUP, "Server" | "HTTPRoute") | ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute") => return None,
        ("" | "core", "Namespace") if text(target, "/name") == object.namespace() => return None,
        ("" | "core", "Namespace") => "a namespace can only be its own target",
        _ => "not a kind that a policy can target",
    };
    Some(Fault::at(object, "/spec/targetRef", message))
}

fn identities(object: &Object) -> Vec<Fault> {
    let names = object.items("/spec/identities").into_iter();
    let wrong_names = names.filter(|(_, name)| !name.as_str().is_none_or(is_identity));
    let refs = object.items("/spec/identityRefs").into_iter();
    let wrong_refs = refs.filter(|(_, reference)| !is_identity_ref(reference));
    let wrong_names = wrong_names.map(|(place, name)| Fault::at(object, place, format!("{name} is not an identity")));
    let wrong_refs = wrong_refs
        .map(|(place, _)| Fault::at(object, place, "not a named ServiceAccount, nor a Namespace without `namespace`"));
    wrong_names.chain(wrong_refs).collect()
}

fn is_identity(name: &str) -> bool {
    let dots = name.split('/').any(|segment| segment == "." || segment == "..");
    DNS_IDENTITY.is_match(name) || (SPIFFE_IDENTITY.is_match(name) && !dots)
}

fn is_identity_ref(reference: &Value) -> bool {
    let core = matches!(text(reference, "/group"), "" | "core");
    let fits = match text(reference, "/kind") {
        "ServiceAccount" => true,
        "Namespace" => reference.get("namespace").is_none(),
        _ => false,
    };
    core && fits && !text(reference, "/name").is_empty()
}

fn networks(object: &Object) -> Vec<Fault> {
    let networks = object.items("/spec/networks");
    if networks.is_empty() {
        return vec![Fault::at(object, "/spec/networks", "at least one network is needed")];
    }
    networks.iter().flat_map(|(place, network)| network_faults(object, place, network)).collect()
}

fn network_faults(object: &Object, place: &str, network: &Value) -> Vec<Fault> {
    let Some(range) = grammar::network(text(network, "/cidr")) else {
        return vec![Fault::at(object, format!("{place}/cidr"), "not an address range")];
    };
    let inside = |exception: &Value| {
        let exception = exception.as_str().and_then(grammar::network);
        exception.is_some_and(|inner| inner != range && grammar::network_within(inner, range))
    };
    let exceptions = items(network, "/except", place).into_iter();
    let outside = exceptions.filter(|(_, exception)| !inside(exception));
    outside.map(|(place, _)| Fault::at(object, place, "not a range within the network")).collect()
}

fn rate_limit(object: &Object) -> Vec<Fault> {
    let limits = ["/spec/total", "/spec/identity"].map(|place| (place.to_owned(), object.value.pointer(place)));
    let overrides = object.items("/spec/overrides").into_iter().map(|(place, limit)| (place, Some(limit)));
    let limits = limits.into_iter().chain(overrides);
    let total = object.value.pointer("/spec/total/requestsPerSecond").and_then(Value::as_i64).unwrap_or(i64::MAX);
    let rates = limits.filter_map(|(place, limit)| Some((place, limit?.get("requestsPerSecond")?.as_i64()?)));
    let wrong = rates.filter(|(_, rate)| *rate < 1 || *rate > total);
    wrong.map(|(place, _)| Fault::at(object, place, "a rate is at least 1 and at most the total")).collect()
}
