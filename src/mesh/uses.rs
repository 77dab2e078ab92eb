//! What a person made use of, and where: the list that is held against what the chosen targets can do.

use crate::mesh::{Access, InboundPolicy, Mesh, Port, Protocol, Provider, RetryCondition, Traffic};
use crate::spanned::Span;

/// Declares the features: what each is, and the end of the key that asks for it, if one key alone does.
macro_rules! features {
    ($($(#[doc = $doc:literal])+ $feature:ident = $key:literal,)+) => {
        /// Something that a target honours, weakens or ignores.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Feature { $($(#[doc = $doc])+ $feature,)+ }

        impl Feature {
            /// Every feature, in the order of the reference.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$feature),+];

            /// What it is, as a sentence.
            pub(crate) fn meaning(self) -> &'static str {
                match self { $(Self::$feature => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The end of the key that asks for it; empty where no key alone does.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$feature => $key,)+ }
            }
        }
    };
}

features! {
    /// Requests are split between versions.
    Split = "models.split",
    /// The connections of a port without HTTP are split.
    SplitOfBytes = "",
    /// The same, of a further port.
    SplitOfFurtherBytes = "",
    /// Requests with a header go to one version.
    Variants = "models.variants",
    /// A version gets copies of requests.
    Mirror = "models.mirror",
    /// A service outside of the cluster is called by its host.
    OutsideHost = "services.host",
    /// A timeout for the request, retries included.
    Timeout = "routes.timeout",
    /// A timeout for silence.
    IdleTimeout = "routes.idle-timeout",
    /// An answer that is a stream.
    Stream = "routes.stream",
    /// A failed request is tried again.
    Retry = "routes.retry",
    /// HTTP statuses that count as failed.
    RetryStatuses = "routes.retry.on",
    /// gRPC statuses that count as failed.
    RetryGrpcStatuses = "",
    /// HTTP statuses that count as failed, of a gRPC method.
    HttpStatusesOfGrpc = "",
    /// A gRPC method is tried again on a port that is not declared to be gRPC's.
    RetryOfGrpcOverHttp = "",
    /// How often one request is tried again.
    RetryLimit = "routes.retry.limit",
    /// A timeout for each try.
    RetryTimeout = "routes.retry.timeout",
    /// The share of requests that retries may add.
    RetryBudget = ".retry-budget",
    /// A pod that keeps failing gets no requests for a while.
    CircuitBreaker = ".circuit-breaker",
    /// How many requests a second a pod takes.
    RateLimit = ".rate-limit",
    /// A port names its callers.
    Callers = ".callers",
    /// A route names its callers.
    RouteCallers = "routes.callers",
    /// The same, of a path that is more than whole segments.
    RouteCallersByExpression = "",
    /// Who may call a port that names no callers.
    Inbound = "namespaces.inbound",
    /// The same, by the networks of the cluster.
    InboundOfCluster = "",
    /// Everyone may call, and whom `deny` would refuse is logged.
    Audit = "",
    /// Policies for routes of the Gateway API.
    GatewayApi = "cluster.gateway-api",
}

/// A feature, and where it was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) feature: Feature,
    pub(crate) span: Span,
}

impl Mesh {
    /// Every feature that is used, wherever it is used.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        let mut add = |feature, span: Option<Span>| uses.extend(span.map(|span| Use { feature, span }));
        let by_access = self.cluster.provider() == Provider::Linkerd && self.cluster.traffic.value != Traffic::GatewayApi;
        let for_access = self.cluster.gateway_api.filter(|_| by_access);
        add(Feature::GatewayApi, for_access.map(|version| version.span));
        for namespace in &self.namespaces {
            let audit = namespace.inbound.filter(|inbound| inbound.value == InboundPolicy::Audit);
            add(Feature::Inbound, namespace.inbound.map(|inbound| inbound.span));
            let of_cluster = namespace.inbound.filter(|inbound| {
                matches!(inbound.value, InboundPolicy::ClusterUnauthenticated | InboundPolicy::ClusterAuthenticated)
            });
            add(Feature::InboundOfCluster, of_cluster.map(|inbound| inbound.span));
            add(Feature::Audit, audit.map(|inbound| inbound.span));
        }
        self.outside.iter().for_each(|outside| add(Feature::OutsideHost, Some(outside.host.span)));
        for app in self.callees() {
            add(Feature::Split, app.split.as_ref().map(|split| split.span));
            let is_bytes = |port: &Port| matches!(port.protocol.value, Protocol::Opaque | Protocol::Tls);
            let main_bytes = is_bytes(app.main_port());
            add(Feature::SplitOfBytes, app.split.as_ref().filter(|_| main_bytes).map(|split| split.span));
            for port in app.ports[1..].iter().filter(|port| app.split.is_some() && is_bytes(port)) {
                add(Feature::SplitOfFurtherBytes, Some(port.protocol.span));
            }
            add(Feature::Mirror, app.mirror.as_ref().map(|mirror| mirror.span));
            add(Feature::RetryBudget, app.retry_budget.map(|budget| budget.span));
            add(Feature::CircuitBreaker, app.circuit_breaker.map(|breaker| breaker.span));
            app.variants.iter().for_each(|variant| add(Feature::Variants, Some(variant.name.span)));
            for port in &app.ports {
                add(Feature::Callers, callers(Some(&port.access)));
                add(Feature::RateLimit, port.rate_limit.as_ref().map(|limit| limit.span));
            }
            for route in &app.routes {
                add(Feature::RouteCallers, callers(route.callers.as_ref()));
                let plain = !app.is_closed() || route.path.is_of_whole_segments();
                add(Feature::RouteCallersByExpression, Some(route.path.span).filter(|_| !plain));
                add(Feature::Timeout, route.timeout.map(|timeout| timeout.span));
                add(Feature::IdleTimeout, route.idle_timeout.map(|timeout| timeout.span));
                add(Feature::Stream, route.stream.map(|stream| stream.span));
                add(Feature::Retry, route.retry.as_ref().map(|retry| retry.span));
                let Some(retry) = &route.retry else { continue };
                add(Feature::RetryLimit, retry.limit.map(|limit| limit.span));
                add(Feature::RetryTimeout, retry.timeout.map(|timeout| timeout.span));
                let over_http = route.grpc && app.main_port().protocol.value != Protocol::Grpc;
                add(Feature::RetryOfGrpcOverHttp, Some(retry.span).filter(|_| over_http));
                let statuses = |grpc: bool| {
                    let on = retry.on.as_ref().filter(|on| on.iter().any(|one| matches!(one, RetryCondition::Grpc(_)) == grpc));
                    on.map(|on| on.span)
                };
                add(Feature::RetryStatuses, statuses(false));
                add(Feature::HttpStatusesOfGrpc, statuses(false).filter(|_| route.grpc));
                add(Feature::RetryGrpcStatuses, statuses(true));
            }
        }
        uses
    }
}

fn callers(access: Option<&Access>) -> Option<Span> {
    match access {
        Some(Access::Only(callers)) => Some(callers.span),
        _ => None,
    }
}
