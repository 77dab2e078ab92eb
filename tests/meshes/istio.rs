//! What Istio's objects must hold so that its sidecars do what the manifest says, and what must not be
//! there any more where Linkerd is not.

use mlmesh::{Analysis, Severity, Source, Verdict, analyze};

const HEAD: &str = "[cluster]\ntraffic = \"istio\"\n[namespaces.ml]\ninbound = \"deny\"\n[identities.gate]\nnamespace = \"edge\"\nservice-account = \"gate\"\n\
                    [identities.hosts]\nmeshed = false\nnetworks = [\"10.1.0.0/16\"]\n";
const MODEL: &str = "[models.m]\nnamespace = \"ml\"\nport = 8080\nprotocol = \"http1\"\nstable = \"v1\"\n\
                     versions.v1.image = \"r/m:1\"\nversions.v2.image = \"r/m:2\"\nsplit = { v1 = 90, v2 = 10 }\n";

fn analysis(model: &str) -> Analysis {
    let analysis = analyze(Source::new("mlops.toml", format!("{HEAD}{MODEL}{model}\n")), &[]).unwrap();
    assert!(analysis.checked().is_some(), "{:?}", analysis.report());
    analysis
}

/// The objects of a kind, each as its text.
fn objects(model: &str, kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    analysis(model).checked().unwrap().stream(&mut |text| {
        if text.contains(&format!("\nkind: {kind}\n")) {
            found.push(text.to_owned());
        }
    });
    found
}

fn verdict(model: &str, from: &str, method: &str, path: &str) -> Verdict {
    analysis(model).checked().unwrap().route(from, "m", (method, path), &[]).unwrap().backends[0].verdict
}

#[test]
fn nothing_of_linkerd_is_left() {
    for example in ["quickstart", "recommender", "autoscaled", "callers", "ab-test"] {
        let path = format!("{}/examples/{example}/mlops.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap().replace("traffic = \"smi\"", "traffic = \"istio\"");
        let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
        analysis.checked().unwrap().stream(&mut |object| assert!(!object.contains("linkerd"), "{example}\n{object}"));
    }
}

#[test]
fn pods_get_the_sidecar_by_their_namespace_or_where_that_is_not_ours_by_a_label() {
    assert!(objects("", "Namespace")[0].contains("istio-injection: enabled"));
    assert!(!objects("", "Deployment")[0].contains("sidecar.istio.io"));
    let kept = HEAD.replace("[namespaces.ml]\ninbound = \"deny\"\n", "[namespaces.ml]\nmanage = false\n");
    let analysis = analyze(Source::new("mlops.toml", format!("{kept}{MODEL}")), &[]).unwrap();
    let mut labelled = 0;
    analysis.checked().unwrap().stream(&mut |text| labelled += text.matches("sidecar.istio.io/inject: \"true\"").count());
    assert_eq!(labelled, 2, "one for each Deployment");
}

#[test]
fn a_job_has_a_sidecar_that_ends_with_it() {
    let jobs = objects("[jobs.j]\nnamespace = \"ml\"\nimage = \"r/j:1\"", "Job");
    assert!(jobs[0].contains("sidecar.istio.io/nativeSidecar: \"true\""), "{}", jobs[0]);
}

#[test]
fn destinations_are_the_version_services_by_their_dns_names() {
    let text = &objects("", "VirtualService")[0];
    assert!(text.contains("hosts:\n  - m.ml.svc.cluster.local\n"));
    assert!(text.contains("host: m-v1.ml.svc.cluster.local") && text.contains("host: m-v2.ml.svc.cluster.local"));
    assert!(!text.contains("subset"));
}

#[test]
fn a_route_that_is_not_retried_says_so() {
    let text = &objects(
        "routes.a = { get = \"/a\" }\nroutes.b = { get = \"/b\", retry = { on = [\"502-504\", \"429\"], limit = 2 } }",
        "VirtualService",
    )[0];
    assert_eq!(text.matches("attempts: 0").count(), 2, "of `a`, and of what no route matches:\n{text}");
    assert!(text.contains("attempts: 2\n      retryOn: 429,gateway-error"), "{text}");
}

#[test]
fn a_variant_is_a_match_of_every_route_and_of_the_rest() {
    let model = "routes.a = { get = \"/a\", timeout = \"1s\" }\nvariants.beta = { version = \"v2\", when = { header = \"X-Cohort\", is = \"beta\" } }";
    let text = &objects(model, "VirtualService")[0];
    assert_eq!(text.matches("x-cohort:\n          exact: beta").count(), 2, "{text}");
    let analysis = analysis(model);
    let beta = [("x-cohort".to_owned(), "beta".to_owned())];
    let answer = analysis.checked().unwrap().route("gate", "m", ("GET", "/a"), &beta).unwrap();
    assert_eq!((answer.backends[0].service.as_str(), answer.timeouts.request.as_deref()), ("m-v2", Some("1s")));
}

#[test]
fn copies_go_to_the_mirror() {
    let text = &objects("mirror = { version = \"v2\", share = \"2.5%\" }", "VirtualService")[0];
    assert!(text.contains("mirror:\n      host: m-v2.ml.svc.cluster.local"), "{text}");
    assert!(text.contains("mirrorPercentage:\n      value: 2.5"), "{text}");
    let copies = |model: &str| {
        let answer = analysis(model).checked().unwrap().route("meshed", "m", ("GET", "/"), &[]).unwrap();
        answer.copies.map(|copies| (copies.service, copies.percent))
    };
    assert_eq!(copies("mirror = { version = \"v2\", share = \"2.5%\" }"), Some(("m-v2".to_owned(), 2.5)));
    assert_eq!(copies("mirror = { version = \"v2\" }"), Some(("m-v2".to_owned(), 100.0)));
    assert_eq!(copies(""), None);
}

#[test]
fn a_breaker_is_a_rule_for_every_destination() {
    let rules = objects("circuit-breaker = { max-failures = 3, min-penalty = \"5s\" }", "DestinationRule");
    assert_eq!(rules.len(), 3);
    assert!(
        rules
            .iter()
            .all(|rule| rule.contains("consecutive5xxErrors: 3\n      baseEjectionTime: 5s\n      maxEjectionPercent: 100"))
    );
}

#[test]
fn who_is_not_named_is_refused() {
    assert_eq!(verdict("", "gate", "GET", "/"), Verdict::Denied, "the namespace denies");
    assert_eq!(verdict("callers = [\"gate\"]", "gate", "GET", "/"), Verdict::Allowed);
    assert_eq!(verdict("callers = [\"gate\"]", "meshed", "GET", "/"), Verdict::Denied);
    assert_eq!(verdict("callers = [\"hosts\"]", "hosts", "GET", "/"), Verdict::Allowed);
    assert_eq!(verdict("callers = []", "gate", "GET", "/"), Verdict::Denied);
    let routes = "callers = [\"gate\"]\nroutes.a = { get = \"/a/{x}\" }\nroutes.b = { put = \"/a/{x}\", callers = [] }";
    assert_eq!(verdict(routes, "gate", "GET", "/a/b"), Verdict::Allowed);
    assert_eq!(verdict(routes, "gate", "PUT", "/a/b"), Verdict::Denied);
    assert_eq!(verdict(routes, "gate", "GET", "/a/b/c"), Verdict::Denied);
}

#[test]
fn only_ports_that_everyone_has_an_identity_for_refuse_plain_text() {
    let modes = |model: &str| objects(model, "PeerAuthentication")[0].split("mtls:").nth(1).unwrap().to_owned();
    assert!(modes("callers = [\"gate\"]").starts_with("\n    mode: STRICT\n"));
    assert!(modes("callers = [\"gate\", \"hosts\"]").starts_with("\n    mode: PERMISSIVE\n"));
    let mixed = modes("callers = [\"gate\"]\nports.admin = { port = 9000, callers = [\"hosts\"] }");
    assert_eq!(mixed, "\n    mode: STRICT\n  portLevelMtls:\n    \"9000\":\n      mode: PERMISSIVE\n");
}

#[test]
fn what_is_detected_says_nothing_by_its_name_and_what_is_known_is_said() {
    let ports = "ports.extra = { port = 9000 }\nports.cache = { port = 6380, protocol = \"opaque\" }\n\
                 ports.http-out = { port = 9443, protocol = \"tls\" }\n";
    let service = |model: &str| objects(model, "Service")[0].split_once("ports:\n").unwrap().1.to_owned();
    let of_port = |name: &str, more: &str| format!("  - name: {name}\n    port: {more}");
    let text = service(ports);
    for line in [
        of_port("http", "8080\n    targetPort: http\n    appProtocol: http\n"),
        of_port("cache", "6380\n    targetPort: cache\n    appProtocol: tcp\n"),
        of_port("extra", "9000\n    targetPort: extra\n"),
        of_port("http-out", "9443\n    targetPort: http-out\n    appProtocol: tls\n"),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    assert_eq!(text.matches("appProtocol").count(), 3);
    let detected = MODEL.replace("protocol = \"http1\"\n", "");
    let analysis = analyze(Source::new("mlops.toml", format!("{HEAD}{detected}")), &[]).unwrap();
    let mut names = 0;
    analysis.checked().unwrap().stream(&mut |text| {
        if text.contains("\nkind: Service\n") {
            assert!(text.contains("  - name: main\n    port: 8080\n    targetPort: main\n") && !text.contains("appProtocol"));
            names += 1;
        }
    });
    assert_eq!(names, 3);
}

#[test]
fn a_port_on_which_istio_detects_nothing_is_an_error() {
    for (port, code) in [
        ("ports.grpc-admin = 9000", Some("protocol-in-port-name")),
        ("ports.redis = 6380", Some("protocol-in-port-name")),
        ("ports.admin-grpc = 9000", None),
        ("ports.db = 27017", Some("opaque-by-default")),
        ("ports.db = 5432", None),
    ] {
        let table = port.replace(" = ", " = { port = ") + " }";
        let analysis = analyze(Source::new("mlops.toml", format!("{HEAD}{MODEL}{table}\n")), &[]).unwrap();
        let errors = analysis.report().diagnostics().iter().filter(|one| one.severity == Severity::Error);
        let found: Vec<&str> = errors.map(|one| one.code.name).collect();
        assert_eq!(found, Vec::from_iter(code), "{port}");
    }
}

#[test]
fn what_istio_cannot_say_is_an_error() {
    for model in [
        "rate-limit = { total = 10 }",
        "routes.a = { get = \"/a\", idle-timeout = \"5s\" }",
        "callers = []\nroutes.a = { get = \"/a/{x}:b\", callers = [\"gate\"] }",
        "callers = []\nroutes.a = { get = { regex = \"/a+\" }, callers = [\"gate\"] }",
    ] {
        let analysis = analyze(Source::new("mlops.toml", format!("{HEAD}{MODEL}{model}\n")), &[]).unwrap();
        let codes: Vec<&str> = analysis.report().diagnostics().iter().map(|one| one.code.name).collect();
        assert!(codes.contains(&"ignored-setting"), "{model}: {codes:?}");
    }
}

#[test]
fn two_routes_that_share_a_request_and_not_their_callers_are_an_error() {
    let model = "callers = []\nroutes.a = { get = \"/a/b\", callers = [\"gate\"] }\nroutes.b = { any = \"/a/{x}\" }";
    let text = format!("{HEAD}{MODEL}{model}\n");
    let codes = |text: &str| -> Vec<&str> {
        analyze(Source::new("mlops.toml", text), &[]).unwrap().report().diagnostics().iter().map(|one| one.code.name).collect()
    };
    assert!(codes(&text).contains(&"ambiguous-access"), "Istio lets in whomever one of the two admits");
    let linkerd = text.replace("\"istio\"", "\"smi\"");
    assert!(!codes(&linkerd).contains(&"ambiguous-access"), "Linkerd takes the one that names a method");
}

#[test]
fn what_takes_a_pod_past_its_policies_cannot_be_written() {
    let refused = |text: String| {
        let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
        analysis.report().diagnostics().iter().any(|one| one.code.name == "reserved-annotation")
    };
    for line in [
        "labels = { \"sidecar.istio.io/inject\" = \"false\" }",
        "annotations = { \"traffic.sidecar.istio.io/excludeInboundPorts\" = \"8080\" }",
    ] {
        assert!(refused(format!("{HEAD}{MODEL}{line}\n")), "{line}");
    }
    let labelled = HEAD.replace("inbound = \"deny\"", "inbound = \"deny\"\nlabels = { istio-injection = \"disabled\" }");
    assert!(refused(format!("{labelled}{MODEL}")));
    assert!(!refused(format!("{HEAD}{MODEL}")));
}
