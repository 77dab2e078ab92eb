//! The API that carries weights, timeouts and retries.

use crate::value::declare::words;

words! {
    /// The API that carries weights, timeouts and retries.
    pub(crate) enum Traffic {
        /// An SMI TrafficSplit, carried out by Linkerd's SMI extension, beside a ServiceProfile.
        Smi = "smi",
        /// A ServiceProfile alone: no extension is needed.
        Profile = "profile",
        /// HTTPRoutes and GRPCRoutes of the Gateway API, as Linkerd reads them.
        GatewayApi = "gateway-api",
        /// Istio in place of Linkerd: VirtualServices and AuthorizationPolicies.
        Istio = "istio",
    }
}
