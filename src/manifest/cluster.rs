//! `[cluster]`, `[namespaces.NAME]` and `[output]`: where the output goes and what is there already.

use crate::manifest::table::table;
use crate::spanned::{Span, Spanned};
use crate::upstream::linkerd::CLUSTER_NETWORKS;
use crate::upstream::versions::{self, MinorVersion};
use crate::value::{InboundPolicy, KeptPath, Named, Network, PodSecurity, Traffic};

table! {
    /// What the output must be accepted by. Nothing is ever asked of a cluster.
    pub(crate) struct Cluster {
        /// The Kubernetes version, as `MAJOR.MINOR`.
        optional kubernetes: Spanned<MinorVersion> = versions::KUBERNETES.default,
        /// The Linkerd version, as `MAJOR.MINOR`.
        #[like = "2.20"]
        optional linkerd: Spanned<MinorVersion> = versions::LINKERD.default,
        /// The API that carries weights, timeouts and retries. There is no default.
        required traffic: Spanned<Traffic>,
        /// The version of the Gateway API whose CRDs are installed.
        #[like = "1.2"]
        #[default = "no CRDs are installed"]
        optional gateway_api: Spanned<MinorVersion>,
        /// The DNS domain of the cluster.
        optional domain: Spanned<String> = "cluster.local".to_owned(),
        /// The trust domain of Linkerd's identities.
        #[default = "the cluster's domain"]
        optional trust_domain: Spanned<String>,
        /// The namespace of Linkerd's control plane.
        optional control_plane_namespace: Spanned<String> = "linkerd".to_owned(),
        /// Who may call a port of which nothing is said, as the mesh is installed (Linkerd's `proxy.defaultInboundPolicy`). It states what is there and sets nothing.
        #[default = "not known"]
        optional inbound: Spanned<InboundPolicy>,
        /// The networks of the cluster's pods and nodes (Linkerd's `clusterNetworks`).
        optional networks: Spanned<Vec<Spanned<Network>>> = networks_of_chart(),
        /// Whether the mesh's CNI plugin is installed, so that restricted namespaces can take injected pods.
        optional cni: Spanned<bool> = false,
    }

    /// A namespace that models, services and jobs live in.
    pub(crate) struct Namespace {
        /// Whether mlmesh writes the Namespace; `false`: it exists and is only referred to.
        optional manage: Spanned<bool> = true,
        /// Whether Linkerd's proxy is injected into its pods.
        optional inject: Spanned<bool> = true,
        /// Who may call a port that names no callers (Linkerd's default-inbound-policy).
        #[default = "whom the cluster admits, see `cluster.inbound`"]
        optional inbound: Spanned<InboundPolicy>,
        /// The Pod Security level that the namespace enforces.
        #[default = "none"]
        optional pod_security: Spanned<PodSecurity>,
        /// Further labels of the Namespace.
        many labels: Named<Spanned<String>>,
    }

    /// Where the generated files go.
    pub(crate) struct Output {
        /// The folder, relative to the manifest.
        optional dir: Spanned<String> = "deploy".to_owned(),
        /// Files of other people in that folder, each a file or a folder, such as "kustomization.yaml". `render --check` reports every other YAML or JSON file that mlmesh did not write.
        many keep: Vec<Spanned<KeptPath>>,
    }
}

fn networks_of_chart() -> Vec<Spanned<Network>> {
    let networks = CLUSTER_NETWORKS.iter().filter_map(|network| network.parse().ok());
    networks.map(|network| Spanned::new(Network(network), Span::default())).collect()
}
