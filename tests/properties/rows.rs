//! Every setting of the language: where it stands, two values of it, and where their difference shows.

/// A mesh in which every setting has something to act on.
pub(crate) const WORLD: &str = r#"
[cluster]
kubernetes = "1.33"
linkerd = "2.20"
traffic = "profile"
inbound = "all-unauthenticated"
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
pub(crate) enum Shows {
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
pub(crate) type Tables = &'static [(&'static str, &'static str)];

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
pub(crate) type Row = (Tables, &'static str, &'static str, &'static str, Shows);

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    (ROOT, "edition", "edition = 1", "edition = 2", Report("unsupported-edition")),
    (ROOT, "expect.can", "expect.can = ['friend -> guarded.secret']", "expect.can = ['meshed -> guarded.secret']", Report("expectation-failed")),
    (ROOT, "expect.cannot", "expect.cannot = ['meshed -> guarded.secret']", "expect.cannot = ['friend -> guarded.secret']", Report("expectation-failed")),
    (ROOT, "expect.timeout.*", "services.s.routes.slow = { get = '/slow', timeout = '5s' }\nexpect.timeout.'friend -> s.slow' = '5s'", "services.s.routes.slow = { get = '/slow', timeout = '5s' }\nexpect.timeout.'friend -> s.slow' = '6s'", Report("expectation-failed")),
    (ROOT, "expect.weight.*", "expect.weight.'m.v1' = 100", "expect.weight.'m.v1' = 50", Report("expectation-failed")),
    (ROOT, "lints.*", "lints.floating-tag = 'warn'", "lints.floating-tag = { level = 'allow', reason = 'a' }", Report("unused-allowance")),
    (ROOT, "lints.*.level", "lints.floating-tag = { level = 'warn' }", "lints.floating-tag = { level = 'allow', reason = 'a' }", Report("unused-allowance")),
    (ROOT, "lints.*.reason", "lints.floating-tag = { level = 'allow', reason = 'a' }", "lints.floating-tag = { level = 'allow', reason = '' }", Report("missing-key")),
    (ROOT, "output.dir", "output.dir = 'here'", "output.dir = 'there'", Folder),
    (ROOT, "output.keep", "output.keep = ['x.yaml']", "output.keep = ['.gitattributes']", Folder),
    (ROOT, "models.*.client-retries", "services.s.routes.x = { get = '/x', retry.limit = 3 }\nmodels.m.calls = ['s.x']", "services.s.routes.x = { get = '/x', retry.limit = 3 }\nmodels.m.calls = ['s.x']\nmodels.m.client-retries = 1", Report("retries-multiply")),
    (ROOT, "services.*.client-retries", "models.m.routes.x = { get = '/x', retry.limit = 3 }\nservices.s.calls = ['m.x']", "models.m.routes.x = { get = '/x', retry.limit = 3 }\nservices.s.calls = ['m.x']\nservices.s.client-retries = 1", Report("retries-multiply")),
    (ROOT, "jobs.*.client-retries", "services.s.routes.x = { get = '/x', retry.limit = 3 }\njobs.j.calls = ['s.x']", "services.s.routes.x = { get = '/x', retry.limit = 3 }\njobs.j.calls = ['s.x']\njobs.j.client-retries = 1", Report("retries-multiply")),
    (CLUSTER, "kubernetes", "kubernetes = '1.30'", "kubernetes = '1.29'", Yaml),
    (CLUSTER, "linkerd", "linkerd = '2.20'", "linkerd = '2.19'", Yaml),
    (CLUSTER, "traffic", "traffic = 'profile'", "traffic = 'smi'", Yaml),
    (CLUSTER, "gateway-api", "", "gateway-api = '1.2'", Yaml),
    (CLUSTER, "domain", "domain = 'a.example.com'", "domain = 'b.example.com'", Yaml),
    (CLUSTER, "trust-domain", "", "trust-domain = 'far.example.com'", Yaml),
    (CLUSTER, "control-plane-namespace", "", "control-plane-namespace = 'mesh'", Yaml),
    (CLUSTER, "inbound", "", "inbound = 'deny'", Report("nobody-may-call")),
    (ROOT, "cluster.networks", "cluster.networks = ['192.168.0.0/16']\nexpect.cannot = ['unmeshed -> guarded.known']", "cluster.networks = ['10.0.0.0/16']\nexpect.cannot = ['unmeshed -> guarded.known']", Report("expectation-failed")),
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
    (APP, "protocol", "protocol = 'http1'\ncallers = []", "protocol = 'http2'\ncallers = []", Yaml),
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
    (APP, "ports.*.protocol", "ports.extra = { protocol = 'grpc', callers = [] }", "ports.extra = { protocol = 'http2', callers = [] }", Yaml),
    (APP, "ports.*.callers", "ports.extra.callers = ['friend']", "ports.extra.callers = []", Yaml),
    (APP, "routes.*.METHOD", "routes.x.METHOD = '/a'", "routes.x.METHOD = '/b'", Yaml),
    (APP, "routes.*.METHOD.regex", "routes.x.METHOD.regex = '/a.*'", "routes.x.METHOD.regex = '/b.*'", Yaml),
    (APP, "routes.*.grpc", "routes.x.grpc = 'a.B/C'", "routes.x.grpc = 'a.B/D'", Yaml),
    (APP, "routes.*.timeout", "routes.x = { get = '/', timeout = '1s' }", "routes.x = { get = '/', timeout = '2s' }", Yaml),
    (APP, "routes.*.retry", "routes.x = { get = '/', retry = false }", "routes.x = { get = '/', retry = true }", Yaml),
    (APP, "routes.*.retry.on", "routes.x = { get = '/', retry.on = ['503'] }", "routes.x = { get = '/', retry.on = ['gateway-error'] }", Yaml),
    (APP, "routes.*.retry.limit", "routes.x = { get = '/', retry = {} }", "routes.x = { get = '/', retry.limit = 2 }", Report("weaker-setting")),
    (APP, "routes.*.idempotent", "routes.x = { post = '/do', retry = true, idempotent = true }", "routes.x = { post = '/do', retry = true, idempotent = false }", Report("retried-post")),
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
pub(crate) const ROWS_OF_GATEWAY_API: &[Row] = &[
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
pub(crate) const ROWS_OF_ISTIO: &[Row] = &[
    (MODEL, "mirror.version", "mirror.version = 'v1'", "mirror.version = 'v2'", Yaml),
    (MODEL, "mirror.share", "mirror = { version = 'v2', share = '10%' }", "mirror = { version = 'v2', share = '20%' }", Yaml),
];
