//! The mesh as it is meant: every name bound to what bears it, every default set, every rollout at its
//! step. The words are the language's; what any target makes of them is not known here. A value keeps
//! the place where it was written, so that a check can point at it.

pub(crate) mod access;
mod directory;
pub(crate) mod graph;
mod limits;
pub(crate) mod names;
pub(crate) mod pairs;
mod pod;
mod resolve;
mod routes;
mod split;
pub(crate) mod uses;
mod variants;
mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use crate::manifest::{
    Amount, CronPolicy, Duration, EnvValue, InboundPolicy, Method, Named, Path, Piece, PodSecurity, PortNumbers, Protocol,
    Quantity, Rate, RetryCondition, Share, Traffic, Tries, Version as MinorVersion,
};
pub use pod::{Autoscale, Handler, Pod, Probe, ProbeKind, Replicas, RollingUpdate, Scale};
pub(crate) use resolve::resolve;

use crate::diagnostic::Code;
use crate::spanned::{Span, Spanned};
use crate::upstream::overlap::Expression;

/// Every code that resolving can raise, one list for each file.
pub(crate) static ALL_CODES: &[&[&Code]] = &[
    directory::CODES,
    limits::CODES,
    names::CODES,
    access::CODES,
    routes::CODES,
    split::CODES,
    variants::CODES,
    workload::CODES,
    resolve::CODES,
];

/// A mesh, in alphabetical order throughout.
#[derive(Debug)]
pub struct Mesh {
    /// What the manifest is called.
    pub source: String,
    /// What the output must be accepted by.
    pub cluster: Cluster,
    /// The namespaces that the manifest names.
    pub namespaces: Vec<Arc<Namespace>>,
    /// Callers that are deployed elsewhere.
    pub identities: Vec<Caller>,
    /// Models and services.
    pub apps: Vec<App>,
    /// What runs to completion.
    pub jobs: Vec<Job>,
    /// Services outside of the cluster.
    pub outside: Vec<Outside>,
}

impl Mesh {
    /// The model or service of this name.
    #[must_use]
    pub fn app(&self, name: &str) -> Option<&App> {
        let at = self.apps.binary_search_by(|app| app.name.as_str().cmp(name)).ok()?;
        Some(&self.apps[at])
    }

    /// Everything that takes requests, here and outside.
    pub fn callees(&self) -> impl Iterator<Item = &App> + Clone {
        self.apps.iter().chain(self.outside.iter().map(|outside| &outside.app))
    }

    /// The namespaces from which something with a proxy calls a name.
    #[must_use]
    pub fn namespaces_calling(&self, callee: &str) -> Vec<&Namespace> {
        let of_apps = self.apps.iter().filter(|app| app.all_calls().any(|call| call.callee == callee)).map(|app| &app.namespace);
        let of_jobs = self.jobs.iter().filter(|job| job.calls.iter().any(|call| call.callee == callee)).map(|job| &job.namespace);
        let calling = of_apps.chain(of_jobs).filter(|namespace| namespace.inject);
        let by_name: BTreeMap<&str, &Namespace> = calling.map(|namespace| (namespace.name.as_str(), &**namespace)).collect();
        by_name.into_values().collect()
    }

    /// What every pod runs.
    pub fn pods(&self) -> impl Iterator<Item = &Pod> {
        let versions = self.apps.iter().flat_map(|app| &app.versions).map(|version| &version.pod);
        versions.chain(self.jobs.iter().map(|job| &job.pod))
    }
}

/// What the output must be accepted by.
#[derive(Debug)]
pub struct Cluster {
    /// The Kubernetes version.
    pub kubernetes: Spanned<MinorVersion>,
    /// The Linkerd version.
    pub linkerd: Spanned<MinorVersion>,
    /// The API that carries weights, timeouts and retries.
    pub traffic: Spanned<Traffic>,
    /// The Gateway API whose CRDs are installed, if they are.
    pub gateway_api: Option<Spanned<MinorVersion>>,
    /// The DNS domain.
    pub domain: String,
    /// The trust domain of identities.
    pub trust_domain: String,
    /// The namespace of the mesh's control plane.
    pub control_plane_namespace: String,
    /// Whether the mesh's CNI plugin is installed.
    pub cni: bool,
    /// Settings that only Linkerd's output hangs on, where they were written.
    pub of_linkerd: Vec<Span>,
    /// The names above and of identities, where they were written.
    pub written_names: Vec<Spanned<String>>,
}

/// Whose proxies carry the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Linkerd's.
    Linkerd,
    /// Istio's.
    Istio,
}

impl Cluster {
    /// Whose proxies carry the traffic.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match self.traffic.value {
            Traffic::Smi | Traffic::Profile | Traffic::GatewayApi => Provider::Linkerd,
            Traffic::Istio => Provider::Istio,
        }
    }
}

/// A namespace.
#[derive(Debug)]
pub struct Namespace {
    /// Its name.
    pub name: Spanned<String>,
    /// Whether the Namespace object is ours.
    pub managed: bool,
    /// Whether its pods get a proxy.
    pub inject: bool,
    /// The policy of ports that name no callers, where it was written.
    pub inbound: Option<Spanned<InboundPolicy>>,
    /// The level that it enforces.
    pub pod_security: Option<Spanned<PodSecurity>>,
    /// Further labels.
    pub labels: Labels,
}

impl Namespace {
    /// The policy of ports that name no callers.
    #[must_use]
    pub fn inbound_policy(&self) -> InboundPolicy {
        self.inbound.map_or(InboundPolicy::AllUnauthenticated, |inbound| inbound.value)
    }
}

/// Labels or annotations as a person wrote them.
pub type Labels = Named<Spanned<String>>;

/// Whether an app serves a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// `[models.NAME]`.
    Model,
    /// `[services.NAME]`.
    Service,
}

/// A model or a service: what has callers.
#[derive(Debug)]
pub struct App {
    /// Whether it serves a model.
    pub kind: AppKind,
    /// Its name, and its identity.
    pub name: Spanned<String>,
    /// Where it lives.
    pub namespace: Arc<Namespace>,
    /// Its ports; the main one first.
    pub ports: Vec<Port>,
    /// What it takes on its main port, the more specific first.
    pub routes: Vec<Route>,
    /// The share of requests that retries may add.
    pub retry_budget: Option<RetryBudget>,
    /// Whom it calls, on its routes that do not say so themselves.
    pub calls: Vec<Call>,
    /// How often its client libraries try a call again.
    pub client_retries: Option<Spanned<u32>>,
    /// How many requests a second it gets when it is busiest.
    pub load: Option<Spanned<Rate>>,
    /// When a pod that keeps failing gets no requests for a while.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// Its versions; a service has one, without a key.
    pub versions: Vec<Version>,
    /// The key of the version that takes requests of callers that know no split.
    pub stable: Option<String>,
    /// How requests are split; `None`: they all go to the stable version.
    pub split: Option<Split>,
    /// The splits that a rollout goes through, from its first step to its last.
    pub steps: Vec<Split>,
    /// Requests that go to one version, whatever the split says.
    pub variants: Vec<Variant>,
    /// The version that gets copies of requests.
    pub mirror: Option<Mirror>,
}

impl App {
    /// The main port.
    #[must_use]
    pub fn main_port(&self) -> &Port {
        &self.ports[0]
    }

    /// Whether a route names callers of its own, so that every other path is refused.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.routes.iter().any(|route| route.callers.is_some())
    }

    /// Who may call a route: its own callers, or else the port's.
    #[must_use]
    pub fn access_of<'a>(&'a self, route: &'a Route) -> &'a Access {
        route.callers.as_ref().unwrap_or(&self.main_port().access)
    }

    /// Who may call, of every port and of every route that says so itself.
    pub fn accesses(&self) -> impl Iterator<Item = &Access> {
        let routes = self.routes.iter().filter_map(|route| route.callers.as_ref());
        self.ports.iter().map(|port| &port.access).chain(routes)
    }

    /// All calls that it makes, on whichever route.
    pub fn all_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().chain(self.routes.iter().filter_map(|route| route.calls.as_ref()).flatten())
    }

    /// The paths of its routes as expressions, to be held against each other.
    pub(crate) fn expressions(&self) -> Vec<Expression> {
        self.routes.iter().map(|route| Expression::new(route.path.regex())).collect()
    }

    /// The version of this key.
    #[must_use]
    pub fn version(&self, key: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.key.as_ref().is_some_and(|own| own.as_str() == key))
    }

    /// Whether the kubelet asks this route, which is then no work of the model.
    #[must_use]
    pub fn is_probed(&self, route: &Route) -> bool {
        route.method == Method::Get && self.probe_paths().any(|path| Some(path.value) == route.path.literal())
    }

    /// The paths that the kubelet asks on the main port, without their queries.
    pub fn probe_paths(&self) -> impl Iterator<Item = Spanned<&str>> {
        let main = self.main_port().numbers.container;
        self.probes().filter(move |probe| probe.port == main).filter_map(|probe| match &probe.handler {
            Handler::Http(path) => Some(Spanned::new(path.split(['?', '#']).next()?, path.span)),
            Handler::Exec(_) | Handler::Grpc(_) | Handler::Tcp => None,
        })
    }

    /// All probes of all versions, each once.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.versions.iter().flat_map(|version| version.scale.probes.iter())
    }
}

/// A service outside of the cluster: only what its callers need to know of it.
#[derive(Debug)]
pub struct Outside {
    /// Its DNS name.
    pub host: Spanned<String>,
    /// Its name, its port and its routes; it has no versions, and its namespace means nothing.
    pub app: App,
}

/// A port of an app.
#[derive(Debug)]
pub struct Port {
    /// Its name on the Service and in the container.
    pub name: Spanned<String>,
    /// Its numbers.
    pub numbers: Spanned<PortNumbers>,
    /// What is spoken on it.
    pub protocol: Spanned<Protocol>,
    /// Who may call it.
    pub access: Access,
    /// How many requests a second each pod takes on it.
    pub rate_limit: Option<RateLimit>,
}

/// Who may call.
#[derive(Debug)]
pub enum Access {
    /// Whom the namespace admits.
    Inbound(InboundPolicy),
    /// These and nobody else.
    Only(Spanned<Vec<Caller>>),
}

impl Access {
    /// Those who are named; nobody where the namespace decides.
    #[must_use]
    pub fn callers(&self) -> &[Caller] {
        match self {
            Self::Inbound(_) => &[],
            Self::Only(callers) => callers,
        }
    }
}

/// Somebody who may call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// By which name, and where it was named.
    pub name: Spanned<String>,
    /// How the mesh knows it.
    pub who: Who,
}

/// How the mesh knows a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// By its service account in this cluster.
    Account {
        /// Where the account is.
        namespace: String,
        /// The account.
        account: String,
    },
    /// As anyone in a namespace of this cluster.
    Namespace(String),
    /// By an identity of another trust domain.
    Foreign {
        /// Where the account is.
        namespace: String,
        /// The account; `None` is anyone in the namespace.
        account: Option<String>,
        /// The other trust domain.
        trust_domain: String,
    },
    /// By where it calls from: it has no identity.
    Networks(Vec<ipnet::IpNet>),
}

/// A kind of request and its terms.
#[derive(Debug)]
pub struct Route {
    /// Its name.
    pub name: Spanned<String>,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: Spanned<Path>,
    /// Whether it is a gRPC method.
    pub grpc: bool,
    /// How long a request may take, retries included.
    pub timeout: Option<Spanned<Duration>>,
    /// How long it may pass without a byte in either direction.
    pub idle_timeout: Option<Spanned<Duration>>,
    /// Whether the answer is a stream, where that was written.
    pub stream: Option<Spanned<bool>>,
    /// When a failed request is tried again.
    pub retry: Option<Spanned<Retry>>,
    /// Whether trying again does no harm, where that was written.
    pub idempotent: Option<Spanned<bool>>,
    /// The largest body of a request.
    pub max_body: Option<Spanned<Quantity>>,
    /// Who may call it, where it says so itself.
    pub callers: Option<Access>,
    /// Whom it calls, where it says so itself.
    pub calls: Option<Vec<Call>>,
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug)]
pub struct Retry {
    /// The statuses that count as failed; left out: every 5xx.
    pub on: Option<Spanned<Vec<RetryCondition>>>,
    /// How often; left out: once.
    pub limit: Option<Spanned<Tries>>,
    /// How long one try may take.
    pub timeout: Option<Spanned<Duration>>,
}

impl Retry {
    /// How often a request is tried again.
    #[must_use]
    pub fn times(&self) -> u32 {
        self.limit.map_or(1, |limit| limit.value.0)
    }

    /// The statuses that count as failed, each once.
    #[must_use]
    pub fn conditions(&self) -> BTreeSet<RetryCondition> {
        self.on.as_ref().map_or(BTreeSet::from([RetryCondition::SERVER_ERRORS]), |on| on.iter().copied().collect())
    }
}

/// The share of requests that retries may add.
#[derive(Clone, Copy, Debug)]
pub struct RetryBudget {
    /// Where it stands.
    pub span: Span,
    /// The share.
    pub ratio: Spanned<Share>,
    /// So many a second are always allowed.
    pub min_per_second: Spanned<u32>,
    /// Over how long requests are counted.
    pub ttl: Spanned<Duration>,
}

/// When a pod that keeps failing gets no requests for a while.
#[derive(Clone, Copy, Debug)]
pub struct CircuitBreaker {
    /// Where it stands.
    pub span: Span,
    /// After so many failures in a row.
    pub max_failures: u32,
    /// How long at least it then gets none.
    pub min_penalty: Duration,
    /// How long at most.
    pub max_penalty: Duration,
}

/// How many requests a second each pod takes; each pod counts by itself.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// Where it stands.
    pub span: Span,
    /// From all callers together.
    pub total: Option<Spanned<Rate>>,
    /// From each caller.
    pub per_caller: Option<Spanned<Rate>>,
    /// From these callers, in place of that.
    pub overrides: Vec<(Caller, Spanned<Rate>)>,
}

/// Requests that go to one version, by a header.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Spanned<String>,
    /// The key of the version.
    pub version: String,
    /// The header's name, in lowercase.
    pub header: Spanned<String>,
    /// What it says.
    pub is: Spanned<String>,
}

/// The version that gets copies of requests.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// Where it stands.
    pub span: Span,
    /// The key of the version.
    pub version: Spanned<String>,
    /// The share of the requests that is copied, in percent.
    pub percent: f64,
}

/// A call that an app or a job makes.
#[derive(Clone, Debug)]
pub struct Call {
    /// As written, and where.
    pub written: Spanned<String>,
    /// The app that is called.
    pub callee: String,
    /// The route or the further port; `None` is the main port as a whole.
    pub part: Option<String>,
}

/// A version of a model, or the one of a service.
#[derive(Debug)]
pub struct Version {
    /// Its key; `None` for a service.
    pub key: Option<Spanned<String>>,
    /// What its pods run.
    pub pod: Pod,
    /// How many there are, and when they are ready.
    pub scale: Scale,
}

/// How requests are split.
#[derive(Debug)]
pub struct Split {
    /// Where it was written.
    pub span: Span,
    /// Whole percent for each version that takes part, by its key; 100 together.
    pub weights: Vec<(String, Spanned<u32>)>,
}

/// What runs to completion.
#[derive(Debug)]
pub struct Job {
    /// Its name, and its identity.
    pub name: Spanned<String>,
    /// Where it lives.
    pub namespace: Arc<Namespace>,
    /// When it runs; `None`: once.
    pub schedule: Option<Schedule>,
    /// How often a failed run is tried again.
    pub backoff_limit: Option<u32>,
    /// Whom it calls.
    pub calls: Vec<Call>,
    /// How often its client libraries try a call again.
    pub client_retries: Option<Spanned<u32>>,
    /// What its pods run.
    pub pod: Pod,
}

/// When a job runs.
#[derive(Debug)]
pub struct Schedule {
    /// In cron's five fields.
    pub cron: String,
    /// In which time zone.
    pub time_zone: Option<String>,
    /// What happens when it is due and still runs.
    pub concurrency_policy: Option<CronPolicy>,
}
