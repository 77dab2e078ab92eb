//! What is deployed: models, services and jobs, and whom they call.

use std::sync::Arc;

use crate::mesh::{
    Access, CircuitBreaker, Mirror, Namespace, Pod, Port, Ports, Probe, ProbeRequest, RetryBudget, Route, Routing, Scale, Variant,
};
use crate::spanned::{Span, Spanned};
use crate::value::{CronPolicy, Rate};

/// What an app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppKind {
    /// `[models.NAME]`.
    Model,
    /// `[services.NAME]`.
    Service,
}

/// A model or a service: what has callers.
#[derive(Debug)]
pub(crate) struct App {
    /// What it is.
    pub kind: AppKind,
    /// Its name, and its identity.
    pub name: Spanned<String>,
    /// Where it lives.
    pub namespace: Arc<Namespace>,
    /// Its ports.
    pub ports: Ports,
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
    /// Where requests go that no variant takes.
    pub routing: Routing,
    /// Requests that go to one version, whatever the split says.
    pub variants: Vec<Variant>,
    /// The version that gets copies of requests.
    pub mirror: Option<Mirror>,
    /// The keys that no version takes from its model, where they stand.
    pub overruled: Vec<Spanned<String>>,
}

impl App {
    /// The routes of all ports.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> + Clone {
        self.ports.routes()
    }

    /// Who may call, of every port and of every route that says so itself.
    pub(crate) fn accesses(&self) -> impl Iterator<Item = &Access> {
        let routes = self.routes().filter_map(|route| route.callers.as_ref());
        self.ports.iter().map(|port| &port.access).chain(routes)
    }

    /// The first thing in it that speaks of requests, which a proxy must see to do it.
    #[must_use]
    pub(crate) fn first_of_requests(&self) -> Option<Span> {
        let route = self.routes().next().map(|route| route.name.span);
        route
            .or_else(|| self.variants.first().map(|variant| variant.name.span))
            .or_else(|| self.mirror.as_ref().map(|mirror| mirror.span))
            .or_else(|| self.circuit_breaker.map(|breaker| breaker.span))
    }

    /// All calls that it makes, on whichever route.
    pub(crate) fn all_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().chain(self.routes().filter_map(|route| route.calls.as_ref()).flatten())
    }

    /// The version of this key.
    #[must_use]
    pub(crate) fn version(&self, key: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.key.as_ref().is_some_and(|own| own.as_str() == key))
    }

    /// Whether the kubelet asks this route, which is then no work of the model.
    #[must_use]
    pub(crate) fn is_probed(&self, route: &Route) -> bool {
        let literal = route.path.literal();
        self.probe_requests(&self.ports.main).any(|probe| probe.method == route.method && literal == Some(probe.path))
    }

    /// The requests that the kubelet sends to a port.
    pub(crate) fn probe_requests(&self, port: &Port) -> impl Iterator<Item = ProbeRequest<'_>> {
        let number = port.numbers.container;
        self.probes().filter(move |probe| probe.port == number).filter_map(Probe::request)
    }

    /// All probes of all versions, each once.
    pub(crate) fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.versions.iter().flat_map(|version| version.scale.probes.iter())
    }
}

/// A call that an app or a job makes.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// As written, and where.
    pub written: Spanned<String>,
    /// The app that is called.
    pub callee: String,
    /// The route or the further port; `None` is the main port as a whole.
    pub part: Option<String>,
}

/// A version of a model, or the one of a service.
#[derive(Debug)]
pub(crate) struct Version {
    /// Its key; `None` for a service.
    pub key: Option<Spanned<String>>,
    /// What its pods run.
    pub pod: Pod,
    /// How many there are, and when they are ready.
    pub scale: Scale,
}

/// What runs to completion.
#[derive(Debug)]
pub(crate) struct Job {
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
pub(crate) struct Schedule {
    /// In cron's five fields.
    pub cron: String,
    /// In which time zone.
    pub time_zone: Option<String>,
    /// What happens when it is due and still runs.
    pub concurrency_policy: Option<CronPolicy>,
}
