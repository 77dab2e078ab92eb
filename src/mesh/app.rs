//! What is deployed and what is called: models, services and jobs, their ports, versions and callers.

use std::iter;
use std::sync::Arc;

use ipnet::IpNet;

use crate::mesh::{
    CircuitBreaker, Mirror, Namespace, Pod, Probe, ProbeRequest, RateLimit, RetryBudget, Route, Routing, Scale, Variant,
};
use crate::spanned::{Span, Spanned};
use crate::upstream::addresses::Addresses;
use crate::value::{CronPolicy, InboundPolicy, PortNumbers, Protocol, Rate};

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
        let variant = || self.variants.first().map(|variant| variant.name.span);
        let mirror = || self.mirror.as_ref().map(|mirror| mirror.span);
        let breaker = || self.circuit_breaker.map(|breaker| breaker.span);
        route.or_else(variant).or_else(mirror).or_else(breaker)
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

/// A service outside of the cluster: `[services.NAME]` with a `host`.
#[derive(Debug)]
pub(crate) struct ExternalService {
    /// Its name in the file.
    pub name: Spanned<String>,
    /// Its DNS name.
    pub host: Spanned<String>,
    /// Its ports: it has no additional ones.
    pub ports: Ports,
    /// The namespaces from which something with a proxy calls it.
    pub called_from: Vec<Arc<Namespace>>,
}

/// What takes requests.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee<'a> {
    /// A model or a service of the cluster.
    App(&'a App),
    /// A service outside of it.
    External(&'a ExternalService),
}

impl<'a> Callee<'a> {
    /// Its name in the file.
    #[must_use]
    pub(crate) fn name(self) -> &'a Spanned<String> {
        match self {
            Self::App(app) => &app.name,
            Self::External(service) => &service.name,
        }
    }

    /// Its ports.
    #[must_use]
    pub(crate) fn ports(self) -> &'a Ports {
        match self {
            Self::App(app) => &app.ports,
            Self::External(service) => &service.ports,
        }
    }

    /// The routes of all ports.
    pub(crate) fn routes(self) -> impl Iterator<Item = &'a Route> + Clone {
        self.ports().routes()
    }

    /// The first thing in it that speaks of requests, which a proxy must see to do it.
    #[must_use]
    pub(crate) fn first_of_requests(self) -> Option<Span> {
        match self {
            Self::App(app) => app.first_of_requests(),
            Self::External(service) => service.ports.routes().next().map(|route| route.name.span),
        }
    }

    /// The model or service, if it is of the cluster.
    #[must_use]
    pub(crate) fn app(self) -> Option<&'a App> {
        match self {
            Self::App(app) => Some(app),
            Self::External(_) => None,
        }
    }
}

/// The ports of an app.
#[derive(Debug)]
pub(crate) struct Ports {
    /// The one that `port` declares.
    pub main: Port,
    /// Those of `ports`, by name.
    pub additional: Vec<Port>,
}

impl Ports {
    /// All of them, the main one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Port> + Clone {
        iter::once(&self.main).chain(&self.additional)
    }

    /// The routes of all ports.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> + Clone {
        self.iter().flat_map(|port| &port.routes)
    }
}

/// Which port of its app a port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortKind {
    /// The one that `port` declares.
    Main,
    /// One of `ports`.
    Additional,
}

/// A port of an app.
#[derive(Debug)]
pub(crate) struct Port {
    /// Which port of its app it is.
    pub kind: PortKind,
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
    /// What it takes, the more specific first.
    pub routes: Vec<Route>,
}

impl Port {
    /// Whether a route names callers of its own, so that every other path is refused.
    #[must_use]
    pub(crate) fn is_closed(&self) -> bool {
        self.routes.iter().any(|route| route.callers.is_some())
    }

    /// Who may call a route: its own callers, or else the port's.
    #[must_use]
    pub(crate) fn access_of<'a>(&'a self, route: &'a Route) -> &'a Access {
        route.callers.as_ref().unwrap_or(&self.access)
    }

    /// Whether the file says who may call it or how often, so that it has a policy of its own.
    #[must_use]
    pub(crate) fn has_policy(&self) -> bool {
        !matches!(self.access, Access::Default(_)) || self.rate_limit.is_some()
    }

    /// Whether a proxy sees requests on it, and not only bytes.
    #[must_use]
    pub(crate) fn has_requests(&self) -> bool {
        !matches!(self.protocol.value, Protocol::Opaque | Protocol::Tls)
    }
}

/// Who may call.
#[derive(Debug)]
pub(crate) enum Access {
    /// These and nobody else.
    Only(Spanned<Vec<Caller>>),
    /// Whom the namespace admits.
    Inbound(Spanned<InboundPolicy>),
    /// Whom the mesh admits where nothing is said, if that is stated.
    Default(Option<Spanned<InboundPolicy>>),
}

impl Access {
    /// Those who are named; nobody where a policy decides.
    #[must_use]
    pub(crate) fn callers(&self) -> &[Caller] {
        match self {
            Self::Only(callers) => callers,
            Self::Inbound(_) | Self::Default(_) => &[],
        }
    }

    /// Whether whoever has no identity is let in from any node, as the kubelet must be, for all that is known here.
    #[must_use]
    pub(crate) fn admits_nodes(&self) -> bool {
        match self {
            Self::Only(callers) => {
                let networks = callers.iter().filter_map(|caller| caller.who.networks()).flatten().copied();
                Addresses::of(networks).covers(&Addresses::everywhere())
            }
            Self::Inbound(_) | Self::Default(_) => self.policy().is_none_or(|policy| match policy.value {
                InboundPolicy::AllUnauthenticated | InboundPolicy::ClusterUnauthenticated | InboundPolicy::Audit => true,
                InboundPolicy::AllAuthenticated | InboundPolicy::ClusterAuthenticated | InboundPolicy::Deny => false,
            }),
        }
    }

    /// Whether everyone is let in, as far as is known.
    #[must_use]
    pub(crate) fn admits_all(&self) -> bool {
        let is_open = |policy: InboundPolicy| matches!(policy, InboundPolicy::AllUnauthenticated | InboundPolicy::Audit);
        match self {
            Self::Only(_) => false,
            Self::Inbound(_) | Self::Default(_) => self.policy().is_none_or(|policy| is_open(policy.value)),
        }
    }

    /// Where it is written who may call, if that is written.
    #[must_use]
    pub(crate) fn place(&self) -> Option<Span> {
        match self {
            Self::Only(callers) => Some(callers.span),
            Self::Inbound(_) | Self::Default(_) => self.policy().map(|policy| policy.span),
        }
    }

    /// The policy that decides where no callers are named, if it is known.
    #[must_use]
    pub(crate) fn policy(&self) -> Option<Spanned<InboundPolicy>> {
        match self {
            Self::Only(_) => None,
            Self::Inbound(policy) => Some(*policy),
            Self::Default(policy) => *policy,
        }
    }

    /// Whether somebody may be let in, for all that is known here: a network may cover anyone, and a policy of the
    /// namespace other than `deny` lets in more than are named.
    #[must_use]
    pub(crate) fn may_admit(&self, who: &Who) -> bool {
        match self {
            Self::Only(callers) => callers.iter().any(|caller| caller.who.covers(who)),
            Self::Inbound(_) | Self::Default(_) => self.policy().is_none_or(|policy| policy.value != InboundPolicy::Deny),
        }
    }
}

impl Who {
    /// From where it calls, where that is how it is known.
    #[must_use]
    pub(crate) fn networks(&self) -> Option<&[IpNet]> {
        match self {
            Self::Networks(networks) => Some(networks),
            Self::Account { .. } | Self::Namespace(_) | Self::Foreign { .. } => None,
        }
    }

    /// Whether whoever is known as `other` is admitted where this one is. A network covers everyone of whom it is not
    /// known where they are.
    #[must_use]
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Networks(_), _) => true,
            (Self::Namespace(all), Self::Account { namespace, .. }) => all == namespace,
            (
                Self::Foreign { namespace: all, account: None, trust_domain: of },
                Self::Foreign { namespace, trust_domain, .. },
            ) => all == namespace && of == trust_domain,
            (one, other) => one == other,
        }
    }
}

/// Somebody who may call.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// By which name, and where it was named.
    pub name: Spanned<String>,
    /// How the mesh knows it.
    pub who: Who,
}

/// How the mesh knows a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
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
    Networks(Vec<IpNet>),
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
