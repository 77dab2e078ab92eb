//! The ports of what takes requests, each with its routes.

use std::iter;

use crate::mesh::{Access, RateLimit, Route};
use crate::spanned::Spanned;
use crate::value::{PortNumbers, Protocol};

/// The ports of an app.
#[derive(Debug)]
pub(crate) struct Ports {
    /// The one that `port` declares.
    pub main: Port,
    /// Those of `ports`, by name.
    pub additional: Vec<Port>,
}

impl Ports {
    /// All of them, the main one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Port> + Clone {
        iter::once(&self.main).chain(&self.additional)
    }

    /// The routes of all ports.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> + Clone {
        self.iter().flat_map(|port| &port.routes)
    }
}

/// Which port of its app a port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortKind {
    /// The one that `port` declares.
    Main,
    /// One of `ports`.
    Additional,
}

/// A port of an app.
#[derive(Debug)]
pub(crate) struct Port {
    /// Which port of its app it is.
    pub kind: PortKind,
    /// Its name on the Service and in the container.
    pub name: Spanned<String>,
    /// Its numbers.
    pub numbers: Spanned<PortNumbers>,
    /// What is spoken on it.
    pub protocol: Spanned<Protocol>,
    /// Who may call it.
    pub access: Access,
    /// How many requests a second each pod takes on it.
    pub rate_limit: Option<RateLimit>,
    /// What it takes, the more specific first.
    pub routes: Vec<Route>,
}

impl Port {
    /// Whether a route names callers of its own, so that every other path is refused.
    #[must_use]
    pub(crate) fn is_closed(&self) -> bool {
        self.routes.iter().any(|route| route.callers.is_some())
    }

    /// Who may call a route: its own callers, or else the port's.
    #[must_use]
    pub(crate) fn access_of<'a>(&'a self, route: &'a Route) -> &'a Access {
        route.callers.as_ref().unwrap_or(&self.access)
    }

    /// Whether the file says who may call it or how often, so that it has a policy of its own.
    #[must_use]
    pub(crate) fn has_policy(&self) -> bool {
        !matches!(self.access, Access::Default(_)) || self.rate_limit.is_some()
    }

    /// Whether a proxy sees requests on it, and not only bytes.
    #[must_use]
    pub(crate) fn has_requests(&self) -> bool {
        !matches!(self.protocol.value, Protocol::Opaque | Protocol::Tls)
    }
}
