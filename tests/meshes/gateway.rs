//! What the routes of the Gateway API must hold so that Linkerd does what the manifest says: which object
//! a route stands in, in which spelling, and which request gets it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use mlmesh::output::Tree;
use mlmesh::{Analysis, RouteAnswer, Source, analyze};

const HEAD: &str = "[namespaces.ml]\n[cluster]\ntraffic = \"gateway-api\"\n";
const MODEL: &str = "[models.m]\nnamespace = \"ml\"\nport = 8080\nprotocol = \"http1\"\nstable = \"v1\"\n\
                     versions.v1.image = \"r/m:1\"\nversions.v2.image = \"r/m:2\"\nsplit = { v1 = 90, v2 = 10 }\n";

fn analysis(cluster: &str, model: &str) -> Analysis {
    let text = format!("{HEAD}{cluster}\n{MODEL}{model}\n");
    analyze(Source::new("mlops.toml", text), &[]).unwrap()
}

/// The files of the model.
fn files(cluster: &str, model: &str) -> BTreeMap<String, String> {
    let analysis = analysis(cluster, model);
    let checked = analysis.checked().unwrap_or_else(|| panic!("{:?}", analysis.report()));
    let mut files = BTreeMap::new();
    checked.walk(&mut |path, text| {
        if let Some(name) = path.strip_prefix("ml/m/") {
            files.insert(name.to_owned(), text.to_owned());
        }
    });
    files
}

fn routes(files: &BTreeMap<String, String>) -> Vec<&str> {
    files.keys().filter(|name| name.contains("route")).map(String::as_str).collect()
}

fn codes(cluster: &str, model: &str) -> Vec<&'static str> {
    analysis(cluster, model).report().diagnostics().iter().map(|one| one.code.name).collect()
}

fn ask(model: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> RouteAnswer {
    let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let analysis = analysis(NEW, model);
    analysis
        .checked()
        .unwrap_or_else(|| panic!("{:?}", analysis.report()))
        .route("meshed", "m", (method, path), &headers)
        .unwrap()
}

const NEW: &str = "gateway-api = \"1.2\"";
const OLD: &str = "gateway-api = \"1.1\"\nlinkerd = \"2.17\"";

// ---- one object, and further ones ----

#[test]
fn routes_whose_timeouts_differ_share_one_object() {
    let files = files(NEW, "routes.a = { get = \"/a\", timeout = \"1s\" }\nroutes.b = { get = \"/b\", timeout = \"1m30s\" }");
    assert_eq!(routes(&files), ["httproute.yaml"]);
    assert!(files["httproute.yaml"].contains("request: 1s") && files["httproute.yaml"].contains("request: 90s"));
}

#[test]
fn before_gateway_api_1_2_a_timeout_is_an_annotation_of_an_object_of_its_own() {
    let files = files(OLD, "routes.a = { get = \"/a\", timeout = \"1s\" }\nroutes.b = { get = \"/b\", timeout = \"1m30s\" }");
    assert_eq!(routes(&files), ["httproute-outbound-a.yaml", "httproute-outbound-b.yaml", "httproute.yaml"]);
    assert!(files["httproute-outbound-b.yaml"].contains("timeout.linkerd.io/request: 90s"));
    assert!(files.values().all(|text| !text.contains("timeouts:")));
    assert!(files["httproute.yaml"].contains("apiVersion: gateway.networking.k8s.io/v1beta1\n"));
}

#[test]
fn the_versions_of_routes_are_those_that_linkerd_watches() {
    let grpc = "routes.a = { grpc = \"a.B/C\" }";
    let with_grpc = |cluster: &str| {
        let text = format!("{HEAD}{cluster}\n{}{grpc}", MODEL.replace("http1", "grpc"));
        let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
        let mut all = String::new();
        analysis.checked().unwrap().stream(&mut |text| all.push_str(text));
        all
    };
    assert!(with_grpc(OLD).contains("apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: GRPCRoute"));
    assert!(with_grpc(NEW).contains("apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute"));
}

#[test]
fn a_timeout_of_more_than_five_digits_is_an_annotation() {
    let files = files(NEW, "routes.a = { get = \"/a\", timeout = \"2m3s456ms\" }");
    assert!(files["httproute-outbound-a.yaml"].contains("timeout.linkerd.io/request: 123456ms"));
}

#[test]
fn beside_an_idle_timeout_the_whole_one_is_an_annotation_too() {
    let files = files(NEW, "routes.a = { get = \"/a\", timeout = \"9s\", idle-timeout = \"2s\" }");
    let text = &files["httproute-outbound-a.yaml"];
    assert!(text.contains("timeout.linkerd.io/idle: 2s\n    timeout.linkerd.io/request: 9s\n") && !text.contains("timeouts:"));
}

#[test]
fn retries_are_spelled_as_linkerd_reads_them() {
    let on = |list: &str| {
        let files =
            files(NEW, &format!("routes.a = {{ get = \"/a\", retry = {{ on = {list}, limit = 3, timeout = \"1500ms\" }} }}"));
        let text = files["httproute-outbound-a.yaml"].clone();
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap();
            line.trim_start_matches(": ").trim_matches('"').to_owned()
        };
        assert_eq!((value("retry.linkerd.io/limit"), value("retry.linkerd.io/timeout")), ("3".to_owned(), "1500ms".to_owned()));
        value("retry.linkerd.io/http")
    };
    assert_eq!(on("[\"5xx\"]"), "5xx");
    assert_eq!(on("[\"503\", \"429\"]"), "429,503");
    assert_eq!(on("[\"502-504\"]"), "gateway-error");
    assert_eq!(on("[\"500-503\"]"), "500-503");
}

#[test]
fn routes_without_room_have_objects_of_their_own_where_no_request_can_tell() {
    let many = |path: &dyn Fn(usize) -> String| {
        (0..40).fold(String::new(), |mut routes, at| {
            writeln!(routes, "routes.r{at:02} = {{ get = \"{}\", timeout = \"{}s\" }}", path(at), at + 1).unwrap();
            routes
        })
    };
    let apart = many(&|at| format!("/a{at}"));
    let files = files(NEW, &apart);
    assert_eq!(routes(&files).len(), 26, "15 rules and the rest in one object, and one for each of the others");
    for name in routes(&files) {
        let rules = files[name].matches("backendRefs:").count();
        assert!((1..=16).contains(&rules), "{name}: {rules}");
    }
    for at in [0, 15, 16, 39] {
        assert_eq!(ask(&apart, "GET", &format!("/a{at}"), &[]).timeouts.request, Some(format!("{}s", at + 1)).map(whole));
    }
    let together = many(&|at| format!("/{{x}}/a{at}")) + "routes.all = { get = \"/{x}/{y}\" }";
    assert_eq!(codes(NEW, &together), ["too-many-rules"]);
}

/// `60s` is printed as `1m`.
fn whole(timeout: String) -> String {
    if timeout == "60s" { "1m".to_owned() } else { timeout }
}

#[test]
fn routes_that_only_their_order_tells_apart_cannot_need_two_objects() {
    let retried = "routes.one = { get = \"/a/one\", retry = true }\n";
    assert_eq!(codes(NEW, &format!("{retried}routes.any = {{ get = \"/a/{{x}}\" }}")), ["inseparable-routes"]);
    assert!(codes(NEW, &format!("{retried}routes.any = {{ put = \"/a/{{x}}\" }}")).is_empty(), "the method decides");
    assert!(codes(NEW, &format!("{retried}routes.any = {{ any = \"/a/{{x}}\" }}")).is_empty(), "one that names a method wins");
    assert!(codes(NEW, &format!("{retried}routes.rest = {{ get = \"/{{x*}}\" }}")).is_empty(), "the length decides");
    assert!(codes(NEW, &format!("{retried}routes.any = {{ get = \"/b/{{x}}\" }}")).is_empty(), "no request matches both");
}

/// Whoever renames an object in Git deletes it in the cluster: a change of one route concerns no other's object.
#[test]
fn the_name_of_an_object_does_not_depend_on_other_routes() {
    let table = |without: Option<usize>| {
        (0..30).filter(|at| Some(*at) != without).fold(String::new(), |mut routes, at| {
            let terms = if at % 3 == 0 { ", retry = true" } else { "" };
            writeln!(routes, "routes.r{at:02} = {{ get = \"/a{at}\"{terms} }}").unwrap();
            routes
        })
    };
    let all = files(NEW, &table(None));
    for at in 0..30 {
        let others = files(NEW, &table(Some(at)));
        let own = format!("httproute-outbound-r{at:02}.yaml");
        let changed: Vec<&str> = all.keys().filter(|name| all.get(*name) != others.get(*name)).map(String::as_str).collect();
        // A plain route stands in the object of the app, or makes room there for the next one.
        for name in &changed {
            let makes_room = at % 3 != 0 && (*name == "httproute.yaml" || !others.contains_key(*name));
            assert!(*name == own || makes_room, "without r{at:02}: {name}");
        }
        assert!(changed.len() <= 2 && others.keys().all(|name| all.contains_key(name)), "without r{at:02}: {changed:?}");
    }
}

#[test]
fn an_object_has_no_more_matches_than_it_may() {
    let table: String = (0..15)
        .map(|at| {
            format!(
                "routes.a{at:02} = {{ any = \"/a{at}/b\" }}\nroutes.g{at:02} = {{ get = \"/a{at}/{{x}}\", timeout = \"1s\" }}\n"
            )
        })
        .collect();
    let files = files(NEW, &table);
    for name in routes(&files) {
        let (rules, matches) = (files[name].matches("backendRefs:").count(), files[name].matches("    - method: ").count());
        assert!(rules <= 16 && matches < 128, "{name}: {rules} rules, {matches} matches");
    }
    assert_eq!(ask(&table, "GET", "/a7/b", &[]).route.as_deref(), Some("a07"));
    assert_eq!(ask(&table, "GET", "/a7/c", &[]).route.as_deref(), Some("g07"));
}

/// A route of every method that names them all ties with those before it too.
#[test]
fn a_route_that_has_to_name_every_method_is_told_apart_by_nothing_but_its_order() {
    let table = "routes.a = { get = \"/x/y\", retry = true }\nroutes.b = { any = \"/x/{p}\" }\n";
    assert!(codes(NEW, table).is_empty());
    let contested = format!("{table}routes.c = {{ get = {{ regex = \"/x/[a-z]+|/z\" }} }}\n");
    assert!(codes(NEW, &contested).contains(&"inseparable-routes"), "{:?}", codes(NEW, &contested));
}

/// A proxy that cannot decode one match rejects all routes of the Service.
#[test]
fn every_match_of_a_grpc_route_names_a_method() {
    let protocols = ["detect", "http1", "http2", "grpc", "opaque", "tls"];
    let settings = [
        "routes.r = { get = \"/a/{x}\", timeout = \"1s\" }",
        "routes.r = { any = { regex = \"/a|/\" }, idle-timeout = \"1s\" }",
        "routes.r = { grpc = \"a.B/C\", retry = true, idempotent = true }\nroutes.s = { grpc = \"a.B/D\" }",
        "routes.r = { grpc = \"a.B/C\", callers = [\"m\"] }",
        "variants.pilot = { version = \"v2\", when = { header = \"x\", is = \"y\" } }",
        "circuit-breaker = {}\nrate-limit = { total = 10 }",
        "probes.readiness.path = \"/health\"\ncallers = []",
        "",
    ];
    let (mut seen, mut matches) = (0, 0);
    for (main, other) in protocols.iter().flat_map(|main| protocols.map(|other| (main, other))) {
        for one in settings.iter().flat_map(|one| settings.map(|other| format!("{one}\n{other}"))) {
            let port = format!("ports.other = {{ port = 9000, protocol = \"{other}\" }}");
            let model = MODEL.replace("http1", main);
            let text = format!("{HEAD}gateway-api = \"1.2\"\n{model}{port}\n{one}\n");
            let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
            let Some(checked) = analysis.checked() else { continue };
            seen += 1;
            checked.walk(&mut |_, text| {
                let of_grpc = text.split("\n---\n").filter(|object| object.contains("kind: GRPCRoute\n"));
                for one in of_grpc.flat_map(|object| object.split("- matches:\n").skip(1)) {
                    assert!(one.starts_with("    - method:\n        type: Exact\n        service: a.B\n"), "{one}");
                    matches += 1;
                }
            });
        }
    }
    assert!(seen > 200 && matches > 20, "{seen} meshes, {matches} matches");
}

// ---- which request gets which route ----

#[test]
fn a_route_of_every_method_that_outranks_another_is_outranked_by_none() {
    let table = "routes.a = { any = \"/a/{x}\" }\nroutes.b = { any = { regex = \"/(a|b)/.*\" } }\n\
                 routes.c = { get = { regex = \"/[bc]/c.*\" } }";
    for (method, path, route) in [("PUT", "/a/q", "a"), ("GET", "/a/q", "a"), ("GET", "/b/c", "b"), ("PUT", "/b/q", "b")] {
        assert_eq!(ask(table, method, path, &[]).route.as_deref(), Some(route), "{method} {path}");
    }
}

/// What takes the rest matches `/` at the same length, and stands in an older object or a younger one.
#[test]
fn an_expression_that_matches_the_root_names_every_method() {
    let files = files(NEW, "routes.r = { any = { regex = \"/(v1)?\" }, retry = true, idempotent = true }");
    assert_eq!(files["httproute-outbound-r.yaml"].matches("    - method: ").count(), 9);
    let table = "routes.r = { get = { regex = \"/(v1)?\" }, retry = true }\nroutes.all = { get = \"/{x*}\" }";
    assert_eq!(codes(NEW, table), ["inseparable-routes"]);
}

#[test]
fn what_comes_first_is_taken_first_whatever_its_method() {
    let table = "routes.any = { any = \"/a/b\" }\nroutes.get = { get = \"/a/{x}\" }\nroutes.root = { any = \"/\" }\nroutes.rest = { get = \"/{x*}\" }";
    for (method, path, route) in [
        ("GET", "/a/b", Some("any")),
        ("PUT", "/a/b", Some("any")),
        ("GET", "/a/c", Some("get")),
        ("PUT", "/a/c", None),
        ("GET", "/", Some("root")),
        ("GET", "/x/y", Some("rest")),
    ] {
        assert_eq!(ask(table, method, path, &[]).route.as_deref(), route, "{method} {path}");
    }
}

#[test]
fn an_expression_is_matched_whole() {
    let table = "routes.e = { get = { regex = \"/a|/ab\" } }\nroutes.rest = { get = \"/{x*}\" }";
    for (path, route) in [("/a", "e"), ("/ab", "e"), ("/abc", "rest"), ("/x/a", "rest")] {
        assert_eq!(ask(table, "GET", path, &[]).route.as_deref(), Some(route), "{path}");
    }
}

#[test]
fn a_request_that_no_route_matches_is_split_and_not_answered_with_404() {
    let answer = ask("routes.a = { get = \"/a\", retry = true }", "DELETE", "/elsewhere", &[]);
    let backends: Vec<(&str, u32)> = answer.backends.iter().map(|one| (one.service.as_str(), one.weight)).collect();
    assert_eq!((answer.route, backends), (None, vec![("m-v1", 90), ("m-v2", 10)]));
}

#[test]
fn a_variant_is_taken_on_every_route_and_keeps_its_terms() {
    let table = "routes.a = { get = \"/a\", timeout = \"1s\" }\nroutes.b = { get = \"/b/{x}\", timeout = \"2s\", retry = true }\n\
                 variants.beta = { version = \"v2\", when = { header = \"X-Cohort\", is = \"beta\" } }";
    for (path, timeout) in [("/a", Some("1s")), ("/b/c", Some("2s")), ("/else", None)] {
        let beta = ask(table, "GET", path, &[("x-cohort", "beta")]);
        let others = ask(table, "GET", path, &[("x-cohort", "alpha")]);
        assert_eq!(beta.backends.iter().map(|one| one.service.as_str()).collect::<Vec<_>>(), ["m-v2"], "{path}");
        assert_eq!(others.backends.len(), 2, "{path}");
        assert_eq!((beta.timeouts.request.as_deref(), others.timeouts.request.as_deref()), (timeout, timeout));
        assert_eq!(beta.retry, others.retry);
    }
}

#[test]
fn a_version_without_a_share_is_no_backend() {
    let text = format!("{HEAD}{NEW}\n{}routes.a = {{ get = \"/a\" }}", MODEL.replace("v1 = 90, v2 = 10", "v1 = 100, v2 = 0"));
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    let mut stream = String::new();
    analysis.checked().unwrap().stream(&mut |text| stream.push_str(text));
    assert!(stream.contains("weight: 100") && !stream.contains("weight: 0"));
}

// ---- what stands elsewhere ----

#[test]
fn the_breaker_stands_on_the_service_that_callers_know() {
    let files = files(NEW, "circuit-breaker = { max-failures = 3, max-penalty = \"1m30s\" }\nroutes.a = { get = \"/a\" }");
    let service = &files["service.yaml"];
    for line in [
        "balancer.linkerd.io/failure-accrual: consecutive",
        "balancer.linkerd.io/failure-accrual-consecutive-max-failures: \"3\"",
        "balancer.linkerd.io/failure-accrual-consecutive-max-penalty: 90s",
        "balancer.linkerd.io/failure-accrual-consecutive-min-penalty: 1s",
    ] {
        assert!(service.contains(line), "{line}\n{service}");
    }
    assert!(!files["service-v1.yaml"].contains("balancer") && !files["service-v2.yaml"].contains("balancer"));
}

#[test]
fn a_stream_has_neither_deadline_nor_retry() {
    let answer = ask("routes.s = { post = \"/s\", stream = true, idle-timeout = \"20s\" }", "POST", "/s", &[]);
    assert_eq!((answer.timeouts.request, answer.retry, answer.timeouts.idle.as_deref()), (None, None, Some("20s")));
    assert_eq!(
        codes(NEW, "routes.s = { post = \"/s\", stream = true, retry = true, idempotent = true }"),
        ["stream-with-deadline"]
    );
}

#[test]
fn the_requests_of_a_further_port_are_split_too_and_its_bytes_are_not() {
    let files =
        files(NEW, "ports.admin = { port = 9000, protocol = \"http1\" }\nports.cache = { port = 6380, protocol = \"opaque\" }");
    assert_eq!(routes(&files), ["httproute-admin.yaml", "httproute.yaml"]);
    assert!(files["httproute-admin.yaml"].contains("port: 9000\n      weight: 90"));
}

#[test]
fn what_linkerd_and_the_gateway_api_do_not_do_together_is_an_error() {
    for (cluster, model, code) in [
        ("", "", "gateway-api-missing"),
        ("gateway-api = \"1.1\"", "", "unsupported-gateway-api"),
        ("gateway-api = \"1.3\"\nlinkerd = \"2.19\"", "", "unsupported-gateway-api"),
        (NEW, "mirror = { version = \"v2\" }", "ignored-setting"),
        (NEW, "ports.g = { port = 9000 }\nroutes.g = { grpc = \"a.B/C\", retry = true, idempotent = true }", "ignored-setting"),
        (
            NEW,
            "retry-budget = { ratio = 0.2, min-per-second = 1, ttl = \"10s\" }\nroutes.a = { get = \"/a\", retry = true }",
            "weaker-setting",
        ),
        (
            NEW,
            "protocol = \"opaque\"\nvariants.b = { version = \"v2\", when = { header = \"a\", is = \"b\" } }",
            "routes-need-http",
        ),
        (NEW, "protocol = \"opaque\"\ncircuit-breaker = {}", "routes-need-http"),
        (NEW, "protocol = \"opaque\"", "ignored-setting"),
        (NEW, "ports.c = { port = 9000, protocol = \"opaque\" }", "weaker-setting"),
        (OLD, "circuit-breaker = { max-penalty = \"0s\" }", "breaker-penalty"),
    ] {
        let text = format!("{HEAD}{cluster}\n{MODEL}{model}\n");
        // A key that is written here stands in place of the model's.
        let text = if model.starts_with("protocol") { text.replacen("protocol = \"http1\"\n", "", 1) } else { text };
        let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
        let found: Vec<&str> = analysis.report().diagnostics().iter().map(|one| one.code.name).collect();
        assert!(found.contains(&code), "{cluster} {model}: {found:?}");
    }
}

/// A rule of Linkerd's own HTTPRoute has at most 8 matches; the API server refuses one with more.
#[test]
fn the_probes_of_many_versions_are_spread_over_rules() {
    let version = |at: usize| {
        let probe = |kind: &str| format!("probes.{kind}.path = \"/{kind}/{at}\"\n");
        format!("[models.m.versions.w{at}]\nimage = \"r/m:{at}\"\n{}{}", probe("readiness"), probe("liveness"))
    };
    let versions: String = (0..6).map(version).collect();
    let head = HEAD.replace("gateway-api", "smi");
    let text = format!("{head}{MODEL}routes.a = {{ get = \"/a\", callers = [\"m\"] }}\n{versions}");
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    let mut seen = 0;
    analysis.checked().unwrap().walk(&mut |path, text| {
        if path == "ml/m/policy-httproute-probes.yaml" {
            let matches: Vec<usize> =
                text.split("  - matches:").skip(1).map(|rule| rule.matches("- method: GET").count()).collect();
            assert_eq!(matches, [8, 4]);
            seen += 1;
        }
    });
    assert_eq!(seen, 1);
}

// ---- hosts outside ----

/// One GRPCRoute would make gRPC of all that leaves for its port, whatever the host.
#[test]
fn grpc_outside_has_http_routes_and_is_not_tried_again() {
    let outside = |terms: &str| {
        let text = format!(
            "{HEAD}{NEW}\n{MODEL}calls = [\"far.infer\"]\n[services.far]\nhost = \"far.example.com\"\nport = 8001\nprotocol = \"grpc\"\n\
             routes.infer = {{ grpc = \"a.B/C\", timeout = \"3s\"{terms} }}\n"
        );
        analyze(Source::new("mlops.toml", text), &[]).unwrap()
    };
    let analysis = outside("");
    let checked = analysis.checked().unwrap();
    let mut kinds = BTreeSet::new();
    checked.walk(&mut |path, text| {
        if path.starts_with("ml/far/") {
            assert!(text.contains("kind: HTTPRoute") && !text.contains("kind: GRPCRoute"), "{text}");
            kinds.insert(path.to_owned());
        }
    });
    assert_eq!(Vec::from_iter(kinds), ["ml/far/httproute.yaml"]);
    let answer = checked.route("m", "far", ("POST", "/a.B/C"), &[]).unwrap();
    assert_eq!((answer.route.as_deref(), answer.timeouts.request.as_deref()), (Some("infer"), Some("3s")));
    let retried = outside(", retry = true, idempotent = true");
    let codes: Vec<&str> = retried.report().diagnostics().iter().map(|one| one.code.name).collect();
    assert_eq!(codes, ["ignored-setting"]);
}

/// A route of a wildcard holds for every host below it that has none of its own.
#[test]
fn a_route_of_a_wildcard_holds_for_the_hosts_below_it() {
    let text = format!(
        "{HEAD}{NEW}\n{MODEL}calls = [\"all\", \"exact\", \"bytes\"]\n\
         [services.all]\nhost = \"*.example.com\"\nport = 443\nprotocol = \"http1\"\nroutes.any = {{ get = \"/{{x*}}\", timeout = \"3s\" }}\n\
         [services.exact]\nhost = \"one.example.com\"\nport = 443\nprotocol = \"http1\"\nroutes.own = {{ get = \"/{{x*}}\", timeout = \"1s\" }}\n\
         [services.bytes]\nhost = \"two.example.com\"\nport = 443\nprotocol = \"tls\"\n"
    );
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    let checked = analysis.checked().unwrap_or_else(|| panic!("{:?}", analysis.report()));
    for (service, route) in [("all", "any"), ("exact", "own"), ("bytes", "any")] {
        let answer = checked.route("m", service, ("GET", "/a"), &[]).unwrap();
        assert_eq!(answer.route.as_deref(), Some(route), "{service}");
    }
}

#[test]
fn a_host_outside_is_no_name_that_the_cluster_answers() {
    for (host, inside) in [
        ("far.example.com", false),
        ("*.example.com", false),
        ("m.example", false),
        ("far", true),
        ("m.ml", true),
        ("far.data.svc", true),
        ("far.data.svc.cluster.local", true),
    ] {
        let text = format!("{HEAD}{NEW}\n{MODEL}calls = [\"far\"]\n[services.far]\nhost = \"{host}\"\nport = 80\n");
        let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
        let found: Vec<&str> = analysis.report().diagnostics().iter().map(|one| one.code.name).collect();
        assert_eq!(found, Vec::from_iter(inside.then_some("host-of-cluster")), "{host}");
    }
}

// ---- what another setting forestalls ----

#[test]
fn an_idle_timeout_behind_the_deadline_is_said_to_do_nothing() {
    let idle = |idle: &str| codes(NEW, &format!("routes.a = {{ get = \"/a\", timeout = \"5s\", idle-timeout = \"{idle}\" }}"));
    assert_eq!(idle("5s"), ["unused-setting"]);
    assert_eq!(idle("4s"), [""; 0]);
}

#[test]
fn a_variant_that_goes_where_all_requests_go_is_said_to_do_nothing() {
    let variant = |split: &str, version: &str| {
        let stable = if split.starts_with("rollout") { "" } else { "stable = \"v1\"\n" };
        let model = MODEL.replace("split = { v1 = 90, v2 = 10 }", split).replace("stable = \"v1\"\n", stable);
        let variant = format!("variants.x = {{ version = \"{version}\", when = {{ header = \"x-cohort\", is = \"b\" }} }}");
        let analysis = analyze(Source::new("mlops.toml", format!("{HEAD}{NEW}\n{model}{variant}\n")), &[]).unwrap();
        assert!(analysis.checked().is_some(), "{:?}", analysis.report());
        analysis.report().diagnostics().iter().any(|one| one.code.name == "unused-setting")
    };
    assert!(variant("", "v1") && variant("split = { v1 = 100, v2 = 0 }", "v1"));
    assert!(!variant("", "v2") && !variant("split = { v1 = 90, v2 = 10 }", "v1"));
    let rollout = "rollout = { from = \"v1\", to = \"v2\", step = 2, steps = [{ weight = 100, hold = \"5m\" }] }";
    assert!(!variant(rollout, "v2"), "a rollout comes to its end by itself");
}
