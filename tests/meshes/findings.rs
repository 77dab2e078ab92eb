//! What a field test found wrong, one manifest each in `findings/`: what was said of it was untrue, or not said.

use std::fs;
use std::path::Path;

use mlmesh::{Analysis, Format, Source, Verdict, analyze, render_report};

/// The analysis of a manifest of `findings/`.
fn finding(name: &str) -> Analysis {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings").join(name).with_extension("toml");
    analysis(&fs::read_to_string(path).unwrap())
}

fn analysis(text: &str) -> Analysis {
    analyze(Source::new("mlops.toml", text), &[]).unwrap()
}

/// The codes that are raised, each with the line of its place.
fn raised(analysis: &Analysis) -> Vec<(&'static str, usize)> {
    let place = |at: &mlmesh::Diagnostic| analysis.sources().get(at.primary.span.source).place(at.primary.span.start).line;
    analysis.report().diagnostics().iter().map(|one| (one.code.name, place(one))).collect()
}

// ---- D2: annotations that Linkerd reads ----

#[test]
fn genuine_annotations_of_linkerd_are_accepted() {
    for annotation in [
        "config.linkerd.io/enable-debug-sidecar\" = \"true",
        "config.linkerd.io/image-pull-policy\" = \"Always",
        "config.linkerd.io/proxy-uid\" = \"2102",
        "config.linkerd.io/close-wait-timeout\" = \"1m",
        "viz.linkerd.io/disable-tap\" = \"true",
    ] {
        assert_eq!(raised(&analysis(&with_annotation(annotation))), [], "{annotation}");
    }
}

#[test]
fn an_unknown_annotation_is_no_neighbour_of_every_other() {
    let help = |annotation| analysis(&with_annotation(annotation)).report().diagnostics()[0].help.clone().unwrap().to_string();
    assert_eq!(help("config.linkerd.io/proxy-cpu-requst\" = \"1"), "did you mean `proxy-cpu-request`?");
    assert!(help("config.linkerd.io/retries\" = \"1").starts_with("remove it"));
}

fn with_annotation(annotation: &str) -> String {
    format!(
        "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 8080\nimage = \"r/s:1\"\n\
         annotations = {{ \"{annotation}\" }}\n"
    )
}

// ---- B2: labels of a namespace that contradict what mlmesh writes ----

#[test]
fn a_label_of_a_namespace_contradicts_nothing() {
    assert_eq!(raised(&finding("rev")), [("reserved-annotation", 4)]);
    assert_eq!(raised(&finding("podsec")), [("reserved-annotation", 6)]);
    for (label, code) in [
        ("kubernetes.io/metadata.name\" = \"other", "reserved-annotation"),
        ("config.linkerd.io/admission-webhooks\" = \"disabled", "reserved-annotation"),
        ("pod-security.kubernetes.io/warn\" = \"strict", "invalid-label"),
        ("pod-security.kubernetes.io/audit-version\" = \"1.33", "invalid-label"),
        ("pod-security.kubernetes.io/adit\" = \"restricted", "invalid-label"),
    ] {
        let text = format!("[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\nlabels = {{ \"{label}\" }}\n");
        assert_eq!(raised(&analysis(&text)), [(code, 4)], "{label}");
    }
}

// ---- C3: texts of a manifest that forge lines of a log ----

const FORMATS: [Format; 6] = [Format::Human, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Junit];

/// The lines of a log that somebody else wrote.
fn forged(log: &str) -> Vec<&str> {
    let log = log.lines().filter(|line| line.trim_start().starts_with("::error") && line.contains("forged"));
    log.filter(|line| !line.contains("title=")).collect()
}

#[test]
fn no_text_of_a_manifest_forges_a_line_of_a_log() {
    let analysis = finding("forge");
    assert_eq!(raised(&analysis), [("invalid-time-zone", 8)]);
    for format in FORMATS {
        let report = render_report(analysis.report(), analysis.sources(), format);
        assert_eq!(forged(&report), [""; 0], "{report}");
    }
}

/// The examples that are right.
fn examples() -> Vec<String> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap();
    let manifests = folders.map(|folder| folder.unwrap().path().join("mlops.toml")).filter(|manifest| manifest.exists());
    manifests.map(|manifest| fs::read_to_string(manifest).unwrap()).collect()
}

/// A break and a command in every place of a manifest that holds a text: no format of no report shows it as a line.
#[test]
fn no_text_anywhere_reaches_a_log_as_it_is() {
    let mut tried = 0;
    for example in examples() {
        for (at, _) in example.match_indices('"').step_by(2) {
            let analysis = analysis(&format!("{}\\n::error::forged\\u001b[31m{}", &example[..=at], &example[at + 1..]));
            hold_no_forged_line(&analysis);
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

fn hold_no_forged_line(analysis: &Analysis) {
    for format in FORMATS {
        let report = render_report(analysis.report(), analysis.sources(), format);
        let plain = anstream::adapter::strip_str(&report).to_string();
        assert!(forged(&plain).is_empty() && !plain.contains('\u{1b}'), "{report}");
        assert!(format == Format::Human || !report.contains('\u{1b}'), "{report}");
    }
    let Some(checked) = analysis.checked() else { return };
    let mut stream = String::new();
    checked.stream(&mut |text| stream.push_str(text));
    assert_eq!(forged(&stream), [""; 0], "{stream}");
    for row in checked.access(None, None).unwrap() {
        assert_eq!(forged(&format!("{}\n{}", row.request, row.rule)), [""; 0]);
    }
}

// ---- D3 to D5: false alarms, and helps that lead astray ----

/// A mesh with one gRPC service and these lines in it.
fn service(lines: &str) -> Analysis {
    analysis(&format!(
        "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 8080\nimage = \"r/s:1\"\n{lines}"
    ))
}

fn helps(analysis: &Analysis) -> Vec<String> {
    analysis.report().diagnostics().iter().map(|one| one.help.as_ref().unwrap().to_string()).collect()
}

#[test]
fn a_hundred_grpc_methods_are_one_warning_that_one_line_allows() {
    let routes: String = (0..100).map(|at| format!("routes.Get{at} = {{ grpc = \"a.B/Get{at}\", retry = true }}\n")).collect();
    let methods = service(&format!("protocol = \"grpc\"\n{routes}"));
    assert_eq!(raised(&methods), [("retried-grpc", 9)]);
    assert!(methods.report().diagnostics()[0].message.contains("99 more methods"));
    let allowed =
        service(&format!("protocol = \"grpc\"\n{routes}[lints]\nretried-grpc = {{ level = \"allow\", reason = \"reads\" }}\n"));
    assert_eq!(raised(&allowed), []);
}

#[test]
fn a_route_may_be_called_as_its_grpc_method() {
    let analysis = service("protocol = \"grpc\"\nroutes.ListAll = { grpc = \"a.B/ListAll\", timeout = \"2s\" }\n");
    assert_eq!(raised(&analysis), []);
    let both =
        "callers = []\nroutes.ListAll = { get = \"/a\", callers = [] }\nroutes.list-all = { get = \"/b\", callers = [] }\n";
    assert!(raised(&service(both)).iter().any(|(code, _)| *code == "derived-name-taken"));
}

#[test]
fn a_switch_is_no_secret() {
    assert_eq!(raised(&service("env = { ALLOW_EMPTY_PASSWORD = \"yes\" }\n")), []);
    assert_eq!(raised(&service("env = { ADMIN_PASSWORD = \"hunter2\" }\n")), [("literal-secret", 8)]);
}

#[test]
fn one_list_of_calls_is_reported_once() {
    let text = "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.a]\nnamespace = \"ml\"\nport = 80\nimage = \"r/a:1\"\n\
                calls = [\"b.slow\"]\nroutes.one = { get = \"/1\", timeout = \"2s\" }\nroutes.two = { get = \"/2\", timeout = \"1s\" }\n\
                routes.six = { get = \"/6\", timeout = \"6s\" }\n\
                [services.b]\nnamespace = \"ml\"\nport = 80\nimage = \"r/b:1\"\nroutes.slow = { get = \"/s\", timeout = \"5s\" }\n";
    let once = analysis(text);
    assert_eq!(raised(&once), [("caller-gives-up", 10)], "the shortest");
    assert_eq!(once.report().diagnostics()[0].secondary.len(), 3, "the call, what it calls, and the other route");
    let retried = text.replace("\"5s\" }", "\"5s\", retry.limit = 9 }").replace("\"1s\"", "\"9s\"").replace("\"2s\"", "\"9s\"");
    let codes: Vec<&str> = raised(&analysis(&retried)).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes.iter().filter(|code| **code == "retries-multiply").count(), 1, "{codes:?}");
}

#[test]
fn a_gpu_is_a_device_and_comes_whole() {
    let gpu = service("resources.limits = { gpu = 1 }\n");
    assert_eq!(helps(&gpu), ["use the full name of the device, such as `nvidia.com/gpu`"]);
    let half =
        service("resources.limits = { \"nvidia.com/gpu\" = \"0.5\" }\nresources.requests = { \"nvidia.com/gpu\" = \"0.5\" }\n");
    assert!(!helps(&half).is_empty() && helps(&half).iter().all(|help| !help.contains("0.5")), "{:?}", helps(&half));
}

#[test]
fn a_call_that_some_routes_admit_is_a_call_of_those_routes() {
    let text = "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.a]\nnamespace = \"ml\"\nport = 80\nimage = \"r/a:1\"\n\
                calls = [\"b\"]\n[services.b]\nnamespace = \"ml\"\nport = 80\nimage = \"r/b:1\"\ncallers = []\n\
                routes.read = { get = \"/r\", callers = [\"a\"] }\nroutes.write = { put = \"/r\", callers = [] }\n";
    assert!(
        helps(&analysis(text)).contains(&"call the routes that admit `a`: `\"b.read\"`".to_owned()),
        "{:?}",
        helps(&analysis(text))
    );
}

#[test]
fn the_stable_version_that_is_proposed_is_the_one_in_use() {
    let text = "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[models.m]\nnamespace = \"ml\"\nport = 80\nSPLIT\
                versions.canary.image = \"r/m:2\"\nversions.prod.image = \"r/m:1\"\n";
    let split = analysis(&text.replace("SPLIT", "split = { canary = 5, prod = 95 }\n"));
    assert!(helps(&split)[0].contains("`stable = \"prod\"`"), "{:?}", helps(&split));
    assert!(helps(&analysis(&text.replace("SPLIT", "")))[0].contains("`canary`, `prod`"));
}

#[test]
fn a_version_that_there_is_not_yet_is_said_to_be_unknown() {
    let version =
        |version: &str| raised(&analysis(&format!("[cluster]\nlinkerd = \"{version}\"\ntraffic = \"profile\"\n"))).len();
    assert_eq!([version("2.20"), version("2.99"), version("9.9"), version("2.15")], [0, 1, 1, 1]);
    let helps = helps(&analysis("[cluster]\nlinkerd = \"9.9\"\ntraffic = \"profile\"\n"));
    assert_eq!(helps, ["use a version from 2.16 to 2.20"]);
}

#[test]
fn the_examples_of_a_key_are_of_that_key() {
    let explained = |key| mlmesh::explain(key).unwrap();
    assert!(explained("cluster.linkerd").contains("such as \"2.20\""), "{}", explained("cluster.linkerd"));
    assert!(explained("models.probes.readiness.timeout").contains("such as \"2s\""));
}

// ---- E: settings without effect ----

#[test]
fn what_every_version_sets_itself_has_no_effect_on_the_model() {
    let analysis = finding("dead-image");
    let messages: Vec<String> = analysis.report().diagnostics().iter().map(|one| one.message.to_string()).collect();
    let keys = ["image", "replicas", "env.A"];
    assert_eq!(messages, keys.map(|key| format!("every version sets `{key}` itself")));
    assert_eq!(raised(&analysis), [("unused-setting", 7), ("unused-setting", 10), ("unused-setting", 11)]);
}

#[test]
fn a_limit_of_who_may_not_call_has_no_effect() {
    assert!(raised(&finding("override-denied")).contains(&("unused-setting", 13)), "{:?}", raised(&finding("override-denied")));
}

#[test]
fn a_host_of_encrypted_connections_is_said_to_be_unseen() {
    assert_eq!(raised(&finding("tls-host")), [("unseen-host", 8)]);
}

#[test]
fn an_empty_list_of_calls_and_an_idempotent_get_have_no_effect() {
    assert_eq!(raised(&service("calls = []\n")), [("empty-calls", 8)]);
    assert_eq!(raised(&service("routes.a = { get = \"/a\", retry = true, idempotent = true }\n")), [("idempotent-unused", 8)]);
    assert_eq!(raised(&service("routes.a = { get = \"/a\", retry = true, idempotent = false }\n")), [("retried-post", 8)]);
    let route = "calls = [\"s.b\"]\nroutes.a = { get = \"/a\", calls = [] }\nroutes.b = { get = \"/b\", calls = [] }\n";
    assert_eq!(raised(&service(route)), []);
}

#[test]
fn the_reason_of_an_allowance_is_its_justification() {
    let analysis = finding("dead-image");
    let log: serde_json::Value =
        serde_json::from_str(&render_report(analysis.report(), analysis.sources(), Format::Sarif)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let allowed: Vec<_> = results.iter().filter(|result| result["ruleId"] == "floating-tag").collect();
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["suppressions"], serde_json::json!([{ "kind": "inSource", "justification": "we like it" }]));
    assert!(results.iter().filter(|result| result["ruleId"] != "floating-tag").all(|result| result["suppressions"].is_null()));
}

// ---- B6 and B7: accepted, and refused by the cluster ----

#[test]
fn a_path_of_a_probe_is_one_that_a_server_answers() {
    let analysis = finding("probe-path");
    let codes = raised(&analysis);
    assert_eq!(codes.iter().filter(|(code, line)| *code == "invalid-probe-path" && *line == 12).count(), 2, "{codes:?}");
    let (fixed, _) = analysis.mended(mlmesh::Safety::Safe).unwrap();
    assert!(fixed.contains("readiness = { path = \"/health\" }"), "{fixed}");
    for wrong in ["", "//a", "/a/../b", "/a b", "/a%zz", "/a#b"] {
        assert_eq!(raised(&service(&format!("probes.readiness.path = \"{wrong}\"\n"))), [("invalid-probe-path", 8)], "{wrong}");
    }
    for right in ["/", "/health", "/health?full=1&x=%20", "/v2/health/ready"] {
        assert_eq!(raised(&service(&format!("probes.readiness.path = \"{right}\"\n"))), [], "{right}");
    }
}

#[test]
fn what_the_cluster_refuses_is_refused() {
    assert_eq!(raised(&finding("route-percent")), [("invalid-path", 10)]);
    assert_eq!(raised(&finding("regex-1025")), [("invalid-path", 12)]);
    assert_eq!(raised(&finding("identity-namespace")).first(), Some(&("invalid-domain", 6)));
    assert_eq!(raised(&finding("image")), [("invalid-image", 10), ("invalid-image", 14)]);
    assert_eq!(raised(&finding("hugepages")), [("huge-pages", 10), ("huge-pages", 10)]);
    assert_eq!(raised(&finding("zero")), [("weight-without-pods", 12)]);
    assert_eq!(
        raised(&service("env = { A = \"x\\u0000\" }\nargs = [\"\\u0000\"]\n")),
        [("invalid-text", 8), ("invalid-text", 9)]
    );
    assert_eq!(raised(&service("probes.liveness.exec = [\"a\\u0000b\"]\n")), [("invalid-text", 8)]);
    let long = "x".repeat(200_000);
    assert_eq!(raised(&service(&format!("annotations = {{ a = \"{long}\", b = \"{long}\" }}\n"))), [("invalid-label", 8)]);
    assert_eq!(raised(&service(&format!("annotations = {{ a = \"{long}\" }}\n"))), []);
}

// ---- A1, A6 and A10: what a proxy decodes and matches ----

#[test]
fn variants_of_grpc_are_an_error_where_a_proxy_would_reject_all_routes() {
    for (name, line) in [("1-grpc-variant", 14), ("1-grpc-variant-with-route", 14), ("1-grpc-further-port", 15)] {
        let of_linkerd = finding(name);
        assert_eq!(raised(&of_linkerd), [("ignored-setting", line)], "{name}");
        assert!(helps(&of_linkerd)[0].contains("istio"), "{name}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/1-grpc-variant.toml");
    let text = fs::read_to_string(path).unwrap();
    let cluster = "traffic = \"gateway-api\"\ngateway-api = \"1.2\"";
    assert_eq!(raised(&analysis(&text.replace(cluster, "traffic = \"istio\""))), []);
    assert_eq!(raised(&analysis(&text.replace(cluster, "traffic = \"profile\""))), [("ignored-setting", 13)], "once");
}

#[test]
fn a_route_that_matches_the_root_outranks_what_takes_the_rest() {
    let answer = finding("6-any-regex-slash").checked().unwrap().route("meshed", "ranker", ("GET", "/"), &[]).unwrap();
    assert_eq!(answer.route.as_deref(), Some("r1"));
    let routes = objects(&finding("6-any-regex-slash"), "HTTPRoute");
    let own = routes.iter().find(|route| route.contains("name: ranker-outbound-r1\n")).unwrap();
    assert_eq!(own.matches("- method: ").count(), 9, "each method has a match that outranks any without one");
}

// ---- A3 to A5 and A9: ports and pods that the mesh sees otherwise ----

fn yaml(analysis: &Analysis) -> String {
    let mut stream = String::new();
    analysis.checked().unwrap().stream(&mut |text| stream.push_str(text));
    stream
}

/// The objects of a kind.
fn objects(analysis: &Analysis, kind: &str) -> Vec<String> {
    let kind = format!("\nkind: {kind}\n");
    yaml(analysis).split("---\n").filter(|object| object.contains(&kind)).map(str::to_owned).collect()
}

#[test]
fn a_port_that_is_opaque_by_default_is_opaque_without_a_proxy_behind_it_too() {
    assert_eq!(raised(&finding("3-uninjected-opaque-detect")), [("opaque-by-default", 10)]);
    assert_eq!(raised(&finding("3-uninjected-opaque-split")), [("opaque-by-default", 10)]);
    let told = finding("3-uninjected-opaque-http1");
    assert_eq!(raised(&told), []);
    let services = objects(&told, "Service");
    assert!(services.iter().all(|service| service.contains("config.linkerd.io/opaque-ports: \"\"")), "{services:?}");
    assert!(!objects(&told, "Deployment")[0].contains("opaque-ports"), "nothing restarts");
    let answer = told.checked().unwrap().route("meshed", "store", ("GET", "/items/1"), &[]).unwrap();
    assert_eq!(answer.timeouts.request.as_deref(), Some("2s"));
}

#[test]
fn what_the_proxies_do_with_an_opaque_port_is_read_from_the_service() {
    let opaque = analysis(
        "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 6379\nprotocol = \"opaque\"\n\
         image = \"r/s:1\"\n",
    );
    let answer = opaque.checked().unwrap().route("meshed", "s", ("GET", "/"), &[]).unwrap();
    assert_eq!((answer.timeouts.request, answer.backends[0].service.as_str()), (None, "s"));
}

#[test]
fn a_port_that_linkerd_passes_by_has_no_policy() {
    assert_eq!(
        raised(&finding("4-port-4567")),
        [("ignored-port", 7), ("scrapers-shut-out", 4)].into_iter().rev().collect::<Vec<_>>()
    );
    let open = service("ports.replication = { port = 4568 }\n");
    assert_eq!(raised(&open), [], "nothing is asked of the mesh there");
    let rows = open.checked().unwrap().access(Some("unmeshed"), Some("s.replication")).unwrap();
    assert_eq!(rows[0].rule, "Linkerd passes port 4568 by its proxy");
}

#[test]
fn a_port_of_the_proxy_is_not_one_of_the_app() {
    assert_eq!(raised(&finding("proxyport")), [("proxy-port", 9), ("proxy-port", 11), ("proxy-port", 11)]);
}

#[test]
fn a_profile_is_for_every_port() {
    assert_eq!(raised(&finding("5-profile-further-port")), [("retry-on-every-port", 10)]);
    let warned = service("ports.admin = { port = 9000 }\nroutes.a = { get = \"/a\", timeout = \"1s\" }\n");
    assert_eq!(raised(&warned), [("profile-for-every-port", 8)]);
    let unseen = service("ports.admin = { port = 9000, protocol = \"opaque\" }\nroutes.a = { get = \"/a\", timeout = \"1s\" }\n");
    assert_eq!(raised(&unseen), []);
}

#[test]
fn pods_without_a_proxy_say_so_where_somebody_else_keeps_the_namespace() {
    let deployments = objects(&finding("9-unmanaged-uninjected"), "Deployment");
    assert!(deployments[0].contains("linkerd.io/inject: disabled"), "{deployments:?}");
}

#[test]
fn nobody_is_told_to_move_to_a_deprecated_api() {
    let bytes = analysis(
        "[cluster]\ntraffic = \"gateway-api\"\ngateway-api = \"1.2\"\n[namespaces.ml]\n[models.m]\nnamespace = \"ml\"\nport = 80\n\
         protocol = \"opaque\"\nstable = \"a\"\nsplit = { a = 50, b = 50 }\nversions.a.image = \"r/m:1\"\nversions.b.image = \"r/m:2\"\n",
    );
    assert_eq!(raised(&bytes), [("ignored-setting", 10)]);
    let help = helps(&bytes).remove(0);
    assert!(help.contains("profile") && !help.contains("smi"), "{help}");
    assert!(bytes.report().diagnostics()[0].message.contains("mlmesh writes no TCPRoute"));
}

// ---- B8 and B9: what nobody says ----

#[test]
fn a_breaker_needs_another_pod_and_a_scraper_a_door() {
    let breaker = "[cluster]\ntraffic = \"gateway-api\"\ngateway-api = \"1.2\"\n[namespaces.ml]\ninbound = \"deny\"\n[services.s]\n\
                   namespace = \"ml\"\nport = 80\nimage = \"r/s:1\"\ncallers = []\ncircuit-breaker = {}\n";
    assert_eq!(raised(&analysis(breaker)), [("scrapers-shut-out", 5), ("breaker-on-one-pod", 11)]);
    assert_eq!(
        raised(&analysis(&breaker.replace("deny", "all-authenticated").replace("port = 80", "port = 80\nreplicas = 2"))),
        []
    );
}

// ---- A2: callers by network ----

/// The verdicts of a table, by caller, for one callee.
fn verdicts(analysis: &Analysis, to: &str) -> Vec<(String, Verdict)> {
    let rows = analysis.checked().unwrap().access(None, Some(to)).unwrap();
    rows.into_iter().map(|row| (row.from, row.verdict)).collect()
}

#[test]
fn a_network_admits_everyone_who_calls_from_it() {
    let partly = finding("2-networks-10");
    let known = [("batch", Verdict::Allowed), ("meshed", Verdict::Partly), ("unmeshed", Verdict::Partly)];
    assert_eq!(verdicts(&partly, "ranker"), known.map(|(name, verdict)| (name.to_owned(), verdict)));
    // Half of all addresses and the other half: no stranger is kept out.
    let claims = raised(&finding("2-networks-halves"));
    assert_eq!(claims.iter().filter(|claim| **claim == ("expectation-failed", 15)).count(), 2, "{claims:?}");
}

#[test]
fn the_networks_of_the_cluster_are_stated() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/2-networks-10.toml");
    let text = fs::read_to_string(path).unwrap();
    let within = |networks: &str| analysis(&text.replace("[cluster]\n", &format!("[cluster]\nnetworks = {networks}\n")));
    assert_eq!(verdicts(&within("[\"10.244.0.0/16\"]"), "ranker")[2].1, Verdict::Allowed);
    assert_eq!(verdicts(&within("[\"172.20.0.0/14\"]"), "ranker")[2].1, Verdict::Denied);
    assert_eq!(raised(&within("[]"))[0].0, "invalid-network");
}

// ---- A7 and A8: classes of requests, and probes of versions ----

#[test]
fn a_claim_about_a_route_is_about_all_of_its_requests() {
    let probed = finding("7-sample-is-probe");
    assert_eq!(raised(&probed), [("expectation-failed", 15)]);
    assert!(probed.report().diagnostics()[0].message.contains("`GET /a` from `unmeshed` is refused"));
    assert_eq!(raised(&finding("scale")), [("closed-routes", 13)], "the rest of a closed table is nobody's");
}

#[test]
fn a_claim_that_nothing_could_contradict_is_an_error() {
    let text = "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 80\nimage = \"r/s:1\"\n\
                callers = []\nprobes.readiness.path = \"/health\"\nroutes.health = { get = \"/health\", callers = [] }\n\
                [expect]\ncan = [\"meshed -> s\"]\n";
    assert!(raised(&analysis(text)).contains(&("invalid-expectation", 12)), "{:?}", raised(&analysis(text)));
    assert!(raised(&analysis(&text.replace("-> s", "-> s.health"))).iter().all(|(code, _)| *code == "closed-routes"));
}

#[test]
fn a_probe_is_asked_of_the_pods_that_have_it() {
    let rows = finding("8-probe-of-version").checked().unwrap().access(Some("unmeshed"), None).unwrap();
    let probe = rows.iter().find(|row| row.request.ends_with("a probe")).unwrap();
    assert_eq!((probe.to.as_str(), probe.verdict), ("ranker", Verdict::Allowed));
    let further = finding("mix").checked().unwrap().access(Some("unmeshed"), Some("api.http-metrics")).unwrap();
    assert_eq!(&*further[0].request, "GET /healthz, a probe", "a probe of an additional port names it");
}

#[test]
fn a_port_of_grpc_is_asked_by_a_call() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/10-grpc-everything.toml");
    let text = fs::read_to_string(path).unwrap().replace("port = 9000\n", "port = 9000\ncallers = []\n");
    let refused = analysis(&format!("{text}[expect]\ncan = [\"meshed -> ranker\"]\n"));
    assert!(refused.report().diagnostics()[0].message.starts_with("`POST /x.Y/Z` from `meshed` is refused"));
    let get = analysis(&text).checked().unwrap().route("meshed", "ranker", ("GET", "/"), &[]).unwrap();
    assert_eq!(get.backends[0].verdict, Verdict::NotFound, "what is no call has no route");
}

// ---- B1: what nothing is said of ----

#[test]
fn a_port_of_which_nothing_is_said_has_no_policy() {
    let silent = finding("def");
    assert_eq!((objects(&silent, "Server"), raised(&silent)), (Vec::new(), Vec::new()));
    assert!(verdicts(&silent, "payments").iter().all(|(_, verdict)| *verdict == Verdict::ClusterDefault));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/def.toml");
    let text = fs::read_to_string(path).unwrap();
    let stated = |policy: &str| analysis(&text.replace("[cluster]\n", &format!("[cluster]\ninbound = \"{policy}\"\n")));
    assert_eq!(yaml(&stated("all-authenticated")), yaml(&silent), "it sets nothing");
    assert_eq!(verdicts(&stated("all-authenticated"), "payments")[1].1, Verdict::Denied);
    assert_eq!(verdicts(&stated("all-unauthenticated"), "payments")[1].1, Verdict::Allowed);
    for claim in ["can", "cannot"] {
        let claimed = analysis(&format!("{text}[expect]\n{claim} = [\"meshed -> payments\"]\n"));
        assert_eq!(raised(&claimed), [("expectation-failed", 10)], "{claim}");
    }
    let limited = format!("{text}rate-limit.total = 10\n");
    assert_eq!(raised(&analysis(&limited)), [("default-unstated", 9)]);
    let known = analysis(&limited.replace("[cluster]\n", "[cluster]\ninbound = \"all-authenticated\"\n"));
    assert!(objects(&known, "Server")[0].contains("accessPolicy: all-authenticated\n"));
}

#[test]
fn an_additional_port_without_callers_is_said_to_be_left_to_the_default() {
    let text = "[cluster]\ntraffic = \"TRAFFIC\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 80\nimage = \"r/s:1\"\n\
                callers = []\nports.metrics = { port = 9090 }\n";
    let linkerd = analysis(&text.replace("TRAFFIC", "profile"));
    assert_eq!(raised(&linkerd), [("port-left-to-default", 9)]);
    assert_eq!(objects(&linkerd, "Server").len(), 1);
    let istio = text.replace("TRAFFIC", "istio");
    assert_eq!(raised(&analysis(&istio)), [("default-unstated", 9)]);
    let stated = analysis(&istio.replace("[cluster]\n", "[cluster]\ninbound = \"all-unauthenticated\"\n"));
    assert_eq!(raised(&stated), []);
    let peers = objects(&stated, "PeerAuthentication").remove(0);
    assert!(peers.contains("portLevelMtls:\n    \"80\":\n      mode: STRICT\n") && !peers.contains("9090"), "{peers}");
}

// ---- B3: Istio's own defaults ----

#[test]
fn no_service_of_istio_is_retried_unasked() {
    let plain = finding("ov3");
    assert_eq!(objects(&plain, "VirtualService").len(), 2);
    let answer = plain.checked().unwrap().route("front", "back", ("GET", "/"), &[]).unwrap();
    assert_eq!(answer.retry, None);
}

#[test]
fn a_gateway_of_istio_gets_no_terms_of_sidecars() {
    assert_eq!(raised(&finding("gw")), [("gateway-not-routed", 13)]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/gw.toml");
    let text = fs::read_to_string(path).unwrap().replace("split = { v1 = 90, v2 = 10 }\n", "");
    let plain = analysis(text.split("[expect]").next().unwrap());
    let answer = plain.checked().unwrap().route("gateway", "fraud", ("GET", "/"), &[]).unwrap();
    assert_eq!(answer.retry.unwrap().limit, Some(2), "Istio's own default");
    let policies = objects(&plain, "AuthorizationPolicy");
    let of_namespace = policies.iter().find(|policy| policy.contains("name: inbound.deny\n")).unwrap();
    assert!(
        of_namespace.contains("  namespace: models\n") && of_namespace.ends_with("spec:\n  action: ALLOW\n"),
        "{of_namespace}"
    );
}

// ---- D1: gRPC probes ----

/// A gRPC probe has a route where the port's own policy refuses strangers, and only there.
#[test]
fn a_grpc_probe_passes_wherever_the_port_has_a_policy() {
    assert_eq!(raised(&finding("fp")), [("scrapers-shut-out", 5)]);
    assert_eq!(raised(&finding("f-epp-open")), [("scrapers-shut-out", 5)]);
    assert!(objects(&finding("fp"), "HTTPRoute").is_empty(), "everyone may call");
    let named = |cluster: &str| {
        analysis(&format!(
            "[cluster]\ntraffic = \"profile\"\n{cluster}[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 80\nimage = \"r/s:1\"\n\
             protocol = \"grpc\"\ncallers = []\nprobes.readiness.grpc = \"\"\n"
        ))
    };
    for (cluster, kind, protocol) in [("", "HTTPRoute", "HTTP/2"), ("gateway-api = \"1.2\"\n", "GRPCRoute", "gRPC")] {
        let analysis = named(cluster);
        assert_eq!(raised(&analysis), []);
        let routes = objects(&analysis, kind);
        assert!(routes.iter().any(|route| route.contains("name: s-probes\n") && route.contains("Health")), "{routes:?}");
        assert!(routes.iter().any(|route| route.contains("name: s-rest\n")), "{routes:?}");
        assert!(objects(&analysis, "Server")[0].contains(&format!("proxyProtocol: {protocol}\n")));
        let rows = analysis.checked().unwrap().access(Some("unmeshed"), None).unwrap();
        assert_eq!(rows.iter().map(|row| row.verdict).collect::<Vec<_>>(), [Verdict::Allowed, Verdict::Denied]);
    }
    let left = "inbound = \"deny\"\n";
    let silent = named(left).report().diagnostics().len();
    assert_eq!(silent, 0, "the port has callers");
}

// ---- B7: found by fuzzing ----

#[test]
fn a_breaker_that_istio_refuses_is_an_error() {
    let breaker = |traffic| {
        format!(
            "[cluster]\ntraffic = \"{traffic}\"\ngateway-api = \"1.2\"\n[namespaces.ml]\n[models.m]\nnamespace = \"ml\"\nport = 8080\n\
             protocol = \"http1\"\nreplicas = 2\nversions.v1.image = \"r/m:1\"\ncircuit-breaker = {{ min-penalty = \"0s\" }}\n"
        )
    };
    for traffic in ["istio", "gateway-api"] {
        let raised = raised(&analysis(&breaker(traffic)));
        assert!(raised.contains(&("breaker-penalty", 11)), "{traffic}: {raised:?}");
    }
}

/// Istio's own example has `baseEjectionTime: 3m`, longer than Linkerd's default for the longest penalty.
#[test]
fn a_breaker_of_istio_has_no_longest_penalty() {
    let breaker = |traffic| {
        format!(
            "[cluster]\ntraffic = \"{traffic}\"\n[namespaces.ml]\n[models.m]\nnamespace = \"ml\"\nport = 8080\nprotocol = \"http1\"\n\
             replicas = 2\nversions.v1.image = \"r/m:1\"\ncircuit-breaker = {{ min-penalty = \"3m\" }}\n"
        )
    };
    let raised = |traffic| raised(&analysis(&breaker(traffic)));
    assert!(!raised("istio").iter().any(|(code, _)| *code == "breaker-penalty"));
    assert!(raised("gateway-api").contains(&("breaker-penalty", 10)));
}
