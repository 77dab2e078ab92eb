//! What the output must be accepted by, and the namespaces that it lives in.

use ipnet::IpNet;

use crate::mesh::Owner;
use crate::spanned::{Span, Spanned};
use crate::upstream::versions::{self, MinorVersion, Product};
use crate::value::{InboundPolicy, Named, PodSecurity, Traffic};

/// What the output must be accepted by.
#[derive(Debug)]
pub(crate) struct Cluster {
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
    /// Whom the mesh admits where nothing is said, if that is stated.
    pub inbound: Option<Spanned<InboundPolicy>>,
    /// The networks of its pods and nodes.
    pub networks: Vec<IpNet>,
    /// Whether the mesh's CNI plugin is installed.
    pub cni: bool,
    /// Settings that only Linkerd's output hangs on, where they were written.
    pub of_linkerd: Vec<Span>,
    /// The names above and of identities, where they were written.
    pub written_names: Vec<(NameKind, Spanned<String>)>,
}

/// What a name names that goes into DNS names and identities as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// The DNS domain of a cluster, or a trust domain.
    Domain,
    /// A namespace.
    Namespace,
    /// A service account.
    Account,
}

/// Whose proxies carry the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// Linkerd's.
    Linkerd,
    /// Istio's.
    Istio,
}

impl Cluster {
    /// The products whose versions decide what is written, each with its version.
    pub(crate) fn products(&self) -> impl Iterator<Item = (&'static Product, Spanned<MinorVersion>)> {
        let linkerd = (self.provider() == Provider::Linkerd).then_some((&versions::LINKERD, self.linkerd));
        [(&versions::KUBERNETES, self.kubernetes)].into_iter().chain(linkerd)
    }

    /// Whose proxies carry the traffic.
    #[must_use]
    pub(crate) fn provider(&self) -> Provider {
        match self.traffic.value {
            Traffic::Smi | Traffic::Profile | Traffic::GatewayApi => Provider::Linkerd,
            Traffic::Istio => Provider::Istio,
        }
    }
}

/// A namespace.
#[derive(Debug)]
pub(crate) struct Namespace {
    /// Its name.
    pub name: Spanned<String>,
    /// Who writes the Namespace object.
    pub owner: Owner,
    /// Whether its pods get a proxy.
    pub inject: bool,
    /// The policy of ports that name no callers, where it was written.
    pub inbound: Option<Spanned<InboundPolicy>>,
    /// The level that it enforces.
    pub pod_security: Option<Spanned<PodSecurity>>,
    /// Further labels.
    pub labels: Labels,
}

/// Labels or annotations as a person wrote them.
pub(crate) type Labels = Named<Spanned<String>>;
