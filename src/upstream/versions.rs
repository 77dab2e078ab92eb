//! The versions of the products that mlmesh compiles for, and since when each has what. A constant ending in
//! `_SINCE` is the first version with the thing; no other file knows one.

use std::fmt;

/// A minor version, such as 1.33.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MinorVersion {
    /// The number before the point.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
}

impl MinorVersion {
    /// `major.minor`.
    #[must_use]
    pub(crate) const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The version that a text says, as `MAJOR.MINOR` and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let are_numbers = [major, minor].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        are_numbers.then_some(())?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for MinorVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A product and the minor versions of it that mlmesh knows.
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) first: MinorVersion,
    pub(crate) newest: MinorVersion,
    /// The version that is compiled for where a manifest names none.
    pub(crate) default: MinorVersion,
}

/// Every field that is written here is known since 1.27; 1.37 is of 2026.
pub(crate) const KUBERNETES: Product = Product {
    name: "Kubernetes",
    first: MinorVersion::new(1, 27),
    newest: MinorVersion::new(1, 37),
    default: MinorVersion::new(1, 33),
};

/// Server v1beta3, without which there is no access policy, is served since 2.16; 2.20 is of 2026.
pub(crate) const LINKERD: Product = Product {
    name: "Linkerd",
    first: MinorVersion::new(2, 16),
    newest: MinorVersion::new(2, 20),
    default: MinorVersion::new(2, 20),
};

/// The oldest Istio that mlmesh compiles for: since 1.24, a Job can say that its sidecar ends with it.
pub(crate) const OLDEST_ISTIO: &str = "Istio 1.24";

impl Product {
    /// Whether mlmesh compiles for this version.
    pub(crate) fn is_supported(&self, version: MinorVersion) -> bool {
        version.major == self.first.major && version >= self.first
    }

    /// Whether this version came out after the newest that mlmesh knows.
    pub(crate) fn is_unreleased(&self, version: MinorVersion) -> bool {
        version.major == self.newest.major && version > self.newest
    }

    /// The oldest version that mlmesh compiles for, with the product's name.
    pub(crate) fn oldest(&self) -> String {
        format!("{} {}", self.name, self.first)
    }

    /// The versions from the first to the newest, as a person writes them.
    pub(crate) fn range(&self) -> String {
        format!("{} to {}", self.first, self.newest)
    }
}

// Kubernetes.

/// Since when Kubernetes has native sidecars, which end with their Job (linkerd.io, features/native-sidecars).
pub(crate) const NATIVE_SIDECARS_SINCE: MinorVersion = MinorVersion::new(1, 29);

/// Since when an autoscaler can look at one container; before, it adds up the requests of all (KEP-1610).
pub(crate) const CONTAINER_METRICS_SINCE: MinorVersion = MinorVersion::new(1, 30);

// Linkerd.

/// Since when Linkerd has EgressNetworks (release notes of 2.17).
pub(crate) const EGRESS_NETWORKS_SINCE: MinorVersion = MinorVersion::new(2, 17);

/// Since when Linkerd has rate limits (release notes of 2.17).
pub(crate) const RATE_LIMITS_SINCE: MinorVersion = MinorVersion::new(2, 17);

/// Since when a policy of Linkerd's may be for a route of the Gateway API's group (linkerd2 cdff9e2f6).
pub(crate) const GATEWAY_ROUTE_POLICIES_SINCE: MinorVersion = MinorVersion::new(2, 18);

/// Since when Linkerd watches v1 of the routes of the Gateway API (linkerd.io, features/gateway-api).
pub(crate) const GATEWAY_V1_SINCE: MinorVersion = MinorVersion::new(2, 18);

/// Since when native sidecars are in beta, and so is the name of their annotation (release notes of 2.19).
pub(crate) const BETA_SIDECARS_SINCE: MinorVersion = MinorVersion::new(2, 19);

/// Since when native sidecars are Linkerd's default (release notes of 2.20).
pub(crate) const DEFAULT_SIDECARS_SINCE: MinorVersion = MinorVersion::new(2, 20);

// The Gateway API.

/// Since when the standard channel has GRPCRoutes (release notes of Gateway API 1.1).
pub(crate) const GRPC_ROUTES_SINCE: MinorVersion = MinorVersion::new(1, 1);

/// Since when a rule of an HTTPRoute has timeouts in the standard channel (GEP-1742).
pub(crate) const ROUTE_TIMEOUTS_SINCE: MinorVersion = MinorVersion::new(1, 2);

/// The first and the last version of the Gateway API that a version of Linkerd reads (linkerd.io,
/// features/gateway-api). Of the newest Linkerd only the first is known.
pub(crate) fn gateway_api(linkerd: MinorVersion) -> (MinorVersion, Option<MinorVersion>) {
    let (first, last) = match linkerd.minor {
        ..=17 => (0, Some(1)),
        18 | 19 => (1, Some(2)),
        _ => (2, None),
    };
    (MinorVersion::new(1, first), last.map(|last| MinorVersion::new(1, last)))
}
