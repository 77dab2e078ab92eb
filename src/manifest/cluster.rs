//! `[cluster]`, `[namespaces.NAME]` and `[output]`: where the output goes and what is there already.

use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::upstream::versions::MinorVersion;
use crate::value::{InboundPolicy, KeptPath, Named, Network, PodSecurity, Traffic};

table! {
    /// What the output must be accepted by. Nothing is ever asked of a cluster.
    pub struct Cluster {
        /// The Kubernetes version, as `MAJOR.MINOR`. Default: 1.33.
        optional kubernetes: Spanned<MinorVersion>,
        /// The Linkerd version, as `MAJOR.MINOR`. Default: 2.20.
        #[like = "2.20"]
        optional linkerd: Spanned<MinorVersion>,
        /// The API that carries weights, timeouts and retries. There is no default.
        required traffic: Spanned<Traffic>,
        /// The version of the Gateway API whose CRDs are installed. Left out: they are not.
        #[like = "1.2"]
        optional gateway_api: Spanned<MinorVersion>,
        /// The DNS domain of the cluster. Default: cluster.local.
        optional domain: Spanned<String>,
        /// The trust domain of Linkerd's identities. Default: the cluster's domain.
        optional trust_domain: Spanned<String>,
        /// The namespace of Linkerd's control plane. Default: linkerd.
        optional control_plane_namespace: Spanned<String>,
        /// Who may call a port of which nothing is said, as the mesh is installed (Linkerd's `proxy.defaultInboundPolicy`). It states what is there and sets nothing. Default: not known.
        optional inbound: Spanned<InboundPolicy>,
        /// The networks of the cluster's pods and nodes (Linkerd's `clusterNetworks`). Default: the private networks of Linkerd's chart: 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16 and fd00::/8.
        optional networks: Spanned<Vec<Spanned<Network>>>,
        /// Whether the mesh's CNI plugin is installed, so that restricted namespaces can take injected pods. Default: false.
        optional cni: Spanned<bool>,
    }

    /// A namespace that models, services and jobs live in.
    pub struct Namespace {
        /// Whether mlmesh writes the Namespace; `false`: it exists and is only referred to. Default: true.
        optional manage: Spanned<bool>,
        /// Whether Linkerd's proxy is injected into its pods. Default: true.
        optional inject: Spanned<bool>,
        /// Who may call a port that names no callers (Linkerd's default-inbound-policy). Default: whom the cluster admits, see `cluster.inbound`.
        optional inbound: Spanned<InboundPolicy>,
        /// The Pod Security level that the namespace enforces. Default: none.
        optional pod_security: Spanned<PodSecurity>,
        /// Further labels of the Namespace.
        many labels: Named<Spanned<String>>,
    }

    /// Where the generated files go.
    pub struct Output {
        /// The folder, relative to the manifest. Default: deploy.
        optional dir: Spanned<String>,
        /// Files of other people in that folder, each a file or a folder, such as "kustomization.yaml". `render --check` reports every other YAML or JSON file that mlmesh did not write.
        many keep: Vec<Spanned<KeptPath>>,
    }
}
