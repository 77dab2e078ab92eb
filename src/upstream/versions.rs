//! The versions of the products that mlmesh compiles for.

use std::fmt;

/// A minor version, such as 1.33.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinorVersion {
    /// The number before the point.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
}

impl MinorVersion {
    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The version that a text says, as `MAJOR.MINOR` and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (digits(major) && digits(minor)).then_some(())?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for MinorVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A product and the minor versions of it that mlmesh knows: the first and the newest.
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) major: u32,
    pub(crate) first: u32,
    pub(crate) newest: u32,
}

/// Every field that is written here is known since 1.27; 1.37 is of 2026.
pub(crate) const KUBERNETES: Product = Product { name: "Kubernetes", major: 1, first: 27, newest: 37 };

/// Server v1beta3, without which there is no access policy, is served since 2.16; 2.20 is of 2026.
pub(crate) const LINKERD: Product = Product { name: "Linkerd", major: 2, first: 16, newest: 20 };

/// The oldest Istio that mlmesh compiles for: since 1.24, a Job can say that its sidecar ends with it.
pub(crate) const OLDEST_ISTIO: &str = "Istio 1.24";

impl Product {
    /// Whether mlmesh compiles for this version.
    pub(crate) fn is_supported(&self, major: u32, minor: u32) -> bool {
        major == self.major && minor >= self.first
    }

    /// Whether this version came out after the newest that mlmesh knows.
    pub(crate) fn is_unreleased(&self, major: u32, minor: u32) -> bool {
        major == self.major && minor > self.newest
    }

    /// The oldest version that mlmesh compiles for, with the product's name.
    pub(crate) fn oldest(&self) -> String {
        let Self { name, major, first, .. } = self;
        format!("{name} {major}.{first}")
    }

    /// The versions from the first to the newest, as a person writes them.
    pub(crate) fn range(&self) -> String {
        let Self { major, first, newest, .. } = self;
        format!("{major}.{first} to {major}.{newest}")
    }
}
