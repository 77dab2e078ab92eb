//! Every kind, a row each. A new kind is its struct, its row here, and the target that makes it.

use serde::ser::SerializeMap;

use super::read::field;
use super::{Rest, apps, autoscaling, batch, core, gateway, istio, linkerd, policy, smi};

/// What a row says of a kind beside its fields.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The API group; empty for the core group.
    pub(crate) group: &'static str,
    /// The version that is written unless an object says another.
    pub(crate) version: &'static str,
    pub(crate) name: &'static str,
    /// A cluster should take the lower ones first.
    pub(super) order: u8,
    pub(crate) file: File,
}

/// What the files of a kind are called.
#[derive(Debug)]
pub(crate) enum File {
    /// An app has one such object, whatever that is called.
    One(&'static str),
    /// What an object's name says beyond the app's is part of the file's.
    Each(&'static str),
}

/// The spec of one kind.
pub(crate) trait KindSpec: Sized {
    /// The spec, if it is of this kind.
    fn of(spec: &Spec) -> Option<&Self>;
}

/// Makes of each row a variant of [`Spec`], the answers of [`Spec::kind`], and the ways from a struct to the variant
/// and back. A row without a struct is a kind that has no spec.
macro_rules! kinds {
    ($($kind:ident $(($spec:ty))?: $group:literal $version:literal $name:literal, order $order:literal, file $file:expr;)*) => {
        /// What an object says beyond its metadata, by its kind.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Spec {
            $($kind $((Box<$spec>))?,)*
        }

        impl Spec {
            /// The row of the kind.
            pub(crate) fn kind(&self) -> &'static Kind {
                match self {
                    $(Self::$kind { .. } => {
                        &Kind { group: $group, version: $version, name: $name, order: $order, file: $file }
                    })*
                }
            }

            /// Takes the spec out of the fields of an object; `None` for a kind without a row.
            pub(super) fn read(group: &str, kind: &str, fields: &mut Rest) -> serde_json::Result<Option<Self>> {
                $(if (group, kind) == ($group, $name) {
                    return Ok(Some(Self::$kind $((Box::new(field::<$spec>("spec", fields)?)))?));
                })*
                Ok(None)
            }

            /// Writes the spec as a field of its object.
            pub(super) fn serialize_into<S: SerializeMap>(&self, object: &mut S) -> Result<(), S::Error> {
                $($(if let Self::$kind(spec) = self {
                    return object.serialize_entry::<str, $spec>("spec", spec);
                })?)*
                Ok(())
            }
        }

        $($(
            impl KindSpec for $spec {
                fn of(spec: &Spec) -> Option<&Self> {
                    if let Spec::$kind(spec) = spec { Some(spec) } else { None }
                }
            }

            impl From<$spec> for Spec {
                fn from(spec: $spec) -> Self {
                    Self::$kind(Box::new(spec))
                }
            }
        )?)*
    };
}

// Grants come before the Server that denies, and the Server before the pods, so that at no moment somebody is shut out
// who may call, or let in who may not.
kinds! {
    Namespace: "" "v1" "Namespace", order 0, file File::Each("namespace");
    ServiceAccount: "" "v1" "ServiceAccount", order 1, file File::Each("serviceaccount");
    Service(core::ServiceSpec): "" "v1" "Service", order 2, file File::Each("service");
    // Its name is a domain.
    ServiceProfile(linkerd::ServiceProfileSpec):
        "linkerd.io" "v1alpha2" "ServiceProfile", order 3, file File::One("serviceprofile");
    DestinationRule(istio::DestinationRuleSpec):
        "networking.istio.io" "v1" "DestinationRule", order 3, file File::Each("destinationrule");
    TrafficSplit(smi::TrafficSplitSpec): "split.smi-spec.io" "v1alpha2" "TrafficSplit", order 4, file File::Each("trafficsplit");
    VirtualService(istio::VirtualServiceSpec):
        "networking.istio.io" "v1" "VirtualService", order 4, file File::Each("virtualservice");
    EgressNetwork(linkerd::EgressNetworkSpec):
        "policy.linkerd.io" "v1alpha1" "EgressNetwork", order 4, file File::Each("egressnetwork");
    MeshTlsAuthentication(linkerd::MeshTlsAuthenticationSpec):
        "policy.linkerd.io" "v1alpha1" "MeshTLSAuthentication", order 5, file File::Each("meshtlsauthentication");
    NetworkAuthentication(linkerd::NetworkAuthenticationSpec):
        "policy.linkerd.io" "v1alpha1" "NetworkAuthentication", order 5, file File::Each("networkauthentication");
    PeerAuthentication(istio::PeerAuthenticationSpec):
        "security.istio.io" "v1" "PeerAuthentication", order 5, file File::Each("peerauthentication");
    AuthorizationPolicy(linkerd::AuthorizationPolicySpec):
        "policy.linkerd.io" "v1alpha1" "AuthorizationPolicy", order 6, file File::Each("authorizationpolicy");
    IstioAuthorizationPolicy(istio::AuthorizationPolicySpec):
        "security.istio.io" "v1" "AuthorizationPolicy", order 6, file File::Each("authorizationpolicy");
    HttpRoute(gateway::HttpRouteSpec): "gateway.networking.k8s.io" "v1" "HTTPRoute", order 7, file File::Each("httproute");
    LinkerdHttpRoute(linkerd::HttpRouteSpec):
        "policy.linkerd.io" "v1beta3" "HTTPRoute", order 7, file File::Each("policy-httproute");
    GrpcRoute(gateway::GrpcRouteSpec): "gateway.networking.k8s.io" "v1" "GRPCRoute", order 7, file File::Each("grpcroute");
    Server(linkerd::ServerSpec): "policy.linkerd.io" "v1beta3" "Server", order 8, file File::Each("server");
    HttpLocalRateLimitPolicy(linkerd::HttpLocalRateLimitPolicySpec):
        "policy.linkerd.io" "v1alpha1" "HTTPLocalRateLimitPolicy", order 9, file File::Each("httplocalratelimitpolicy");
    Deployment(apps::DeploymentSpec): "apps" "v1" "Deployment", order 10, file File::Each("deployment");
    CronJob(batch::CronJobSpec): "batch" "v1" "CronJob", order 10, file File::Each("cronjob");
    // A hash is part of its name.
    Job(batch::JobSpec): "batch" "v1" "Job", order 10, file File::One("job");
    HorizontalPodAutoscaler(autoscaling::HorizontalPodAutoscalerSpec):
        "autoscaling" "v2" "HorizontalPodAutoscaler", order 11, file File::Each("horizontalpodautoscaler");
    PodDisruptionBudget(policy::PodDisruptionBudgetSpec):
        "policy" "v1" "PodDisruptionBudget", order 11, file File::Each("poddisruptionbudget");
}
