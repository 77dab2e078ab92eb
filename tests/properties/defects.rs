//! Several defects, a report of each, and none of what follows from them.

use crate::support::{analysis, codes, meshes_wanted, short};

const SOUND: &str = r#"
[cluster]
kubernetes = "1.33"
traffic = "gateway-api"
gateway-api = "1.2"

[namespaces.ml]
inbound = "deny"

[identities.gate]
namespace = "edge"
service-account = "gate"

[identities.hosts]
meshed = false
networks = ["10.0.0.0/8"]

[models.ranker]
namespace = "ml"
port = 8080
protocol = "http1"
callers = ["gate", "hosts"]
calls = ["store.read"]
replicas = 2
stable = "v1"
split = { v1 = 90, v2 = 10 }
resources = { requests = { cpu = "500m" } }
ports.admin = { port = 9090, callers = [] }
circuit-breaker = { max-failures = 5, min-penalty = "2s" }
rate-limit = { per-caller = 20, overrides = { gate = 50 } }

[models.ranker.probes]
readiness = { path = "/health", period = "10s" }
liveness = { exec = ["true"] }
startup = { path = "/started", port = "admin" }

[models.ranker.versions.v1]
image = "registry.example.com/ranker:1"

[models.ranker.versions.v2]
image = "registry.example.com/ranker:2"

[models.ranker.routes]
predict = { post = "/predict", timeout = "5s" }
lookup = { get = "/models/{name}", timeout = "2s", retry = true }
tokens = { post = "/tokens", stream = true, idle-timeout = "20s" }

[models.ranker.variants]
beta = { version = "v2", when = { header = "x-cohort", is = "beta" } }

[models.ranker.retry-budget]
ratio = 0.2
min-per-second = 10
ttl = "30s"

[models.scorer]
namespace = "ml"
port = 8082
callers = []
image = "registry.example.com/scorer:1"
versions = { old = {}, new = {} }

[models.scorer.rollout]
from = "old"
to = "new"
step = 2
steps = [{ weight = 50 }, { weight = 100 }]

[services.store]
namespace = "ml"
port = 8081
image = "registry.example.com/store:1"
callers = ["ranker", "training"]

[services.store.resources.requests]
cpu = "1"

[services.store.autoscale]
min = 1
max = 3
cpu = "50%"

[services.store.routes]
read = { get = "/read" }
write = { put = "/write", callers = ["training"] }

[services.vault]
namespace = "ml"
port = 8083
image = "registry.example.com/vault:1"
callers = ["scorer"]

[services.web]
host = "api.example.com"
port = 80
routes.query = { get = "/query", timeout = "3s" }

[jobs.training]
namespace = "ml"
image = "registry.example.com/training:1"
schedule = "0 3 * * *"
time-zone = "Europe/Berlin"
calls = ["store.write", "store.read", "web.query"]
env = { TOKEN = { secret = "token", key = "key" } }
"#;

/// What the sound manifest raises, on purpose: nothing here follows from a defect.
const BESIDE: &[&str] = &["closed-routes", "scrapers-shut-out", "unmeshed-caller", "weaker-setting"];

/// A defect: what is written in the sound manifest, what stands there instead, and the one code of it.
type Defect = (&'static str, &'static str, &'static str);

/// Defects of meaning, of which none needs to be seen for another to be seen.
#[rustfmt::skip]
const DEFECTS: &[Defect] = &[
    ("kubernetes = \"1.33\"", "kubernetes = \"1.33.1\"", "invalid-version"),
    ("kubernetes = \"1.33\"", "kubernetes = 1.33", "wrong-type"),
    ("traffic = \"gateway-api\"", "traffic = \"gateway\"", "unknown-word"),
    ("traffic = \"gateway-api\"\n", "", "missing-key"),
    ("gateway-api = \"1.2\"", "gateway-api = \"1.2.1\"", "invalid-version"),
    ("inbound = \"deny\"", "inbuond = \"deny\"", "unknown-key"),
    ("inbound = \"deny\"", "inbound = 5", "wrong-type"),
    ("[namespaces.ml]", "[namespaces.ML]\n[namespaces.ml]", "invalid-name"),
    ("namespace = \"edge\"", "namespace = 5", "wrong-type"),
    ("service-account = \"gate\"", "service-account = 5", "wrong-type"),
    ("service-account = \"gate\"", "service-account = \"gate\"\nnetworks = [\"10.0.0.0/8\"]", "networks-of-meshed"),
    ("networks = [\"10.0.0.0/8\"]", "networks = [\"10.0.0.0/88\"]", "invalid-network"),
    ("networks = [\"10.0.0.0/8\"]", "networks = \"10.0.0.0/8\"", "wrong-type"),
    ("meshed = false", "meshed = \"false\"", "wrong-type"),

    ("[models.ranker]\nnamespace = \"ml\"", "[models.ranker]\nnamespace = \"mll\"", "unknown-namespace"),
    ("[models.ranker]\nnamespace = \"ml\"\n", "[models.ranker]\n", "missing-key"),
    ("port = 8080", "port = 0", "out-of-range"),
    ("port = 8080\n", "", "missing-key"),
    ("port = 8080", "port = { service = 80 }", "missing-key"),
    ("protocol = \"http1\"", "protocol = \"http\"", "unknown-word"),
    ("callers = [\"gate\", \"hosts\"]", "callers = [\"gaet\", \"hosts\"]", "unknown-caller"),
    ("callers = [\"gate\", \"hosts\"]", "callers = \"gate\"", "wrong-type"),
    ("calls = [\"store.read\"]", "calls = [\"stoer.read\"]", "unknown-callee"),
    ("calls = [\"store.read\"]", "calls = [\"store.raed\"]", "unknown-route"),
    ("calls = [\"store.read\"]", "calls = [\"store.read\", \"vault\"]", "call-not-admitted"),
    ("replicas = 2", "replicas = \"2\"", "wrong-type"),
    ("replicas = 2", "replica = 2", "unknown-key"),
    ("stable = \"v1\"", "stable = \"v3\"", "unknown-version"),
    ("stable = \"v1\"", "stable = 1", "wrong-type"),
    ("stable = \"v1\"\n", "", "no-stable-version"),
    ("v1 = 90", "v1 = 91", "weights-not-100"),
    ("v1 = 90", "v1 = 190", "out-of-range"),
    ("v1 = 90", "v1 = \"90\"", "wrong-type"),
    ("v2 = 10 }", "v2 = 10, v3 = 0 }", "unknown-version"),
    ("split = { v1 = 90, v2 = 10 }", "split = 90", "wrong-type"),
    ("cpu = \"500m\"", "cpu = \"500mm\"", "invalid-quantity"),
    ("ports.admin = { port = 9090, callers = [] }", "ports.admin = { port = 90900, callers = [] }", "out-of-range"),
    ("ports.admin = { port = 9090, callers = [] }", "ports.admin = { callers = [] }", "missing-key"),
    ("ports.admin = { port = 9090, callers = [] }", "ports.admin = 9090", "wrong-type"),
    ("period = \"10s\"", "period = \"10\"", "invalid-duration"),
    ("period = \"10s\"", "period = \"1500ms\"", "probe-seconds"),
    ("path = \"/health\", ", "", "one-handler"),
    ("path = \"/health\"", "path = 5", "wrong-type"),
    ("exec = [\"true\"]", "exec = \"true\"", "wrong-type"),
    ("port = \"admin\"", "port = \"amdin\"", "unknown-port"),
    ("ranker:1\"", "Ranker:1\"", "invalid-image"),
    ("image = \"registry.example.com/ranker:2\"\n", "", "missing-image"),
    ("image = \"registry.example.com/ranker:2\"", "image = 2", "wrong-type"),
    ("post = \"/predict\"", "post = \"predict\"", "invalid-path"),
    ("post = \"/predict\", ", "", "one-match"),
    ("timeout = \"5s\"", "timeout = \"5 s\"", "invalid-duration"),
    ("retry = true", "retry = { on = [\"6xx\"] }", "invalid-retry-condition"),
    ("retry = true", "retry = \"yes\"", "wrong-type"),
    ("ratio = 0.2", "ratio = -0.2", "invalid-share"),
    ("per-caller = 20", "per-caller = 0", "out-of-range"),
    ("per-caller = 20", "per-calller = 20", "unknown-key"),
    ("overrides = { gate = 50 }", "overrides = { gaet = 50 }", "unknown-caller"),
    ("overrides = { gate = 50 }", "overrides = { hosts = 50 }", "override-without-account"),
    ("overrides = { gate = 50 }", "overrides = { gate = true }", "wrong-type"),
    ("rate-limit = { per-caller = 20, overrides = { gate = 50 } }", "rate-limit = 20", "wrong-type"),
    ("rate-limit = { per-caller = 20, overrides = { gate = 50 } }", "rate-limit = { overrides = {} }", "empty-rate-limit"),
    ("stream = true", "stream = 1", "wrong-type"),
    ("stream = true", "stream = true, timeout = \"9s\"", "stream-with-deadline"),
    ("stream = true", "timeout = \"0s\"", "zero-timeout"),
    ("idle-timeout = \"20s\"", "idle-timeout = 20", "wrong-type"),
    ("idle-timeout = \"20s\"", "idle-timeout = \"0s\"", "zero-timeout"),
    ("retry = true", "retry = { limit = 0 }", "out-of-range"),
    ("retry = true", "retry = { timeout = \"1 s\" }", "invalid-duration"),
    ("retry = true", "retry = { on = [\"unavailable\"] }", "foreign-retry-condition"),
    ("max-failures = 5", "max-failures = 0", "out-of-range"),
    ("min-penalty = \"2s\"", "min-penalty = \"2m\"", "breaker-penalty"),
    ("min-penalty = \"2s\"", "min-penalty = 2", "wrong-type"),
    ("beta = { version = \"v2\"", "beta = { version = \"v3\"", "unknown-version"),
    ("beta = { version = \"v2\", ", "beta = { ", "missing-key"),
    ("header = \"x-cohort\"", "header = \"x cohort\"", "invalid-header"),
    ("header = \"x-cohort\", ", "", "missing-key"),
    ("is = \"beta\"", "is = \" beta\"", "invalid-header"),
    ("when = { header = \"x-cohort\", is = \"beta\" }", "when = \"beta\"", "wrong-type"),
    ("host = \"api.example.com\"", "host = \"https://api.example.com\"", "invalid-host"),
    ("port = 80\n", "", "missing-key"),
    ("port = 80\n", "port = \"80\"\n", "wrong-type"),
    ("get = \"/query\"", "get = \"query\"", "invalid-path"),

    ("from = \"old\"", "from = \"odl\"", "unknown-version"),
    ("step = 2", "step = 4", "step-out-of-range"),
    ("step = 2", "step = \"2\"", "wrong-type"),
    ("{ weight = 50 }", "{ weight = 101 }", "out-of-range"),
    ("{ weight = 50 }", "{}", "missing-key"),
    ("{ weight = 100 }", "{ weight = 99 }", "rollout-never-completes"),

    ("port = 8081", "port = 80810", "out-of-range"),
    ("image = \"registry.example.com/store:1\"\n", "", "missing-image"),
    ("callers = [\"ranker\", \"training\"]", "callers = [\"rankers\", \"training\"]", "unknown-caller"),
    ("callers = [\"ranker\", \"training\"]", "callers = 5", "wrong-type"),
    ("cpu = \"1\"", "cpu = true", "wrong-type"),
    ("cpu = \"1\"\n", "", "autoscale-without-request"),
    ("max = 3\n", "max = 0\n", "autoscale-range"),
    ("get = \"/read\"", "get = 5", "wrong-type"),
    ("callers = [\"training\"]", "callers = [\"trainig\"]", "unknown-caller"),

    ("[jobs.training]\nnamespace = \"ml\"", "[jobs.training]\nnamespace = \"mll\"", "unknown-namespace"),
    ("image = \"registry.example.com/training:1\"", "image = 1", "wrong-type"),
    ("schedule = \"0 3 * * *\"", "schedule = \"0 3 * *\"", "invalid-schedule"),
    ("schedule = \"0 3 * * *\"\n", "", "time-zone-without-schedule"),
    ("calls = [\"store.write\", \"store.read\", \"web.query\"]", "calls = [\"store.wriet\", \"web.query\"]", "unknown-route"),
    ("secret = \"token\", ", "", "one-source"),
    ("secret = \"token\"", "secret = 5", "wrong-type"),
    ("TOKEN = {", "'TO KEN' = {", "invalid-env-name"),
    ("[jobs.training]", "[services.training]\nnamespace = 'ml'\nport = 80\nimage = 'r/t:1'\n[jobs.training]", "name-taken"),
];

/// Defects of the syntax.
const BROKEN: &[Defect] = &[
    ("kubernetes = \"1.33\"", "kubernetes = ", "invalid-toml"),
    ("inbound = \"deny\"", "inbound = deny", "invalid-toml"),
    ("service-account = \"gate\"", "service-account = \"gate", "invalid-toml"),
    ("replicas = 2", "replicas = 2 2", "invalid-toml"),
    ("replicas = 2", "replicas 2", "invalid-toml"),
    ("port = 8080", "port = 8080\nport = 8082", "duplicate-key"),
    ("port = 8081", "port = 08081", "invalid-toml"),
    ("stable = \"v1\"", "stable = 'v1\"", "invalid-toml"),
    ("v2 = 10 }", "v2 = 10", "invalid-toml"),
    ("callers = [\"ranker\", \"training\"]", "callers = [\"ranker\", \"training\"", "invalid-toml"),
    ("schedule = \"0 3 * * *\"", "schedule = \"0 3 \\* * *\"", "invalid-toml"),
    ("[models.ranker.versions.v2]", "[models.ranker.versions.v1]", "duplicate-key"),
    ("key = \"key\" } }", "key = \"key\" } } }", "invalid-toml"),
];

/// One, two and three defects that stand in different lines: each is reported, and nothing that follows from it. Of the
/// sets of which this is not true only the smallest are named.
fn hold(defects: &[Defect]) {
    let (mut smallest, mut held): (Vec<(Vec<usize>, String)>, usize) = (Vec::new(), 0);
    for together in up_to_three(defects.len()) {
        let chosen: Vec<Defect> = together.iter().map(|at| defects[*at]).collect();
        let Some((expected, found)) = found(&chosen) else { continue };
        held += 1;
        if expected != found && !smallest.iter().any(|(known, _)| known.iter().all(|one| together.contains(one))) {
            let written: Vec<_> = chosen.iter().map(|(from, to, _)| format!("{from:?} -> {to:?}")).collect();
            smallest.push((together, format!("{}: expected {expected:?}, found {found:?}", written.join(" and "))));
        }
    }
    let said: Vec<String> = smallest.into_iter().map(|(_, said)| said).collect();
    assert!(held > 100 && said.is_empty(), "{} of {held}:\n{}", said.len(), said.join("\n"));
}

/// Every one, every two, then about ten times as many threes as there shall be generated meshes, of the numbers below
/// a bound.
fn up_to_three(bound: usize) -> impl Iterator<Item = Vec<usize>> {
    let twos = move || (0..bound).flat_map(move |a| (a + 1..bound).map(move |b| vec![a, b]));
    let threes = twos().flat_map(move |two| (two[1] + 1..bound).map(move |c| vec![two[0], two[1], c]));
    let all_threes = bound * (bound - 1) * (bound - 2) / 6;
    (0..bound).map(|one| vec![one]).chain(twos()).chain(threes.step_by(1 + all_threes / (10 * meshes_wanted())))
}

/// The codes that these defects should give and those that they give; `None` where two stand in one line.
fn found(defects: &[Defect]) -> Option<(Vec<&'static str>, Vec<&'static str>)> {
    let mut places: Vec<(usize, &Defect)> = defects.iter().map(|defect| (place(defect), defect)).collect();
    places.sort_by_key(|(at, _)| *at);
    let line = |at: usize| SOUND[..at].matches('\n').count();
    let last_line = |(at, defect): (usize, &Defect)| line(at + defect.0.trim_end().len());
    if places.windows(2).any(|pair| last_line(pair[0]) >= line(pair[1].0)) {
        return None;
    }
    let mut text = SOUND.to_owned();
    for (at, (from, to, _)) in places.into_iter().rev() {
        text.replace_range(at..at + from.len(), to);
    }
    let mut expected: Vec<_> = defects.iter().map(|(_, _, code)| *code).collect();
    expected.sort_unstable();
    let mut found = codes(&analysis(&text));
    found.retain(|code| !BESIDE.contains(code));
    Some((expected, found))
}

/// Where a defect stands in the sound manifest.
fn place((from, ..): &Defect) -> usize {
    assert_eq!(SOUND.matches(from).count(), 1, "{from:?}");
    SOUND.find(from).unwrap()
}

#[test]
fn a_sound_manifest_gives_no_more_than_a_note() {
    assert_eq!(codes(&analysis(SOUND)), BESIDE, "{}", short(&analysis(SOUND)));
}

#[test]
fn three_defects_of_meaning_are_all_that_is_reported() {
    hold(DEFECTS);
}

#[test]
fn three_defects_of_syntax_are_all_that_is_reported() {
    hold(BROKEN);
}

#[test]
fn a_report_points_at_the_line_of_its_defect() {
    for (from, to, code) in
        DEFECTS.iter().chain(BROKEN).filter(|(from, to, _)| to.lines().count() == 1 && from.lines().count() == 1)
    {
        let text = SOUND.replace(from, to);
        let line = text.lines().zip(SOUND.lines()).position(|(one, other)| one != other).unwrap() + 1;
        let report = short(&analysis(&text));
        assert!(
            report.contains(&format!("mlops.toml:{line}:")) && report.contains(code),
            "{to:?} stands in line {line}: {report}"
        );
    }
}
