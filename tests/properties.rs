//! What holds of every manifest: its order means nothing, its output is the same everywhere, every
//! setting matters, no input is too much, and no name leads out of the folder.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use mlmesh::output::{Overwrite, Tree, Written, write};
use mlmesh::{Analysis, Format, Severity, Source, analyze, render_report};
use serde_json::Value as Schema;
use toml::{Table, Value};

// ---- manifests, and what becomes of them ----

fn analysis(text: &str) -> Analysis {
    analyze(Source::new("mlops.toml", text), &[]).unwrap()
}

/// The stream of a manifest; empty where it has errors.
fn stream(analysis: &Analysis) -> String {
    let mut stream = String::new();
    if let Some(checked) = analysis.checked() {
        checked.stream(&mut |text| stream.push_str(text));
    }
    stream
}

fn codes(analysis: &Analysis) -> Vec<&'static str> {
    let mut codes: Vec<_> = analysis.report().diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect();
    codes.sort_unstable();
    codes
}

fn short(analysis: &Analysis) -> String {
    render_report(analysis.report(), analysis.sources(), Format::Short)
}

/// Every `.toml` file below `examples`.
fn manifests() -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension() {
                None => open.push(path),
                Some(extension) if extension == "toml" => found.push(path),
                Some(_) => {}
            }
        }
    }
    found.sort();
    found
}

/// The examples that are right, by name, with their texts.
fn examples() -> Vec<(String, String)> {
    let right = manifests().into_iter().filter(|path| path.ends_with("mlops.toml"));
    right.map(|path| (path.parent().unwrap().display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

fn mlmesh(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlmesh"));
    command.args(arguments);
    command
}

/// Numbers that look random and are the same on every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

// ---- order ----

/// Writes a table in another order and another style: each table below it as a header, inline, or by
/// dotted keys. Arrays keep their order, since it may mean something.
struct Rewriter {
    dice: Dice,
    sections: Vec<String>,
}

impl Rewriter {
    fn rewrite(table: &Table, seed: u64) -> String {
        let mut rewriter = Self { dice: Dice(seed), sections: Vec::new() };
        let root = rewriter.lines("", "", table);
        rewriter.dice.shuffle(&mut rewriter.sections);
        root + &rewriter.sections.concat()
    }

    /// The lines of a table; what gets a header of its own goes to the sections.
    fn lines(&mut self, header: &str, dotted: &str, table: &Table) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (key, value) in table {
            let key = format!("{key:?}");
            lines.push(match value.as_table() {
                Some(inner) if dotted.is_empty() && self.dice.below(2) == 0 => {
                    let header = if header.is_empty() { key } else { format!("{header}.{key}") };
                    let text = format!("[{header}]\n{}", self.lines(&header, "", inner));
                    self.sections.push(text);
                    continue;
                }
                Some(inner) if !inner.is_empty() && self.dice.below(2) == 0 => {
                    self.lines(header, &format!("{dotted}{key}."), inner)
                }
                _ => format!("{dotted}{key} = {}\n", self.inline(value)),
            });
        }
        self.dice.shuffle(&mut lines);
        lines.concat()
    }

    fn inline(&mut self, value: &Value) -> String {
        match value {
            Value::Table(table) => {
                let mut entries: Vec<String> =
                    table.iter().map(|(key, value)| format!("{key:?} = {}", self.inline(value))).collect();
                self.dice.shuffle(&mut entries);
                format!("{{ {} }}", entries.join(", "))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(item)).collect();
                format!("[{}]", items.join(", "))
            }
            scalar => scalar.to_string(),
        }
    }
}

#[test]
fn the_order_and_the_style_of_a_file_mean_nothing() {
    for (name, text) in examples() {
        let table: Table = text.parse().unwrap();
        let expected = (stream(&analysis(&text)), codes(&analysis(&text)));
        assert!(!expected.0.is_empty());
        for seed in 1..=20 {
            let rewritten = Rewriter::rewrite(&table, seed);
            assert_eq!(rewritten.parse::<Table>().unwrap(), table, "the rewriter is wrong:\n{rewritten}");
            let analysis = analysis(&rewritten);
            assert_eq!((stream(&analysis), codes(&analysis)), expected, "{name}, rewritten:\n{rewritten}");
        }
    }
}

// ---- sameness ----

#[test]
fn a_hundred_renders_are_one() {
    for (name, text) in examples() {
        let first = stream(&analysis(&text));
        assert!((0..100).all(|_| stream(&analysis(&text)) == first), "{name}");
    }
}

#[test]
fn the_output_is_the_same_whatever_the_environment() {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in examples() {
        let expected = stream(&analysis(&text));
        let manifest = home.path().join("mlops.toml");
        fs::write(&manifest, &text).unwrap();
        for (variable, value) in [
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "de_DE.ISO-8859-1"),
            ("LC_ALL", "C"),
            ("TZ", "Pacific/Chatham"),
            ("HOME", "/nonexistent"),
            ("NO_COLOR", "1"),
            ("CLICOLOR_FORCE", "1"),
            ("COLUMNS", "20"),
        ] {
            let mut command = mlmesh(&["render", "--stdout", manifest.to_str().unwrap()]);
            let output = command.env(variable, value).current_dir("/").output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{name} with {variable}={value}");
        }
        let output = mlmesh(&["render", "--stdout"]).env_clear().current_dir(home.path()).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{name} in its own folder, without an environment");
    }
}

#[test]
fn to_render_twice_is_to_render_once() {
    for (name, text) in examples() {
        let home = tempfile::tempdir().unwrap();
        let analysis = analysis(&text);
        let render = || write(home.path(), &analysis.checked().unwrap(), Overwrite::OursOnly).unwrap();
        let Written { created, changed, removed, .. } = render();
        assert!(created > 0 && (changed, removed) == (0, 0), "{name}");
        let once = tree(home.path());
        let Written { created: again, changed, removed, kept, .. } = render();
        assert_eq!((again, changed, removed, kept), (0, 0, 0, created), "{name}");
        assert_eq!(tree(home.path()), once, "{name}");
    }
}

/// Every file below a folder.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for path in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

// ---- every setting matters ----

/// A mesh in which every setting has something to act on.
const WORLD: &str = r#"
[cluster]
kubernetes = "1.33"
linkerd = "2.20"
traffic = "profile"
cni = true

[namespaces.ns]
[namespaces.other]

[identities.friend]
namespace = "edge"
service-account = "friend"
[identities.stranger]
namespace = "edge"
service-account = "stranger"
[identities.abroad]
namespace = "edge"
service-account = "abroad"
trust-domain = "far.example.com"
[identities.hosts]
meshed = false
networks = ["10.0.0.0/8"]

[models.m]
namespace = "ns"
port = 8080
image = "r/m:1"
stable = "v1"
ports.extra = { port = 9000 }
resources.requests.cpu = "1"
routes.retried = { get = "/retried", retry = true }
versions.v1 = {}
versions.v2.image = "r/m:2"

[models.r]
namespace = "ns"
port = 8080
image = "r/r:1"
versions = { v1 = {}, v2 = {}, v3 = {} }
rollout = { from = "v1", to = "v2", step = 1, steps = [{ weight = 10, hold = "5m" }, { weight = 100 }] }

[services.s]
namespace = "ns"
port = 8080
image = "r/s:1"
ports.extra = { port = 9000 }
resources.requests.cpu = "1"
routes.retried = { get = "/retried", retry = true }

[services.open]
namespace = "other"
port = 8080
image = "r/open:1"
[services.shut]
namespace = "ns"
port = 8080
image = "r/shut:1"
callers = []
[services.guarded]
namespace = "ns"
port = 8080
image = "r/guarded:1"
callers = ["friend", "abroad", "hosts"]
resources.requests.cpu = "1"
autoscale = { min = 1, max = 2, cpu = "50%" }
routes.secret = { get = "/secret", callers = ["friend"] }
routes.known = { get = "/known" }

[jobs.j]
namespace = "ns"
image = "r/j:1"
schedule = "@daily"
"#;

/// Where a change must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// In the YAML.
    Yaml,
    /// In the report: this code comes or goes.
    Report(&'static str),
    /// In the answer of `mlmesh rollout status r`.
    Status,
    /// In the folder that `mlmesh render` writes to.
    Folder,
}
use Shows::{Folder, Report, Status, Yaml};

/// Tables of the world, each with its path in the language.
type Tables = &'static [(&'static str, &'static str)];

const ROOT: Tables = &[("", "")];
const CLUSTER: Tables = &[("cluster", "cluster")];
const NAMESPACE: Tables = &[("namespaces.other", "namespaces.*")];
const FRIEND: Tables = &[("identities.friend", "identities.*")];
const ABROAD: Tables = &[("identities.abroad", "identities.*")];
const HOSTS: Tables = &[("identities.hosts", "identities.*")];
const MODEL: Tables = &[("models.m", "models.*")];
const ROLLOUT: Tables = &[("models.r.rollout", "models.*.rollout")];
const APP: Tables = &[("models.m", "models.*"), ("services.s", "services.*")];
const JOB: Tables = &[("jobs.j", "jobs.*")];
const VERSIONED: Tables =
    &[("models.m", "models.*"), ("models.m.versions.v1", "models.*.versions.*"), ("services.s", "services.*")];
const POD: Tables = &[
    ("models.m", "models.*"),
    ("models.m.versions.v1", "models.*.versions.*"),
    ("services.s", "services.*"),
    ("jobs.j", "jobs.*"),
];

/// One setting, in each of these tables: its key (`METHOD` and `PROBE` stand for every one), what is
/// written before and after, and where the difference shows.
type Row = (Tables, &'static str, &'static str, &'static str, Shows);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (ROOT, "edition", "edition = 1", "edition = 2", Report("unsupported-edition")),
    (ROOT, "expect.can", "expect.can = ['friend -> guarded.secret']", "expect.can = ['meshed -> guarded.secret']", Report("expectation-failed")),
    (ROOT, "expect.cannot", "expect.cannot = ['meshed -> guarded.secret']", "expect.cannot = ['friend -> guarded.secret']", Report("expectation-failed")),
    (ROOT, "expect.timeout.*", "services.s.routes.slow = { get = '/slow', timeout = '5s' }\nexpect.timeout.'friend -> s.slow' = '5s'", "services.s.routes.slow = { get = '/slow', timeout = '5s' }\nexpect.timeout.'friend -> s.slow' = '6s'", Report("expectation-failed")),
    (ROOT, "expect.weight.*", "expect.weight.'m.v1' = 100", "expect.weight.'m.v1' = 50", Report("expectation-failed")),
    (ROOT, "lints.*", "lints.floating-tag = 'warn'", "lints.floating-tag = { level = 'allow', reason = 'a' }", Report("unused-allowance")),
    (ROOT, "lints.*.level", "lints.floating-tag = { level = 'warn' }", "lints.floating-tag = { level = 'allow', reason = 'a' }", Report("unused-allowance")),
    (ROOT, "lints.*.reason", "lints.floating-tag = { level = 'allow', reason = 'a' }", "lints.floating-tag = { level = 'allow', reason = '' }", Report("missing-key")),
    (ROOT, "output.dir", "output.dir = 'here'", "output.dir = 'there'", Folder),
    (CLUSTER, "kubernetes", "kubernetes = '1.30'", "kubernetes = '1.29'", Yaml),
    (CLUSTER, "linkerd", "linkerd = '2.20'", "linkerd = '2.19'", Yaml),
    (CLUSTER, "traffic", "traffic = 'profile'", "traffic = 'smi'", Yaml),
    (CLUSTER, "gateway-api", "", "gateway-api = '1.2'", Yaml),
    (CLUSTER, "domain", "domain = 'a.example.com'", "domain = 'b.example.com'", Yaml),
    (CLUSTER, "trust-domain", "", "trust-domain = 'far.example.com'", Yaml),
    (CLUSTER, "control-plane-namespace", "", "control-plane-namespace = 'mesh'", Yaml),
    (ROOT, "cluster.cni", "namespaces.ns.pod-security = 'restricted'", "namespaces.ns.pod-security = 'restricted'\ncluster.cni = false", Report("restricted-needs-cni")),
    (NAMESPACE, "manage", "manage = true", "manage = false", Yaml),
    (NAMESPACE, "inject", "inject = true", "inject = false", Yaml),
    (NAMESPACE, "inbound", "inbound = 'all-unauthenticated'", "inbound = 'all-authenticated'", Yaml),
    (NAMESPACE, "inbound", "", "inbound = 'cluster-unauthenticated'", Yaml),
    (NAMESPACE, "inbound", "inbound = 'cluster-authenticated'", "inbound = 'deny'", Yaml),
    (NAMESPACE, "inbound", "inbound = 'deny'", "inbound = 'audit'", Yaml),
    (NAMESPACE, "pod-security", "pod-security = 'privileged'", "pod-security = 'baseline'", Yaml),
    (NAMESPACE, "pod-security", "pod-security = 'baseline'", "pod-security = 'restricted'", Yaml),
    (NAMESPACE, "labels.*", "labels.team = 'a'", "labels.team = 'b'", Yaml),
    (FRIEND, "namespace", "namespace = 'a'", "namespace = 'b'", Yaml),
    (FRIEND, "service-account", "service-account = 'a'", "service-account = 'b'", Yaml),
    (ABROAD, "trust-domain", "trust-domain = 'a.example.com'", "trust-domain = 'b.example.com'", Yaml),
    (HOSTS, "meshed", "meshed = false", "meshed = true", Report("networks-of-meshed")),
    (HOSTS, "networks", "networks = ['10.0.0.0/8']", "networks = ['fd00::/8']", Yaml),

    (APP, "namespace", "namespace = 'ns'", "namespace = 'other'", Yaml),
    (APP, "port", "port = 80", "port = 81", Yaml),
    (APP, "port.service", "port = { service = 80, container = 1 }", "port = { service = 81, container = 1 }", Yaml),
    (APP, "port.container", "port = { service = 80, container = 1 }", "port = { service = 80, container = 2 }", Yaml),
    (APP, "protocol", "protocol = 'detect'", "protocol = 'http1'", Yaml),
    (APP, "protocol", "protocol = 'http1'", "protocol = 'http2'", Yaml),
    (APP, "callers", "callers = ['friend']", "callers = ['stranger']", Yaml),
    (APP, "callers", "", "callers = []", Yaml),
    (APP, "client-retries", "", "client-retries = 2", Report("unused-setting")),
    (APP, "load", "", "load = 10", Report("unused-setting")),
    (VERSIONED, "capacity", "", "capacity = 10", Report("unused-setting")),
    (APP, "routes.*.max-body", "", "routes.x = { get = '/', max-body = '1Ki' }", Report("unused-setting")),
    (APP, "calls", "calls = ['open']", "calls = ['shut']", Report("call-not-admitted")),
    (APP, "ports.*.port", "ports.extra.port = 70", "ports.extra.port = 71", Yaml),
    (APP, "ports.*.port.service", "ports.extra.port = { service = 70, container = 1 }", "ports.extra.port = { service = 71, container = 1 }", Yaml),
    (APP, "ports.*.port.container", "ports.extra.port = { service = 70, container = 1 }", "ports.extra.port = { service = 70, container = 2 }", Yaml),
    (APP, "ports.*.protocol", "ports.extra.protocol = 'opaque'", "ports.extra.protocol = 'tls'", Yaml),
    (APP, "ports.*.protocol", "ports.extra.protocol = 'grpc'", "ports.extra.protocol = 'http2'", Yaml),
    (APP, "ports.*.callers", "ports.extra.callers = ['friend']", "ports.extra.callers = []", Yaml),
    (APP, "routes.*.METHOD", "routes.x.METHOD = '/a'", "routes.x.METHOD = '/b'", Yaml),
    (APP, "routes.*.METHOD.regex", "routes.x.METHOD.regex = '/a.*'", "routes.x.METHOD.regex = '/b.*'", Yaml),
    (APP, "routes.*.grpc", "routes.x.grpc = 'a.B/C'", "routes.x.grpc = 'a.B/D'", Yaml),
    (APP, "routes.*.timeout", "routes.x = { get = '/', timeout = '1s' }", "routes.x = { get = '/', timeout = '2s' }", Yaml),
    (APP, "routes.*.retry", "routes.x = { get = '/', retry = false }", "routes.x = { get = '/', retry = true }", Yaml),
    (APP, "routes.*.retry.on", "routes.x = { get = '/', retry.on = ['503'] }", "routes.x = { get = '/', retry.on = ['gateway-error'] }", Yaml),
    (APP, "routes.*.retry.limit", "routes.x = { get = '/', retry = {} }", "routes.x = { get = '/', retry.limit = 2 }", Report("weaker-setting")),
    (APP, "routes.*.idempotent", "routes.x = { post = '/', retry = true, idempotent = true }", "routes.x = { post = '/', retry = true, idempotent = false }", Report("retried-post")),
    (APP, "routes.*.callers", "routes.x = { get = '/', callers = ['friend'] }\ncallers = []", "routes.x = { get = '/', callers = ['stranger'] }\ncallers = []", Yaml),
    (APP, "routes.*.calls", "routes.x = { get = '/', calls = ['open'] }", "routes.x = { get = '/', calls = ['shut'] }", Report("call-not-admitted")),
    (APP, "retry-budget.ratio", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '5s' }", "retry-budget = { ratio = '20%', min-per-second = 1, ttl = '5s' }", Yaml),
    (APP, "retry-budget.min-per-second", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '5s' }", "retry-budget = { ratio = 0.1, min-per-second = 2, ttl = '5s' }", Yaml),
    (APP, "retry-budget.ttl", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '5s' }", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '6s' }", Yaml),

    (APP, "rate-limit.total", "rate-limit = { total = 10 }", "rate-limit = { total = 20 }", Yaml),
    (APP, "rate-limit.per-caller", "rate-limit = { total = 10 }", "rate-limit = { total = 10, per-caller = 5 }", Yaml),
    (APP, "rate-limit.overrides.*", "rate-limit = { total = 10, overrides = { friend = 5 } }", "rate-limit = { total = 10, overrides = { friend = 6 } }", Yaml),
    (APP, "ports.*.rate-limit.total", "ports.extra.rate-limit = { total = 10 }", "ports.extra.rate-limit = { total = 20 }", Yaml),
    (APP, "ports.*.rate-limit.per-caller", "ports.extra.rate-limit = { total = 10 }", "ports.extra.rate-limit = { total = 10, per-caller = 5 }", Yaml),
    (APP, "ports.*.rate-limit.overrides.*", "ports.extra.rate-limit = { total = 10, overrides = { friend = 5 } }", "ports.extra.rate-limit = { total = 10, overrides = { friend = 6 } }", Yaml),
    (APP, "routes.*.stream", "routes.x = { get = '/', stream = false, timeout = '1s' }", "routes.x = { get = '/', stream = true, timeout = '1s' }", Report("stream-with-deadline")),

    (MODEL, "stable", "stable = 'v1'", "stable = 'v2'", Yaml),
    (MODEL, "split.*", "split = { v1 = 50, v2 = 50 }", "split = { v1 = 60, v2 = 40 }", Yaml),
    (ROLLOUT, "from", "from = 'v1'", "from = 'v3'", Yaml),
    (ROLLOUT, "to", "to = 'v2'", "to = 'v3'", Yaml),
    (ROLLOUT, "step", "step = 0", "step = 1", Yaml),
    (ROLLOUT, "step", "step = 2", "step = 3", Yaml),
    (ROLLOUT, "steps.[].weight", "steps = [{ weight = 10 }, { weight = 100 }]", "steps = [{ weight = 20 }, { weight = 100 }]", Yaml),
    (ROLLOUT, "steps.[].hold", "steps = [{ weight = 10, hold = '1m' }, { weight = 100 }]", "steps = [{ weight = 10, hold = '2m' }, { weight = 100 }]", Status),

    (JOB, "namespace", "namespace = 'ns'", "namespace = 'other'", Yaml),
    (JOB, "schedule", "schedule = '@daily'", "schedule = '0 3 * * *'", Yaml),
    (JOB, "time-zone", "time-zone = 'Europe/Berlin'", "time-zone = 'Asia/Tokyo'", Yaml),
    (JOB, "concurrency-policy", "concurrency-policy = 'allow'", "concurrency-policy = 'forbid'", Yaml),
    (JOB, "concurrency-policy", "concurrency-policy = 'forbid'", "concurrency-policy = 'replace'", Yaml),
    (JOB, "backoff-limit", "backoff-limit = 1", "backoff-limit = 2", Yaml),
    (JOB, "client-retries", "", "client-retries = 2", Report("unused-setting")),
    (JOB, "calls", "calls = ['open']", "calls = ['shut']", Report("call-not-admitted")),

    (POD, "image", "image = 'r/i:1'", "image = 'r/i:2'", Yaml),
    (POD, "command", "command = ['a']", "command = ['a', 'b']", Yaml),
    (POD, "args", "args = ['a', 'b']", "args = ['b', 'a']", Yaml),
    (POD, "env.*", "env.A = 'a'", "env.A = 'b'", Yaml),
    (POD, "env.*.secret", "env.A = { secret = 'a', key = 'k' }", "env.A = { secret = 'b', key = 'k' }", Yaml),
    (POD, "env.*.config-map", "env.A = { config-map = 'a', key = 'k' }", "env.A = { config-map = 'b', key = 'k' }", Yaml),
    (POD, "env.*.key", "env.A = { secret = 'a', key = 'k' }", "env.A = { secret = 'a', key = 'l' }", Yaml),
    (POD, "resources.requests.*", "resources.requests.memory = '1Gi'", "resources.requests.memory = '2Gi'", Yaml),
    (POD, "resources.limits.*", "resources.limits.memory = '1Gi'", "resources.limits.memory = '2Gi'", Yaml),
    (POD, "labels.*", "labels.team = 'a'", "labels.team = 'b'", Yaml),
    (POD, "annotations.*", "annotations.note = 'a'", "annotations.note = 'b'", Yaml),
    (POD, "pod-security", "", "pod-security = 'restricted'", Yaml),
    (POD, "run-as-user", "run-as-user = 1", "run-as-user = 2", Yaml),

    (VERSIONED, "replicas", "replicas = 1", "replicas = 2", Yaml),
    (VERSIONED, "autoscale.min", "autoscale = { min = 1, max = 5, cpu = '50%' }", "autoscale = { min = 2, max = 5, cpu = '50%' }", Yaml),
    (VERSIONED, "autoscale.max", "autoscale = { min = 1, max = 5, cpu = '50%' }", "autoscale = { min = 1, max = 6, cpu = '50%' }", Yaml),
    (VERSIONED, "autoscale.cpu", "autoscale = { min = 1, max = 5, cpu = '50%' }", "autoscale = { min = 1, max = 5, cpu = 0.6 }", Yaml),
    (VERSIONED, "rolling-update.max-surge", "rolling-update.max-surge = 1", "rolling-update.max-surge = '50%'", Yaml),
    (VERSIONED, "rolling-update.max-unavailable", "rolling-update.max-unavailable = 1", "rolling-update.max-unavailable = 2", Yaml),
    (VERSIONED, "probes.PROBE.path", "probes.PROBE.path = '/a'", "probes.PROBE.path = '/b'", Yaml),
    (VERSIONED, "probes.PROBE.exec", "probes.PROBE.exec = ['a']", "probes.PROBE.exec = ['b']", Yaml),
    (VERSIONED, "probes.PROBE.grpc", "probes.PROBE.grpc = ''", "probes.PROBE.grpc = 'a.B'", Yaml),
    (VERSIONED, "probes.PROBE.tcp", "probes.PROBE.path = '/'", "probes.PROBE.tcp = true", Yaml),
    (VERSIONED, "probes.PROBE.port", "probes.PROBE = { path = '/' }", "probes.PROBE = { path = '/', port = 'extra' }", Yaml),
    (VERSIONED, "probes.PROBE.initial-delay", "probes.PROBE = { path = '/', initial-delay = '1s' }", "probes.PROBE = { path = '/', initial-delay = '2s' }", Yaml),
    (VERSIONED, "probes.PROBE.period", "probes.PROBE = { path = '/', period = '5s' }", "probes.PROBE = { path = '/', period = '6s' }", Yaml),
    (VERSIONED, "probes.PROBE.timeout", "probes.PROBE = { path = '/', timeout = '5s' }", "probes.PROBE = { path = '/', timeout = '6s' }", Yaml),
    (VERSIONED, "probes.PROBE.failure-threshold", "probes.PROBE = { path = '/', failure-threshold = 1 }", "probes.PROBE = { path = '/', failure-threshold = 2 }", Yaml),
    (VERSIONED, "probes.PROBE.success-threshold", "probes.PROBE = { path = '/' }", "probes.PROBE = { path = '/', success-threshold = 1 }", Yaml),
    (VERSIONED, "probes.readiness.success-threshold", "probes.readiness = { path = '/', success-threshold = 1 }", "probes.readiness = { path = '/', success-threshold = 2 }", Yaml),
];

/// The same for settings that a ServiceProfile cannot say.
#[rustfmt::skip]
const ROWS_OF_GATEWAY_API: &[Row] = &[
    (APP, "circuit-breaker.max-failures", "circuit-breaker = {}", "circuit-breaker = { max-failures = 5 }", Yaml),
    (APP, "circuit-breaker.min-penalty", "circuit-breaker = {}", "circuit-breaker = { min-penalty = '5s' }", Yaml),
    (APP, "circuit-breaker.max-penalty", "circuit-breaker = {}", "circuit-breaker = { max-penalty = '5s' }", Yaml),
    (APP, "routes.*.idle-timeout", "routes.x = { get = '/', idle-timeout = '1s' }", "routes.x = { get = '/', idle-timeout = '2s' }", Yaml),
    (APP, "routes.*.retry.limit", "routes.x = { get = '/', retry = { limit = 1 } }", "routes.x = { get = '/', retry = { limit = 2 } }", Yaml),
    (APP, "routes.*.retry.timeout", "routes.x = { get = '/', retry = { timeout = '1s' } }", "routes.x = { get = '/', retry = { timeout = '2s' } }", Yaml),
    (ROOT, "services.*.host", "services.out = { host = 'a.example.com', port = 80 }\njobs.j.calls = ['out']", "services.out = { host = 'b.example.com', port = 80 }\njobs.j.calls = ['out']", Yaml),
    (MODEL, "variants.*.version", "variants.b = { version = 'v1', when = { header = 'x-a', is = 'b' } }", "variants.b = { version = 'v2', when = { header = 'x-a', is = 'b' } }", Yaml),
    (MODEL, "variants.*.when.header", "variants.b = { version = 'v2', when = { header = 'x-a', is = 'b' } }", "variants.b = { version = 'v2', when = { header = 'x-b', is = 'b' } }", Yaml),
    (MODEL, "variants.*.when.is", "variants.b = { version = 'v2', when = { header = 'x-a', is = 'b' } }", "variants.b = { version = 'v2', when = { header = 'x-a', is = 'c' } }", Yaml),
];

/// The same for what only Istio does.
#[rustfmt::skip]
const ROWS_OF_ISTIO: &[Row] = &[
    (MODEL, "mirror.version", "mirror.version = 'v1'", "mirror.version = 'v2'", Yaml),
    (MODEL, "mirror.share", "mirror = { version = 'v2', share = '10%' }", "mirror = { version = 'v2', share = '20%' }", Yaml),
];

const METHODS: [&str; 8] = ["get", "head", "post", "put", "patch", "delete", "options", "any"];
const PROBES: [&str; 3] = ["startup", "liveness", "readiness"];

/// One setting in one table of the world.
#[derive(Debug)]
struct Setting {
    key: String,
    before: Table,
    after: Table,
    shows: Shows,
}

fn settings() -> Vec<Setting> {
    let on = |traffic: &'static str, rows: &'static [Row]| rows.iter().map(move |row| (traffic, row));
    let rows = on("profile", ROWS).chain(on("gateway-api", ROWS_OF_GATEWAY_API)).chain(on("istio", ROWS_OF_ISTIO));
    let mut settings = Vec::new();
    for (traffic, (tables, key, before, after, shows)) in rows {
        let words =
            [("METHOD", METHODS.as_slice()), ("PROBE", PROBES.as_slice())].into_iter().find(|(word, _)| key.contains(word));
        let (word, each) = words.unwrap_or(("NOTHING", &[""]));
        for ((table, path), one) in tables.iter().flat_map(|table| each.iter().map(move |one| (table, one))) {
            let world = |text: &str| {
                let mut world = world_with(table, &text.replace(word, one));
                if traffic != "profile" {
                    lay(&mut world, format!("cluster = {{ traffic = '{traffic}', gateway-api = '1.2' }}").parse().unwrap());
                }
                world
            };
            let key = format!("{path}.{}", key.replace(word, one)).trim_start_matches('.').to_owned();
            settings.push(Setting { key, before: world(before), after: world(after), shows: *shows });
        }
    }
    settings
}

/// The world with some lines laid over one of its tables.
fn world_with(table: &str, lines: &str) -> Table {
    let mut world: Table = WORLD.parse().unwrap();
    let mut at = &mut world;
    for name in table.split('.').filter(|name| !name.is_empty()) {
        at = at.entry(name).or_insert_with(|| Table::new().into()).as_table_mut().unwrap();
    }
    lay(at, lines.parse().unwrap());
    world
}

fn lay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay(under, over),
            (_, value) => drop(under.insert(key, value)),
        }
    }
}

/// The paths at which two tables differ, in the language's words: the names of tables that a person
/// names are `*`.
fn differences(before: &Value, after: &Value, at: &str, keys: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    let nothing = Value::Table(Table::new());
    let below = |at: &str, name: &str| match at {
        "" => name.to_owned(),
        _ if keys.contains(&format!("{at}.{name}")) => format!("{at}.{name}"),
        _ => format!("{at}.*"),
    };
    match (before, after) {
        (Value::Table(before), Value::Table(after)) => {
            for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
                let value = |table: &Table| table.get(name).cloned();
                let sides = match (value(before), value(after)) {
                    (Some(before), Some(after)) => (before, after),
                    (before, after) => (before.unwrap_or(nothing.clone()), after.unwrap_or(nothing.clone())),
                };
                differences(&sides.0, &sides.1, &below(at, name), keys, found);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() && before.iter().all(Value::is_table) => {
            before.iter().zip(after).for_each(|(one, other)| differences(one, other, &format!("{at}.[]"), keys, found));
        }
        _ if before == after => {}
        _ => drop(found.insert(at.to_owned())),
    }
}

/// Every key of the language, as the schema has it: `*` stands for the name that a person gives.
#[derive(Default)]
struct Language {
    all: BTreeSet<String>,
    /// Those that take more than a table, and so are settings.
    settings: BTreeSet<String>,
}

impl Language {
    fn of(schema: &Schema) -> Self {
        let mut language = Self::default();
        language.walk(schema, schema, "");
        language
    }

    fn walk(&mut self, root: &Schema, at: &Schema, path: &str) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if !path.is_empty() {
            self.all.insert(path.to_owned());
        }
        if let Some(definition) = at["$ref"].as_str() {
            self.walk(root, root.pointer(definition.trim_start_matches('#')).unwrap(), path);
        }
        for each in ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| at[*key].as_array()).flatten() {
            self.walk(root, each, path);
        }
        for (key, value) in at["properties"].as_object().into_iter().flatten() {
            self.walk(root, value, &below(key));
        }
        if at["additionalProperties"].is_object() {
            self.walk(root, &at["additionalProperties"], &below("*"));
        }
        match at["type"].as_str() {
            Some("array") if Self::takes_tables(root, &at["items"]) => self.walk(root, &at["items"], &below("[]")),
            Some("object") => {}
            None if at["const"].is_null() => {}
            _ => drop(self.settings.insert(path.to_owned())),
        }
    }

    fn takes_tables(root: &Schema, at: &Schema) -> bool {
        match at["$ref"].as_str() {
            Some(definition) => Self::takes_tables(root, root.pointer(definition.trim_start_matches('#')).unwrap()),
            None => at["type"] == "object",
        }
    }
}

#[test]
fn every_key_of_the_language_has_a_row() {
    let language = Language::of(&mlmesh::schema());
    assert!(language.settings.len() > 150, "the schema was not read: {:?}", language.settings);
    let rows: BTreeSet<String> = settings().into_iter().map(|setting| setting.key).collect();
    let without: Vec<_> = language.settings.difference(&rows).collect();
    assert!(without.is_empty(), "settings without a row: {without:#?}");
    let unknown: Vec<_> = rows.difference(&language.settings).collect();
    assert!(unknown.is_empty(), "rows of settings that the schema does not have: {unknown:#?}");
}

#[test]
fn a_row_changes_the_setting_that_it_says() {
    let rows = settings();
    let language = Language::of(&mlmesh::schema());
    let keys: BTreeSet<String> = rows.iter().map(|row| row.key.clone()).chain(language.all).collect();
    for Setting { key, before, after, .. } in rows {
        let mut found = BTreeSet::new();
        differences(&before.into(), &after.into(), "", &keys, &mut found);
        assert!(found.contains(&key), "{key}: the row changes {found:?}");
    }
}

#[test]
fn every_setting_matters() {
    let mut silent = Vec::new();
    for Setting { key, before, after, shows } in settings() {
        let texts = [before, after].map(|table| toml::to_string(&table).unwrap());
        let [one, other] = [&texts[0], &texts[1]].map(|text| analysis(text));
        assert!(one.checked().is_some(), "{key}, before: {}\n{}", short(&one), texts[0]);
        let legal = matches!(shows, Report(_)) || other.checked().is_some();
        assert!(legal, "{key}, after: {}\n{}", short(&other), texts[1]);
        let differs = match shows {
            Yaml => stream(&one) != stream(&other),
            Report(code) => codes(&one).contains(&code) != codes(&other).contains(&code),
            Status => {
                answer(&["rollout", "status", "r", "--file", "-"], &texts[0])
                    != answer(&["rollout", "status", "r", "--file", "-"], &texts[1])
            }
            Folder => folders(&texts[0]) != folders(&texts[1]),
        };
        if !differs {
            silent.push((key, shows));
        }
    }
    assert!(silent.is_empty(), "settings that change nothing: {silent:#?}");
}

/// What a command answers to a manifest.
fn answer(arguments: &[&str], manifest: &str) -> String {
    let mut child = mlmesh(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The folders that a render makes.
fn folders(manifest: &str) -> Vec<PathBuf> {
    let home = tempfile::tempdir().unwrap();
    let manifest_path = home.path().join("mlops.toml");
    fs::write(&manifest_path, manifest).unwrap();
    assert!(mlmesh(&["render", "--format", "short"]).current_dir(home.path()).stderr(Stdio::null()).status().unwrap().success());
    let entries = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).map(|path| path.strip_prefix(home.path()).unwrap().to_owned()).collect()
}

/// Settings that the world gives nothing to act on, in the table `services.s` or at the root.
#[rustfmt::skip]
const IDLE: &[(&str, &str, &str)] = &[
    ("services.s", "", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '5s' }\nroutes.retried.retry = false"),
    ("services.s", "", "routes.x = { get = '/', idempotent = true }"),
    ("services.s", "probes.liveness = { exec = ['a'] }", "probes.liveness = { exec = ['a'], port = 'extra' }"),
    ("services.s", "callers = []\nroutes.retried.callers = ['friend']", "callers = ['friend']\nroutes.retried.callers = ['friend']"),
    ("namespaces.other", "inject = false", "inject = false\ninbound = 'deny'"),
    ("namespaces.other", "manage = false", "manage = false\nlabels.team = 'a'"),
    ("", "jobs.once = { namespace = 'ns', image = 'r/o:1' }", "jobs.once = { namespace = 'ns', image = 'r/o:1', time-zone = 'Asia/Tokyo' }"),
    ("", "jobs.once = { namespace = 'ns', image = 'r/o:1' }", "jobs.once = { namespace = 'ns', image = 'r/o:1', concurrency-policy = 'forbid' }"),
];

#[test]
fn a_setting_with_nothing_to_act_on_is_reported() {
    let mut silent = Vec::new();
    for (table, before, after) in IDLE {
        let [one, other] = [before, after].map(|lines| analysis(&toml::to_string(&world_with(table, lines)).unwrap()));
        assert!(one.checked().is_some(), "{before}: {}", short(&one));
        if stream(&one) == stream(&other) && short(&one) == short(&other) {
            silent.push(*after);
        }
    }
    assert!(silent.is_empty(), "settings that do nothing, and nobody says so: {silent:#?}");
}

// ---- no input is too much ----

/// Reads, renders and reports, as every command does, and holds what must hold of any text at all.
fn endure(text: &str) {
    let analysis = analysis(text);
    for format in [Format::Human, Format::Short, Format::Json] {
        let report = render_report(analysis.report(), analysis.sources(), format);
        assert_eq!(report.is_empty(), analysis.report().diagnostics().is_empty());
    }
    let errors = analysis.report().count(Severity::Error);
    assert_eq!(analysis.checked().is_some(), errors == 0, "either YAML or an error");
    if let Some(checked) = analysis.checked() {
        let mut paths = BTreeSet::new();
        checked.walk(&mut |path, yaml| {
            assert!(stays_inside(path), "{path}");
            assert!(paths.insert(path.to_owned()), "two objects at {path}");
            assert!(yaml.starts_with("# Generated by mlmesh") && yaml.ends_with('\n'));
        });
        assert_eq!(stream(&analysis).matches("---\n# Generated by mlmesh").count(), paths.len());
    }
}

fn stays_inside(path: &str) -> bool {
    let named = |part: Component<'_>| matches!(part, Component::Normal(_));
    Path::new(path).components().all(named) && !path.contains(['\\', '\0', '\n']) && !path.contains("//")
}

/// What broken texts and hostile ones are made of.
const SCRAPS: &[&str] = &[
    "",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    ",",
    ".",
    "..",
    "/",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{1f980}",
    "é",
    "\u{202e}",
    "\u{2028}",
    "-",
    "-1",
    "0",
    "99999999999999999999",
    "4294967296",
    "1e999",
    "nan",
    "inf",
    "true",
    "1979-05-27",
    "\"\"",
    "{}",
    "[]",
    "\"..\"",
    "\"/etc\"",
    "$(A)",
    "$$",
    "\\u0000",
    "{x*}",
    "(?=a)",
    "a{1,1000}",
    "%2F",
    "*",
    "x",
];

fn mutant(seeds: &[String], dice: &mut Dice) -> String {
    let text = &seeds[dice.below(seeds.len())];
    if dice.below(2) == 0 { by_bytes(text, dice) } else { by_lines(text, seeds, dice) }
}

fn by_bytes(text: &str, dice: &mut Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(6)).min(bytes.len());
        match dice.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, SCRAPS[dice.below(SCRAPS.len())].bytes())),
            2 => drop(bytes.splice(at..end, SCRAPS[dice.below(SCRAPS.len())].bytes())),
            _ if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            _ => bytes.truncate(at / 2),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn by_lines(text: &str, seeds: &[String], dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(lines.len() + 1);
        let other = seeds[dice.below(seeds.len())].lines().nth(dice.below(20)).unwrap_or_default().to_owned();
        match (dice.below(5), lines.get_mut(at)) {
            (0, Some(_)) => drop(lines.remove(at)),
            (1, Some(line)) => *line = line.split('=').next().unwrap().to_owned() + "= " + SCRAPS[dice.below(SCRAPS.len())],
            (2, Some(line)) => *line = format!("{line}{}", SCRAPS[dice.below(SCRAPS.len())]),
            (3, Some(line)) => *line = other,
            _ => lines.insert(at.min(lines.len()), other),
        }
    }
    lines.join(if dice.below(8) == 0 { "\r\n" } else { "\n" })
}

#[test]
fn no_text_is_too_much() {
    const MUTANTS: usize = 5000;
    let seeds: Vec<String> = manifests().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut dice = Dice(0x6d6c_6d65_7368);
    seeds.iter().for_each(|seed| endure(seed));
    for number in 0..MUTANTS {
        let text = mutant(&seeds, &mut dice);
        let endured = catch_unwind(AssertUnwindSafe(|| endure(&text)));
        assert!(endured.is_ok(), "mutant {number} is\n{text:?}\n{text}");
    }
}

#[test]
fn no_prefix_of_a_text_is_too_much() {
    let (_, text) = examples().into_iter().find(|(name, _)| name.ends_with("callers")).unwrap();
    for (end, _) in text.char_indices() {
        let endured = catch_unwind(AssertUnwindSafe(|| endure(&text[..end])));
        assert!(endured.is_ok(), "the first {end} bytes of an example");
    }
}

#[test]
fn no_nesting_is_too_deep() {
    for (open, close) in [("[", "]"), ("{ a = ", " }")] {
        let text = format!("a = {}1{}", open.repeat(20_000), close.repeat(20_000));
        assert!(analysis(&text).report().has_errors());
    }
    assert!(analysis(&format!("{}a = 1", "a.".repeat(20_000))).report().has_errors());
    assert!(analysis(&format!("[{}a]", "a.".repeat(20_000))).report().has_errors());
}

// ---- names ----

/// Names that would lead somewhere else, or that no file and no object can have.
fn bad_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "",
        ".",
        "..",
        "../..",
        "/etc",
        "a/b",
        "a\\b",
        "..\\a",
        "C:",
        "c:\\a",
        "a\nb",
        "a\0b",
        "é",
        "ａ",
        "\u{202e}a",
        "A",
        "a b",
        "a.",
        "-a",
        "a-",
        "~",
        "$HOME",
        "*",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("a".repeat(300));
    names
}

/// A manifest that is right when `NAME` is a good name.
const NAMED: &[(&str, &str)] = &[
    ("a namespace", "[namespaces.NAME]\n[models.m]\nnamespace = NAME\nport = 80\nversions.v1.image = 'r/i:1'\n"),
    ("a model", "[namespaces.ns]\n[models.NAME]\nnamespace = 'ns'\nport = 80\nversions.v1.image = 'r/i:1'\n"),
    ("a service", "[namespaces.ns]\n[services.NAME]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\n"),
    ("a job", "[namespaces.ns]\n[jobs.NAME]\nnamespace = 'ns'\nimage = 'r/i:1'\n"),
    (
        "an identity",
        "[namespaces.ns]\n[identities.NAME]\nnamespace = 'edge'\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\ncallers = [NAME]\n",
    ),
    ("a version", "[namespaces.ns]\n[models.m]\nnamespace = 'ns'\nport = 80\nversions.NAME.image = 'r/i:1'\n"),
    ("a port", "[namespaces.ns]\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\nports.NAME.port = 81\n"),
    (
        "a route",
        "[namespaces.ns]\n[services.s]\nnamespace = 'ns'\nport = 80\nimage = 'r/i:1'\ncallers = []\nroutes.NAME = { get = '/', callers = [] }\n",
    ),
];

fn with_name(manifest: &str, name: &str) -> String {
    let quoted = Value::String(name.to_owned()).to_string();
    let quoted =
        if quoted.starts_with("'''") || quoted.starts_with("\"\"\"") { serde_json::to_string(name).unwrap() } else { quoted };
    format!("[cluster]\ntraffic = 'smi'\n{}", manifest.replace("NAME", &quoted))
}

#[test]
fn a_name_that_is_good_is_taken_everywhere() {
    for (what, manifest) in NAMED {
        let analysis = analysis(&with_name(manifest, "good-1"));
        assert!(analysis.checked().is_some(), "{what}: {}", short(&analysis));
    }
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_an_error_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let inner = home.path().join("a/b/c");
    fs::create_dir_all(&inner).unwrap();
    let mut wrong = Vec::new();
    for (what, manifest) in NAMED {
        for name in bad_names() {
            let text = with_name(manifest, &name);
            assert!(text.parse::<Table>().is_ok(), "the test writes TOML: {text}");
            fs::write(inner.join("mlops.toml"), text).unwrap();
            let output = mlmesh(&["render", "--format", "short"]).current_dir(&inner).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let line_each = said.lines().all(|line| line.starts_with("mlops.toml:"));
            if output.status.code() != Some(1) || !said.contains("error[") || !line_each {
                wrong.push(format!("{what} called {name:?}: {said:?}"));
            }
            let files: Vec<_> = tree(home.path()).into_keys().collect();
            if files != [inner.join("mlops.toml")] {
                wrong.push(format!("{what} called {name:?} writes {files:?}"));
                fs::remove_dir_all(inner.join("deploy")).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_every_example_stays_inside_its_folder() {
    for (name, text) in examples() {
        analysis(&text).checked().unwrap().walk(&mut |path, _| assert!(stays_inside(path), "{name}: {path}"));
    }
}

// ---- three defects, three reports ----

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
const BESIDE: &[&str] = &["closed-routes", "unmeshed-caller", "weaker-setting"];

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

/// One, two and three defects that stand in different lines, the codes that they should give, and those
/// that they give. Of what `wrong` finds only the smallest is named.
fn hold(defects: &[Defect], wrong: impl Fn(&[&str], &[&str]) -> bool) {
    let (mut smallest, mut held): (Vec<(Vec<usize>, String)>, usize) = (Vec::new(), 0);
    for together in up_to_three(defects.len()) {
        let chosen: Vec<Defect> = together.iter().map(|at| defects[*at]).collect();
        let Some((expected, found)) = found(&chosen) else { continue };
        held += 1;
        if wrong(&expected, &found) && !smallest.iter().any(|(known, _)| known.iter().all(|one| together.contains(one))) {
            let written: Vec<_> = chosen.iter().map(|(from, to, _)| format!("{from:?} -> {to:?}")).collect();
            smallest.push((together, format!("{}: expected {expected:?}, found {found:?}", written.join(" and "))));
        }
    }
    let said: Vec<String> = smallest.into_iter().map(|(_, said)| said).collect();
    assert!(held > 100 && said.is_empty(), "{} of {held}:\n{}", said.len(), said.join("\n"));
}

/// Whether more is reported than there is.
fn has_followers(expected: &[&str], found: &[&str]) -> bool {
    let count = |codes: &[&str], code: &str| codes.iter().filter(|one| **one == code).count();
    found.iter().any(|code| count(found, code) > count(expected, code))
}

/// Whether something is not reported.
fn is_short(expected: &[&str], found: &[&str]) -> bool {
    has_followers(found, expected)
}

/// Every one, every two, then many a three numbers below a bound.
fn up_to_three(bound: usize) -> impl Iterator<Item = Vec<usize>> {
    let twos = move || (0..bound).flat_map(move |a| (a + 1..bound).map(move |b| vec![a, b]));
    let threes = twos().flat_map(move |two| (two[1] + 1..bound).map(move |c| vec![two[0], two[1], c]));
    (0..bound).map(|one| vec![one]).chain(twos()).chain(threes.step_by(1 + bound / 4))
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
fn three_defects_of_meaning_have_no_followers() {
    hold(DEFECTS, has_followers);
}

#[test]
fn three_defects_of_meaning_are_all_reported() {
    hold(DEFECTS, is_short);
}

#[test]
fn three_defects_of_syntax_have_no_followers() {
    hold(BROKEN, has_followers);
}

#[test]
fn three_defects_of_syntax_are_all_reported() {
    hold(BROKEN, is_short);
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
