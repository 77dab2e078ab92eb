//! The table itself: an entry for each feature.

use crate::support::Support::{Full, Partial, Since, Unsupported};
use crate::support::{Access, Cells, Traffic};
use crate::upstream::versions::{EGRESS_NETWORKS_SINCE, GATEWAY_ROUTE_POLICIES_SINCE, RATE_LIMITS_SINCE};

const STABLE_ONLY: &str = "connections to this port are not split: they all go to the stable version";
const NO_HEADERS: &str = "a ServiceProfile and a TrafficSplit look at no header";
const CLUSTER_ONLY: &str = "a ServiceProfile is for a Service of the cluster";
const NO_SERVICE_ENTRY: &str = "Istio wants a ServiceEntry for it, which mlmesh does not write";
const ONE_TIMEOUT: &str = "a ServiceProfile has a timeout for the whole request alone";
const ALL_TRIES: &str = "a ServiceProfile has one timeout for all tries together";
const ALL_GRPC_STATUSES: &str = "a ServiceProfile retries every gRPC status that counts as a failure";
const BUDGET_ONLY: &str = "a ServiceProfile has no limit for one request, only the retry budget bounds retries";
const NO_BREAKER: &str = "Linkerd ignores circuit breakers wherever a ServiceProfile has routes or weights";

/// Declares the features: what each is, the end of the key that asks for it, if one key alone does, and its cells.
macro_rules! features {
    ($($(#[doc = $doc:literal])+ $feature:ident = $key:literal, $role:ident { $($target:ident: $support:expr),+ $(,)? },)+) => {
        /// Something that a target supports, supports in part, or would ignore.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Feature { $($(#[doc = $doc])+ $feature,)+ }

        impl Feature {
            /// Every feature, in the order of the reference.
            pub(super) const ALL: &'static [Self] = &[$(Self::$feature),+];

            /// What it is, as a sentence.
            pub(super) fn meaning(self) -> &'static str {
                match self { $(Self::$feature => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The end of the key that asks for it; empty where no key alone does.
            pub(super) fn key(self) -> &'static str {
                match self { $(Self::$feature => $key,)+ }
            }

            pub(super) fn cells(self) -> Cells {
                match self { $(Self::$feature => Cells::$role($role { $($target: $support),+ }),)+ }
            }
        }
    };
}

features! {
    /// Requests are split between versions.
    Split = "models.split", Traffic { smi: Full, profile: Full, gateway_api: Full, istio: Full },
    /// The connections of a port without HTTP are split.
    SplitOfBytes = "", Traffic {
        smi: Full,
        profile: Full,
        gateway_api: Unsupported("mlmesh writes no TCPRoute, and an HTTPRoute carries requests alone"),
        istio: Unsupported("mlmesh writes no `tcp` routes into a VirtualService"),
    },
    /// The same, of a further port.
    SplitOfFurtherBytes = "", Traffic {
        smi: Full,
        profile: Full,
        gateway_api: Partial(STABLE_ONLY),
        istio: Partial(STABLE_ONLY),
    },
    /// Requests with a header go to one version.
    Variants = "models.variants", Traffic {
        smi: Unsupported(NO_HEADERS),
        profile: Unsupported(NO_HEADERS),
        gateway_api: Full,
        istio: Full,
    },
    /// The same, of an app with a gRPC port.
    VariantsOfGrpc = "", Traffic {
        smi: Unsupported(NO_HEADERS),
        profile: Unsupported(NO_HEADERS),
        gateway_api: Unsupported(
            "Linkerd's proxies reject a match of a GRPCRoute by headers alone, and with it every request to the Service",
        ),
        istio: Full,
    },
    /// A version gets copies of requests.
    Mirror = "models.mirror", Traffic {
        smi: Unsupported("Linkerd copies no requests"),
        profile: Unsupported("Linkerd copies no requests"),
        gateway_api: Unsupported("Linkerd copies no requests, and drops a route that asks for it"),
        istio: Full,
    },
    /// A service outside of the cluster is called by its host.
    OutsideHost = "services.host", Traffic {
        smi: Unsupported(CLUSTER_ONLY),
        profile: Unsupported(CLUSTER_ONLY),
        gateway_api: Since(EGRESS_NETWORKS_SINCE),
        istio: Unsupported(NO_SERVICE_ENTRY),
    },
    /// A timeout for the request, retries included.
    Timeout = "routes.timeout", Traffic { smi: Full, profile: Full, gateway_api: Full, istio: Full },
    /// A timeout for silence.
    IdleTimeout = "routes.idle-timeout", Traffic {
        smi: Unsupported(ONE_TIMEOUT),
        profile: Unsupported(ONE_TIMEOUT),
        gateway_api: Full,
        istio: Unsupported("a VirtualService has a timeout for the whole request alone"),
    },
    /// An answer that is a stream.
    Stream = "routes.stream", Traffic { smi: Full, profile: Full, gateway_api: Full, istio: Full },
    /// A failed request is tried again.
    Retry = "routes.retry", Traffic { smi: Full, profile: Full, gateway_api: Full, istio: Full },
    /// HTTP statuses that count as failed.
    RetryStatuses = "routes.retry.on", Traffic { smi: Full, profile: Full, gateway_api: Full, istio: Full },
    /// gRPC statuses that count as failed.
    RetryGrpcStatuses = "", Traffic {
        smi: Partial(ALL_GRPC_STATUSES),
        profile: Partial(ALL_GRPC_STATUSES),
        gateway_api: Full,
        istio: Full,
    },
    /// HTTP statuses that count as failed, of a gRPC method.
    HttpStatusesOfGrpc = "", Traffic {
        smi: Full,
        profile: Full,
        gateway_api: Partial(
            "a GRPCRoute looks at gRPC statuses alone; those that a gateway makes of the HTTP ones stand in for them",
        ),
        istio: Partial(
            "Envoy looks at the gRPC status of a call; those that a gateway makes of the HTTP ones stand in for them",
        ),
    },
    /// A gRPC method is tried again on a port that is not declared to be gRPC's.
    RetryOfGrpcOverHttp = "", Traffic {
        smi: Full,
        profile: Full,
        gateway_api: Unsupported(
            "an HTTPRoute looks at no gRPC status, and a failed call is a 200; say `protocol = \"grpc\"`",
        ),
        istio: Full,
    },
    /// A gRPC method of a host outside is tried again.
    RetryOfGrpcOutside = "", Traffic {
        smi: Unsupported(CLUSTER_ONLY),
        profile: Unsupported(CLUSTER_ONLY),
        gateway_api: Unsupported(
            "an HTTPRoute looks at no gRPC status, and a GRPCRoute would make gRPC of all that leaves for this port",
        ),
        istio: Unsupported(NO_SERVICE_ENTRY),
    },
    /// How often one request is tried again.
    RetryLimit = "routes.retry.limit", Traffic {
        smi: Partial(BUDGET_ONLY),
        profile: Partial(BUDGET_ONLY),
        gateway_api: Full,
        istio: Full,
    },
    /// A timeout for each try.
    RetryTimeout = "routes.retry.timeout", Traffic {
        smi: Unsupported(ALL_TRIES),
        profile: Unsupported(ALL_TRIES),
        gateway_api: Full,
        istio: Full,
    },
    /// The share of requests that retries may add.
    RetryBudget = ".retry-budget", Traffic {
        smi: Full,
        profile: Full,
        gateway_api: Partial("routes have no retry budget; the `limit` of each retry is all that bounds them"),
        istio: Partial("a VirtualService has no retry budget; the `limit` of each retry is all that bounds them"),
    },
    /// A pod that keeps failing gets no requests for a while.
    CircuitBreaker = ".circuit-breaker", Traffic {
        smi: Unsupported(NO_BREAKER),
        profile: Unsupported(NO_BREAKER),
        gateway_api: Full,
        istio: Partial(
            "Envoy leaves a pod alone for `min-penalty` times the number of times that it did so before, and knows no \
             `max-penalty`",
        ),
    },
    /// How many requests a second a pod takes.
    RateLimit = ".rate-limit", Access {
        linkerd: Since(RATE_LIMITS_SINCE),
        istio: Unsupported("Istio limits rates by EnvoyFilters, which mlmesh does not write"),
    },
    /// A port names its callers.
    Callers = ".callers", Access { linkerd: Full, istio: Full },
    /// A route names its callers.
    RouteCallers = "routes.callers", Access { linkerd: Full, istio: Full },
    /// The same, of a path that is more than whole segments.
    RouteCallersByExpression = "", Access {
        linkerd: Full,
        istio: Unsupported(
            "the paths of an AuthorizationPolicy have no expressions, a parameter is a whole segment there, and `*` is not \
             itself",
        ),
    },
    /// Who may call a port that names no callers.
    Inbound = "namespaces.inbound", Access { linkerd: Full, istio: Full },
    /// The same, by the networks of the cluster.
    InboundOfCluster = "", Access { linkerd: Full, istio: Unsupported("Istio does not know the networks of the cluster") },
    /// Everyone may call, and whom `deny` would refuse is logged.
    Audit = "", Access {
        linkerd: Full,
        istio: Unsupported("Istio has no policy that lets everyone in and logs whom it would refuse"),
    },
    /// Policies for routes of the Gateway API.
    GatewayApi = "cluster.gateway-api", Access {
        linkerd: Since(GATEWAY_ROUTE_POLICIES_SINCE),
        istio: Unsupported("a policy of Istio's is for pods, and names paths itself"),
    },
}
