//! What a version, a service or a job runs: its pod, how many there are, and when they are ready.

use crate::mesh::Labels;
use crate::spanned::{Span, Spanned};
use crate::upstream::kubernetes::GRPC_HEALTH_CHECK;
use crate::value::{Amount, Duration, EnvValue, Method, Named, Quantity, Rate, Share};

/// What a pod runs.
#[derive(Debug)]
pub(crate) struct Pod {
    /// The image.
    pub image: Spanned<String>,
    /// The command, in place of the image's.
    pub command: Vec<Spanned<String>>,
    /// Its arguments.
    pub args: Vec<Spanned<String>>,
    /// Environment variables; one that refers to others comes behind them.
    pub env: Vec<(Spanned<String>, Spanned<EnvValue>)>,
    /// What is set aside, by resource.
    pub requests: Named<Spanned<Quantity>>,
    /// What may be used at most, by resource.
    pub limits: Named<Spanned<Quantity>>,
    /// Further labels.
    pub labels: Labels,
    /// Further annotations.
    pub annotations: Labels,
    /// Whether the security context of the restricted level is set.
    pub restricted: bool,
    /// The user id, where it was written.
    pub run_as_user: Option<Spanned<u32>>,
}

/// How many pods there are, and when they are ready.
#[derive(Debug)]
pub(crate) struct Scale {
    /// How many.
    pub replicas: Replicas,
    /// How many are replaced at a time.
    pub rolling_update: Option<RollingUpdate>,
    /// How many requests a second one pod can take.
    pub capacity: Option<Spanned<Rate>>,
    /// Its probes: startup, liveness, readiness.
    pub probes: Vec<Probe>,
}

impl Scale {
    /// The probe of this kind.
    #[must_use]
    pub(crate) fn probe(&self, kind: ProbeKind) -> Option<&Probe> {
        self.probes.iter().find(|probe| probe.kind == kind)
    }
}

/// How many pods there are.
#[derive(Debug)]
pub(crate) enum Replicas {
    /// So many.
    Fixed(u32),
    /// By their load.
    Auto(Autoscale),
}

impl Replicas {
    /// How many there can be.
    #[must_use]
    pub(crate) fn most(&self) -> u32 {
        match self {
            Self::Fixed(replicas) => *replicas,
            Self::Auto(autoscale) => autoscale.max.value,
        }
    }

    /// How many there are at least.
    #[must_use]
    pub(crate) fn least(&self) -> u32 {
        match self {
            Self::Fixed(replicas) => *replicas,
            Self::Auto(autoscale) => autoscale.min.value,
        }
    }
}

/// How many pods, by their load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Autoscale {
    /// At least so many.
    pub min: Spanned<u32>,
    /// At most so many.
    pub max: Spanned<u32>,
    /// The share of the requested CPU that the app's own container should use.
    pub cpu: Spanned<Share>,
}

/// How many pods are replaced at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollingUpdate {
    /// So many may be added meanwhile.
    pub max_surge: Option<Spanned<Amount>>,
    /// So many may be missing meanwhile.
    pub max_unavailable: Option<Spanned<Amount>>,
}

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ProbeKind {
    /// Until it succeeds, the others wait.
    Startup,
    /// Where it fails, the container is restarted.
    Liveness,
    /// While it fails, the pod gets no requests.
    Readiness,
}

/// A probe.
#[derive(Debug)]
pub(crate) struct Probe {
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

impl Probe {
    /// The request that it sends, if it sends one.
    #[must_use]
    pub(crate) fn request(&self) -> Option<ProbeRequest<'_>> {
        let (method, path) = match &self.handler {
            Handler::Http(path) => (Method::Get, path.split(['?', '#']).next()?),
            Handler::Grpc(_) => (Method::Post, GRPC_HEALTH_CHECK),
            Handler::Exec(_) | Handler::Tcp => return None,
        };
        Some(ProbeRequest { method, path, span: self.span })
    }
}

/// A request of the kubelet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProbeRequest<'a> {
    /// GET, or POST for a gRPC health check.
    pub method: Method,
    /// The path, without a query.
    pub path: &'a str,
    /// The probe.
    pub span: Span,
}

/// What a probe does.
#[derive(Clone, Debug)]
pub(crate) enum Handler {
    /// An HTTP GET of this path.
    Http(Spanned<String>),
    /// This command.
    Exec(Vec<String>),
    /// The gRPC health check of this service.
    Grpc(String),
    /// A TCP connect.
    Tcp,
}
