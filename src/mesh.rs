//! The mesh as it is meant: every name bound to what bears it, every default set, every rollout at its
//! step. The words are the language's; what any target makes of them is not known here. A value keeps
//! the place where it was written, so that a check can point at it.

pub(crate) mod access;
mod directory;
pub(crate) mod names;
mod resolve;
mod routes;
mod split;
pub(crate) mod uses;
mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::manifest::{
    Amount, CronPolicy, Duration, InboundPolicy, Method, Path, Piece, PodSecurity, PortNumbers, Protocol, Quantity,
    RetryCondition, Share, Traffic, Version as MinorVersion,
};
pub(crate) use resolve::resolve;

use crate::diagnostic::Code;
use crate::spanned::{Span, Spanned};

/// Every code that resolving can raise, one list for each file.
pub(crate) static ALL_CODES: &[&[&Code]] =
    &[directory::CODES, names::CODES, access::CODES, routes::CODES, split::CODES, workload::CODES, resolve::CODES];

/// A mesh, in alphabetical order throughout.
#[derive(Debug)]
pub struct Mesh {
    /// What the manifest is called.
    pub source: String,
    /// What the output must be accepted by.
    pub cluster: Cluster,
    /// The namespaces that the manifest names.
    pub namespaces: Vec<Arc<Namespace>>,
    /// Models and services.
    pub apps: Vec<App>,
    /// What runs to completion.
    pub jobs: Vec<Job>,
}

impl Mesh {
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
    /// The names above and of identities, where they were written.
    pub written_names: Vec<Spanned<String>>,
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
pub type Labels = BTreeMap<Spanned<String>, Spanned<String>>;

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
    /// Whom it calls.
    pub calls: Vec<Call>,
    /// Its versions; a service has one, without a key.
    pub versions: Vec<Version>,
    /// The key of the version that takes requests of callers that know no split.
    pub stable: Option<String>,
    /// How requests are split; `None`: they all go to the stable version.
    pub split: Option<Split>,
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

    /// All probes of all versions, each once.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.versions.iter().flat_map(|version| version.scale.probes.iter())
    }
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
}

/// Who may call.
#[derive(Debug)]
pub enum Access {
    /// Whom the namespace admits.
    Inbound(InboundPolicy),
    /// These and nobody else.
    Only(Spanned<Vec<Caller>>),
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
    /// When a failed request is tried again.
    pub retry: Option<Spanned<Retry>>,
    /// Whether trying again does no harm, where that was written.
    pub idempotent: Option<Spanned<bool>>,
    /// Who may call it, where it says so itself.
    pub callers: Option<Access>,
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug)]
pub struct Retry {
    /// The statuses that count as failed; left out: every 5xx.
    pub on: Option<Spanned<Vec<RetryCondition>>>,
    /// How often; left out: once.
    pub limit: Option<Spanned<u32>>,
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

/// What a pod runs.
#[derive(Debug)]
pub struct Pod {
    /// The image.
    pub image: Spanned<String>,
    /// The command, in place of the image's.
    pub command: Vec<String>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment variables; one that refers to others comes behind them.
    pub env: Vec<(Spanned<String>, Spanned<EnvValue>)>,
    /// What is set aside, by resource.
    pub requests: BTreeMap<Spanned<String>, Spanned<Quantity>>,
    /// What may be used at most, by resource.
    pub limits: BTreeMap<Spanned<String>, Spanned<Quantity>>,
    /// Further labels.
    pub labels: Labels,
    /// Further annotations.
    pub annotations: Labels,
    /// Whether the security context of the restricted level is set.
    pub restricted: bool,
    /// The user id, where it was written.
    pub run_as_user: Option<Spanned<u32>>,
}

pub use crate::manifest::EnvValue;

/// How many pods there are, and when they are ready.
#[derive(Debug)]
pub struct Scale {
    /// How many.
    pub replicas: Replicas,
    /// How many are replaced at a time.
    pub rolling_update: Option<RollingUpdate>,
    /// Its probes: startup, liveness, readiness.
    pub probes: Vec<Probe>,
}

/// How many pods there are.
#[derive(Debug)]
pub enum Replicas {
    /// So many.
    Fixed(u32),
    /// By their load.
    Auto(Autoscale),
}

impl Replicas {
    /// How many there are at least.
    #[must_use]
    pub fn least(&self) -> u32 {
        match self {
            Self::Fixed(replicas) => *replicas,
            Self::Auto(autoscale) => autoscale.min.value,
        }
    }
}

/// How many pods, by their load.
#[derive(Clone, Copy, Debug)]
pub struct Autoscale {
    /// At least so many.
    pub min: Spanned<u32>,
    /// At most so many.
    pub max: Spanned<u32>,
    /// The share of the requested CPU that the app's own container should use.
    pub cpu: Spanned<Share>,
}

/// How many pods are replaced at a time.
#[derive(Clone, Copy, Debug)]
pub struct RollingUpdate {
    /// So many may be added meanwhile.
    pub max_surge: Option<Spanned<Amount>>,
    /// So many may be missing meanwhile.
    pub max_unavailable: Option<Spanned<Amount>>,
}

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeKind {
    /// Until it succeeds, the others wait.
    Startup,
    /// Where it fails, the container is restarted.
    Liveness,
    /// While it fails, the pod gets no requests.
    Readiness,
}

/// A probe.
#[derive(Debug)]
pub struct Probe {
    /// What it is for.
    pub kind: ProbeKind,
    /// Where it stands.
    pub span: Span,
    /// What it does.
    pub handler: Handler,
    /// The container's port that it asks; for a command, the main one.
    pub port: u16,
    /// How long after the start the first one comes.
    pub initial_delay: Option<Spanned<Duration>>,
    /// How often it comes.
    pub period: Option<Spanned<Duration>>,
    /// How long one may take.
    pub timeout: Option<Spanned<Duration>>,
    /// How many in a row must fail.
    pub failure_threshold: Option<Spanned<u32>>,
    /// How many in a row must succeed.
    pub success_threshold: Option<Spanned<u32>>,
}

/// What a probe does.
#[derive(Clone, Debug)]
pub enum Handler {
    /// An HTTP GET of this path.
    Http(Spanned<String>),
    /// This command.
    Exec(Vec<String>),
    /// The gRPC health check of this service.
    Grpc(String),
    /// A TCP connect.
    Tcp,
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
