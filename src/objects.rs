//! What a cluster reads: one variant of [`Spec`] for each kind, fields in the order in which people
//! write them. These types say how an object looks, never why it is there.

pub(crate) mod apps;
pub(crate) mod autoscaling;
pub(crate) mod batch;
pub(crate) mod core;
pub(crate) mod gateway;
pub(crate) mod istio;
pub(crate) mod linkerd;
pub(crate) mod policy;
pub(crate) mod smi;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// A text that is often the same one.
pub(crate) type Text = Cow<'static, str>;

/// Labels, annotations, selectors: sorted, so that the same ones print alike.
pub(crate) type Map = BTreeMap<Text, Text>;

/// The objects of one namespace, app or job, in the order in which a cluster should take them.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) namespace: String,
    /// The app or the job; `None` for a namespace.
    pub(crate) app: Option<String>,
    pub(crate) objects: Vec<Object>,
}

/// One object, and the table that caused it.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) metadata: Metadata,
    pub(crate) spec: Spec,
    /// The table of the manifest, such as `models.ranker.versions.v1`.
    pub(crate) origin: String,
}

/// What every object has.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Metadata {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: Map,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: Map,
}

/// The kinds. A Job's spec is by far the largest, and there are few of them.
#[derive(Debug)]
pub(crate) enum Spec {
    Namespace,
    ServiceAccount,
    Service(core::ServiceSpec),
    Deployment(Box<apps::DeploymentSpec>),
    HorizontalPodAutoscaler(Box<autoscaling::HorizontalPodAutoscalerSpec>),
    PodDisruptionBudget(policy::PodDisruptionBudgetSpec),
    CronJob(Box<batch::CronJobSpec>),
    Job(Box<batch::JobSpec>),
    Server(linkerd::ServerSpec),
    AuthorizationPolicy(linkerd::AuthorizationPolicySpec),
    MeshTlsAuthentication(linkerd::MeshTlsAuthenticationSpec),
    NetworkAuthentication(linkerd::NetworkAuthenticationSpec),
    /// A route of the group and version that the spec itself names.
    HttpRoute(gateway::HttpRouteSpec),
    GrpcRoute(gateway::GrpcRouteSpec),
    HttpLocalRateLimitPolicy(linkerd::HttpLocalRateLimitPolicySpec),
    EgressNetwork(linkerd::EgressNetworkSpec),
    ServiceProfile(linkerd::ServiceProfileSpec),
    TrafficSplit(smi::TrafficSplitSpec),
    VirtualService(istio::VirtualServiceSpec),
    DestinationRule(istio::DestinationRuleSpec),
    IstioAuthorizationPolicy(istio::AuthorizationPolicySpec),
    PeerAuthentication(istio::PeerAuthenticationSpec),
}

impl Object {
    /// The apiVersion and the kind.
    pub(crate) fn kind(&self) -> (&'static str, &'static str) {
        match &self.spec {
            Spec::Namespace => ("v1", "Namespace"),
            Spec::ServiceAccount => ("v1", "ServiceAccount"),
            Spec::Service(_) => ("v1", "Service"),
            Spec::Deployment(_) => ("apps/v1", "Deployment"),
            Spec::HorizontalPodAutoscaler(_) => ("autoscaling/v2", "HorizontalPodAutoscaler"),
            Spec::PodDisruptionBudget(_) => ("policy/v1", "PodDisruptionBudget"),
            Spec::CronJob(_) => ("batch/v1", "CronJob"),
            Spec::Job(_) => ("batch/v1", "Job"),
            Spec::Server(_) => ("policy.linkerd.io/v1beta3", "Server"),
            Spec::AuthorizationPolicy(_) => ("policy.linkerd.io/v1alpha1", "AuthorizationPolicy"),
            Spec::MeshTlsAuthentication(_) => ("policy.linkerd.io/v1alpha1", "MeshTLSAuthentication"),
            Spec::NetworkAuthentication(_) => ("policy.linkerd.io/v1alpha1", "NetworkAuthentication"),
            Spec::HttpRoute(route) => (route.api_version, "HTTPRoute"),
            Spec::GrpcRoute(route) => (route.api_version, "GRPCRoute"),
            Spec::HttpLocalRateLimitPolicy(_) => ("policy.linkerd.io/v1alpha1", "HTTPLocalRateLimitPolicy"),
            Spec::EgressNetwork(_) => ("policy.linkerd.io/v1alpha1", "EgressNetwork"),
            Spec::ServiceProfile(_) => ("linkerd.io/v1alpha2", "ServiceProfile"),
            Spec::TrafficSplit(_) => ("split.smi-spec.io/v1alpha2", "TrafficSplit"),
            Spec::VirtualService(_) => ("networking.istio.io/v1", "VirtualService"),
            Spec::DestinationRule(_) => ("networking.istio.io/v1", "DestinationRule"),
            Spec::IstioAuthorizationPolicy(_) => ("security.istio.io/v1", "AuthorizationPolicy"),
            Spec::PeerAuthentication(_) => ("security.istio.io/v1", "PeerAuthentication"),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (api_version, kind) = self.kind();
        let mut object = serializer.serialize_struct("Object", 4)?;
        object.serialize_field("apiVersion", api_version)?;
        object.serialize_field("kind", kind)?;
        object.serialize_field("metadata", &self.metadata)?;
        match &self.spec {
            Spec::Namespace | Spec::ServiceAccount => {}
            Spec::Service(spec) => object.serialize_field("spec", spec)?,
            Spec::Deployment(spec) => object.serialize_field("spec", spec)?,
            Spec::HorizontalPodAutoscaler(spec) => object.serialize_field("spec", spec)?,
            Spec::PodDisruptionBudget(spec) => object.serialize_field("spec", spec)?,
            Spec::CronJob(spec) => object.serialize_field("spec", spec)?,
            Spec::Job(spec) => object.serialize_field("spec", spec)?,
            Spec::Server(spec) => object.serialize_field("spec", spec)?,
            Spec::AuthorizationPolicy(spec) => object.serialize_field("spec", spec)?,
            Spec::MeshTlsAuthentication(spec) => object.serialize_field("spec", spec)?,
            Spec::NetworkAuthentication(spec) => object.serialize_field("spec", spec)?,
            Spec::HttpRoute(spec) => object.serialize_field("spec", spec)?,
            Spec::GrpcRoute(spec) => object.serialize_field("spec", spec)?,
            Spec::HttpLocalRateLimitPolicy(spec) => object.serialize_field("spec", spec)?,
            Spec::EgressNetwork(spec) => object.serialize_field("spec", spec)?,
            Spec::ServiceProfile(spec) => object.serialize_field("spec", spec)?,
            Spec::TrafficSplit(spec) => object.serialize_field("spec", spec)?,
            Spec::VirtualService(spec) => object.serialize_field("spec", spec)?,
            Spec::DestinationRule(spec) => object.serialize_field("spec", spec)?,
            Spec::IstioAuthorizationPolicy(spec) => object.serialize_field("spec", spec)?,
            Spec::PeerAuthentication(spec) => object.serialize_field("spec", spec)?,
        }
        object.end()
    }
}
