//! One defect at a time in a good tree: the judge finds each, at its place.

use serde_json::{Value, json};

use crate::support;

/// A change to one object, and the fault that must follow.
struct Case {
    object: &'static str,
    change: Vec<(&'static str, Value)>,
    at: &'static str,
    says: &'static str,
}

/// In `object` (`Kind/name`), sets each pointer to a value, or removes it for null.
fn case(object: &'static str, change: Vec<(&'static str, Value)>, at: &'static str, says: &'static str) -> Case {
    Case { object, change, at, says }
}

fn schema_cases() -> Vec<Case> {
    vec![
        case("Deployment/fraud-v1", vec![("/spec/replica", json!(2))], "/spec", "unknown field `replica`"),
        case("Server/fraud-http", vec![("/spec/ports", json!(1))], "/spec", "unknown field `ports`"),
        case("Server/fraud-http", vec![("/extra", json!(1))], "", "unknown field `extra`"),
        case("Service/fraud", vec![("/metadata/label", json!({}))], "/metadata", "unknown field `label`"),
        case("Deployment/fraud-v1", vec![("/spec/replicas", json!("2"))], "/spec/replicas", "not of type"),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/containers/0/env/0/value", json!(8080))],
            "/spec/template/spec/containers/0/env/0/value",
            "not of type",
        ),
        case("Deployment/fraud-v1", vec![("/spec/selector", Value::Null)], "/spec", "`selector` is missing"),
        case(
            "TrafficSplit/fraud",
            vec![("/spec/backends/0/weight", json!("90"))],
            "/spec/backends/0/weight",
            "not of type",
        ),
        case(
            "TrafficSplit/fraud",
            vec![("/apiVersion", json!("split.smi-spec.io/v1alpha3"))],
            "",
            "served are v1alpha1, v1alpha2",
        ),
        case("TrafficSplit/fraud", vec![("/kind", json!("TrafficSplits"))], "", "no schema serves"),
        case("TrafficSplit/fraud", vec![("/kind", Value::Null)], "", "needs a text as `apiVersion` and as `kind`"),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/name", json!("first"))],
            "/spec/rules/0",
            "(by gateway-api/v1.2.1-standard)",
        ),
        case(
            "MeshTLSAuthentication/callers",
            vec![("/spec/identities", json!(["*"]))],
            "/spec",
            "more than one of the alternatives",
        ),
        case(
            "MeshTLSAuthentication/callers",
            vec![("/spec/identityRefs", Value::Null)],
            "/spec",
            "none of the alternatives",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/containers/0/resources/requests/memory", json!("1GiB"))],
            "/spec/template/spec/containers/0/resources/requests/memory",
            "`1GiB` is not a quantity",
        ),
        case(
            "HTTPRoute/predict",
            vec![("/spec/rules/0/timeouts/request", json!("5"))],
            "/spec/rules/0/timeouts/request",
            "is not a duration",
        ),
        case(
            "HTTPRoute/predict",
            vec![("/apiVersion", json!("policy.linkerd.io/v1beta2"))],
            "/spec/rules/0",
            "unknown field `timeouts`",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/containers/0/ports/1", json!({"containerPort": 8080}))],
            "/spec/template/spec/containers/0/ports",
            "item 1 repeats an earlier one",
        ),
        case("Deployment/fraud-v1", vec![("/spec/replicas", json!(3_000_000_000_u64))], "/spec/replicas", "maximum"),
        case("Namespace/ml", vec![("/metadata", Value::Null)], "", "`metadata` is missing"),
        case("Service/fraud", vec![("/spec/ports/0/port", json!(0))], "/spec/ports/0/port", "minimum"),
        case("CronJob/training", vec![("/spec/suspend", json!("yes"))], "/spec/suspend", "not of type"),
    ]
}

fn cel_cases() -> Vec<Case> {
    vec![
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/1/backendRefs/0/port", Value::Null)],
            "/spec/rules/1/backendRefs/0",
            "Must have port for Service reference (CEL)",
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/timeouts/backendRequest", json!("6s"))],
            "/spec/rules/0/timeouts",
            "backendRequest timeout cannot be longer than request timeout (CEL)",
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/matches/0/path/value", json!("predict"))],
            "/spec/rules/0/matches/0/path",
            "must be an absolute path",
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/parentRefs/1", json!({"group": "", "kind": "Service", "name": "fraud", "port": 81}))],
            "/spec/parentRefs",
            "sectionName",
        ),
    ]
}

fn default_cases() -> Vec<Case> {
    let says = "a default that the API server writes into a list";
    vec![
        case("HTTPRoute/fraud", vec![("/spec/rules/1/matches", Value::Null)], "/spec/rules/1/matches", says),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/matches/0/path", Value::Null)],
            "/spec/rules/0/matches/0/path",
            says,
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/backendRefs/0/weight", Value::Null)],
            "/spec/rules/0/backendRefs/0/weight",
            says,
        ),
        case(
            "GRPCRoute/calls",
            vec![("/spec/rules/0/backendRefs/0/weight", Value::Null)],
            "/spec/rules/0/backendRefs/0/weight",
            says,
        ),
    ]
}

/// What the API server and the policy controller accept, and a proxy does not.
fn proxy_cases() -> Vec<Case> {
    let one = "/spec/rules/0/matches/0";
    vec![
        case("GRPCRoute/calls", vec![("/spec/rules/0/matches/0/method", Value::Null)], one, "without a method"),
        case(
            "GRPCRoute/calls",
            vec![("/spec/rules/0/matches/0/method/type", json!("RegularExpression"))],
            "/spec/rules/0/matches/0/method/type",
            "refuses an expression",
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/0/matches/0/path", json!({"type": "RegularExpression", "value": "/(?=a)"}))],
            "/spec/rules/0/matches/0/path/value",
            "cannot compile",
        ),
        case(
            "HTTPRoute/fraud",
            vec![(
                "/spec/rules/0/matches/0/headers/0",
                json!({"type": "RegularExpression", "name": "a", "value": "("}),
            )],
            "/spec/rules/0/matches/0/headers/0/value",
            "cannot compile",
        ),
    ]
}

fn value_cases() -> Vec<Case> {
    vec![
        case(
            "Service/fraud",
            vec![("/metadata/annotations/retry", json!(1))],
            "/metadata/annotations/retry",
            "not of type",
        ),
        case("Namespace/ml", vec![("/metadata/labels", json!({"a b": "c"}))], "/metadata/labels/a b", "not a key"),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/metadata/labels/owner", json!("ml team"))],
            "/spec/template/metadata/labels/owner",
            "not a label's value",
        ),
        case(
            "Server/fraud-http",
            vec![("/spec/podSelector/matchLabels/version", json!(1))],
            "/spec/podSelector/matchLabels/version",
            "must be a text",
        ),
        case(
            "Server/fraud-http",
            vec![("/metadata/name", json!("Fraud_HTTP"))],
            "/metadata/name",
            "not a DNS subdomain",
        ),
        case("Service/fraud", vec![("/metadata/name", json!("1fraud"))], "/metadata/name", "starts with a letter"),
        case(
            "Namespace/ml",
            vec![("/metadata/namespace", json!("ml"))],
            "/metadata/namespace",
            "belongs to no namespace",
        ),
        case("Job/backfill", vec![("/metadata/name", Value::Null)], "/metadata", "`name` is missing"),
        case(
            "Job/backfill",
            vec![("/spec/template/spec/restartPolicy", Value::Null)],
            "/spec/template/spec/restartPolicy",
            "must be `Never` or `OnFailure`",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/selector/matchLabels/version", json!("v9"))],
            "/spec/selector",
            "does not select its own template",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/volumes", Value::Null)],
            "/spec/template/spec/containers/0/volumeMounts/0",
            "mounts a volume",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/containers/0/resources/requests/memory", json!("3000M"))],
            "/spec/template/spec/containers/0/resources/requests/memory",
            "more than its limit",
        ),
        case(
            "Deployment/fraud-v2",
            vec![("/spec/template/spec/containers/0/image", Value::Null)],
            "/spec/template/spec/containers/0",
            "`image` is missing",
        ),
        case(
            "Deployment/fraud-v1",
            vec![("/spec/template/spec/containers/0/readinessProbe/grpc", json!({"port": 1}))],
            "/spec/template/spec/containers/0/readinessProbe",
            "exactly one handler",
        ),
        case(
            "HorizontalPodAutoscaler/fraud-v1",
            vec![("/spec/minReplicas", json!(9))],
            "/spec/minReplicas",
            "more than `maxReplicas`",
        ),
        case("PodDisruptionBudget/fraud-v1", vec![("/spec/minAvailable", json!(1))], "/spec", "exclude each other"),
        case("Service/fraud-v1", vec![("/spec/ports/1/name", Value::Null)], "/spec/ports/1", "needs a `name`"),
        case("Server/fraud-http", vec![("/spec/proxyProtocol", json!("http/1"))], "/spec/proxyProtocol", "not one of"),
        case(
            "NetworkAuthentication/probes",
            vec![("/spec/networks/0/except/0", json!("11.0.0.0/8"))],
            "/spec/networks/0/except/0",
            "not a range within the network",
        ),
        case(
            "MeshTLSAuthentication/scrapers",
            vec![("/spec/identities/1", json!("a.*.c"))],
            "/spec/identities/1",
            "is not an identity",
        ),
        case(
            "AuthorizationPolicy/predict",
            vec![("/spec/targetRef/group", Value::Null)],
            "/spec/targetRef",
            "not a kind that a policy can target",
        ),
    ]
}

fn tree_cases() -> Vec<Case> {
    let nobody = "no `ServiceAccount` `nobody` in the namespace `ml`";
    vec![
        case(
            "Deployment/fraud-v2",
            vec![("/spec/template/spec/serviceAccountName", json!("nobody"))],
            "/spec/template/spec/serviceAccountName",
            nobody,
        ),
        case(
            "CronJob/training",
            vec![("/spec/jobTemplate/spec/template/spec/serviceAccountName", json!("nobody"))],
            "/spec/jobTemplate/spec/template/spec/serviceAccountName",
            nobody,
        ),
        case(
            "MeshTLSAuthentication/callers",
            vec![("/spec/identityRefs/0/name", json!("nobody"))],
            "/spec/identityRefs/0",
            nobody,
        ),
        case("Service/fraud-v2", vec![("/spec/selector/version", json!("v3"))], "/spec/selector", "selects no pod"),
        case(
            "Service/fraud",
            vec![("/spec/ports/0/targetPort", json!(8081))],
            "/spec/ports/0",
            "declares no port 8081",
        ),
        case(
            "Service/fraud",
            vec![("/spec/ports/0/targetPort", json!("metrics"))],
            "/spec/ports/0",
            "`Deployment` `fraud-v2` declares no port \"metrics\"",
        ),
        case(
            "HorizontalPodAutoscaler/fraud-v1",
            vec![("/spec/scaleTargetRef/name", json!("fraud"))],
            "/spec/scaleTargetRef",
            "no `Deployment` `fraud`",
        ),
        case(
            "PodDisruptionBudget/fraud-v1",
            vec![("/spec/selector/matchLabels/app", json!("x"))],
            "/spec/selector",
            "selects no pod",
        ),
        case("TrafficSplit/fraud", vec![("/spec/service", json!("frauds"))], "/spec/service", "no `Service` `frauds`"),
        case(
            "TrafficSplit/fraud",
            vec![("/spec/backends/1/service", json!("fraud-v3"))],
            "/spec/backends/1/service",
            "no `Service` `fraud-v3`",
        ),
        case(
            "AuthorizationPolicy/predict",
            vec![("/spec/targetRef/name", json!("x"))],
            "/spec/targetRef",
            "no `HTTPRoute` `x`",
        ),
        case(
            "AuthorizationPolicy/predict",
            vec![("/spec/requiredAuthenticationRefs/0/name", json!("x"))],
            "/spec/requiredAuthenticationRefs/0",
            "no `MeshTLSAuthentication` `x`",
        ),
        case(
            "AuthorizationPolicy/predict",
            vec![("/spec/requiredAuthenticationRefs", json!([]))],
            "/spec/requiredAuthenticationRefs",
            "lets everyone in",
        ),
        case(
            "HTTPRoute/predict",
            vec![("/spec/parentRefs/0/name", json!("x"))],
            "/spec/parentRefs/0",
            "no `Server` `x`",
        ),
        case(
            "HTTPRoute/fraud",
            vec![("/spec/rules/1/backendRefs/0/name", json!("x"))],
            "/spec/rules/1/backendRefs/0",
            "no `Service` `x`",
        ),
        case("HTTPRoute/fraud", vec![("/spec/parentRefs/0/port", json!(81))], "/spec/parentRefs/0", "has no port 81"),
        case(
            "Server/fraud-http",
            vec![("/spec/podSelector/matchLabels/app", json!("x"))],
            "/spec/podSelector",
            "selects no pod",
        ),
        case(
            "Server/fraud-http",
            vec![("/spec/port", json!(8081))],
            "/spec/port",
            "no selected pod declares a port 8081",
        ),
        case(
            "Server/fraud-metrics",
            vec![("/spec/port", json!("http"))],
            "/spec/port",
            "is also that of the Server `fraud-http`",
        ),
        case(
            "ServiceProfile/fraud.ml.svc.cluster.local",
            vec![("/metadata/name", json!("x.ml.svc.cluster.local"))],
            "/metadata/name",
            "no `Service` `x`",
        ),
        case(
            "VirtualService/fraud",
            vec![("/spec/http/0/route/1/destination/host", json!("fraud-v3.ml.svc.cluster.local"))],
            "/spec/http/0/route/1/destination",
            "no `Service` `fraud-v3`",
        ),
        case(
            "VirtualService/fraud",
            vec![("/spec/http/0/mirror/port/number", json!(8080))],
            "/spec/http/0/mirror",
            "has no port 8080",
        ),
        case(
            "DestinationRule/fraud-v1",
            vec![("/spec/host", json!("fraud-v9.ml.svc.cluster.local"))],
            "/spec/host",
            "no `Service` `fraud-v9`",
        ),
        case("ServiceAccount/training", vec![("/metadata/name", json!("fraud"))], "", "in the tree twice"),
    ]
}

#[test]
fn every_defect_is_found_where_it_is() {
    let Some(schemas) = support::schemas("refuses") else { return };
    let good = support::objects(support::NOW);
    let cases = [schema_cases(), cel_cases(), default_cases(), proxy_cases(), value_cases(), tree_cases()];
    let mut missed = Vec::new();
    for case in cases.into_iter().flatten() {
        let mut tree = good.clone();
        let named = |kind: &str, name: &str| format!("{kind}/{name}") == case.object;
        let object = tree.iter_mut().find(|object| named(object.kind(), object.name())).unwrap();
        case.change.iter().for_each(|(pointer, value)| set(&mut object.value, pointer, value.clone()));
        let faults = schemas.judge_all(&tree);
        if !faults.iter().any(|fault| fault.pointer == case.at && fault.message.contains(case.says)) {
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            missed.push(format!("{} {:?}: said {said:#?}", case.object, case.change));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn set(value: &mut Value, pointer: &str, new: Value) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer starts with a slash");
    match value.pointer_mut(parent).expect("the parent is there") {
        Value::Object(fields) if new.is_null() => drop(fields.shift_remove(last).expect("the field is there")),
        Value::Object(fields) => drop(fields.insert(last.to_owned(), new)),
        Value::Array(items) if last.parse() == Ok(items.len()) => items.push(new),
        Value::Array(items) => items[last.parse::<usize>().expect("an index")] = new,
        _ => panic!("{parent} is a scalar"),
    }
}
