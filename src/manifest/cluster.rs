//! `[cluster]`, `[namespaces.NAME]` and `[output]`: where the output goes and what is there already.

use std::fmt;

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::manifest::Network;
use crate::manifest::named::Named;
use crate::manifest::read::{Read, as_str};
use crate::manifest::table::{Wrong, table, texts, words};
use crate::spanned::Spanned;
use crate::syntax::Value;

codes! {
    INVALID_VERSION = "invalid-version", Error, "a version that is no `MAJOR.MINOR`",
        "What a cluster accepts is decided by its minor version; mlmesh compares these numbers and nothing else.";
    INVALID_KEPT_PATH = "invalid-kept-path", Error, "a path of `keep` that is not inside the output folder",
        "`keep` names files beside the generated ones, by their path from the output folder: a path that begins at the root or \
         climbs out by `..` names no file of it, and would keep nothing.";
}

table! {
    /// What the output must be accepted by. Nothing is ever asked of a cluster.
    pub struct Cluster {
        /// The Kubernetes version, as `MAJOR.MINOR`. Default: 1.33.
        optional kubernetes: Spanned<Version>,
        /// The Linkerd version, as `MAJOR.MINOR`. Default: 2.20.
        #[like = "2.20"]
        optional linkerd: Spanned<Version>,
        /// The API that carries weights, timeouts and retries. There is no default.
        required traffic: Spanned<Traffic>,
        /// The version of the Gateway API whose CRDs are installed. Left out: they are not.
        #[like = "1.2"]
        optional gateway_api: Spanned<Version>,
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

words! {
    /// The API that carries weights, timeouts and retries.
    pub enum Traffic {
        /// An SMI TrafficSplit, carried out by Linkerd's SMI extension, beside a ServiceProfile.
        Smi = "smi",
        /// A ServiceProfile alone: no extension is needed.
        Profile = "profile",
        /// HTTPRoutes and GRPCRoutes of the Gateway API, as Linkerd reads them.
        GatewayApi = "gateway-api",
        /// Istio in place of Linkerd: VirtualServices and AuthorizationPolicies.
        Istio = "istio",
    }

    /// Linkerd's default for a port that names no callers.
    pub enum InboundPolicy {
        /// Everyone, meshed or not.
        AllUnauthenticated = "all-unauthenticated",
        /// Everyone with a mesh identity, from anywhere.
        AllAuthenticated = "all-authenticated",
        /// Everyone in the cluster's networks.
        ClusterUnauthenticated = "cluster-unauthenticated",
        /// Everyone with a mesh identity in the cluster's networks.
        ClusterAuthenticated = "cluster-authenticated",
        /// Nobody who is not named.
        Deny = "deny",
        /// Everyone; what `deny` would refuse is logged.
        Audit = "audit",
    }

    /// A level of the Pod Security Standards.
    pub enum PodSecurity {
        /// No restriction.
        Privileged = "privileged",
        /// No known privilege escalation.
        Baseline = "baseline",
        /// Hardened pods alone.
        Restricted = "restricted",
    }
}

texts! {
    /// A path in the output folder.
    pub struct KeptPath("a path in the output folder", most 1024, like "kustomization.yaml", kept_path);
}

fn kept_path(text: &str) -> Result<String, Wrong> {
    let path = text.strip_suffix('/').unwrap_or(text);
    let inside = !path.contains(['\\', ':']) && path.split('/').all(|part| !["", ".", ".."].contains(&part));
    let help = "write the path from the output folder, such as \"kustomization.yaml\" or \"extra/\"";
    inside.then(|| path.to_owned()).ok_or(Wrong { code: &INVALID_KEPT_PATH, what: "path inside the output folder", help })
}

/// A minor version, such as 1.33.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The number before the point.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
}

impl Version {
    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (digits(major) && digits(minor)).then_some(())?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Read for Version {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a version in quotes, such as \"1.33\"", report)?;
        let version = Self::parse(text);
        if version.is_none() {
            let message = format!("`{text}` is no `MAJOR.MINOR`");
            let diagnostic = Diagnostic::new(&INVALID_VERSION, value.span, message);
            let diagnostic = diagnostic.help("write the minor version alone, such as \"1.33\"");
            let parts: Vec<&str> = text.trim().trim_start_matches('v').splitn(3, '.').take(2).collect();
            report.push(match Self::parse(&parts.join(".")) {
                Some(version) => diagnostic.suggest(Safety::Safe, quoted(&version.to_string())),
                None => diagnostic,
            });
        }
        version
    }
}

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MinorVersion".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^[0-9]+\.[0-9]+$", "examples": ["1.33"] })
    }
}
