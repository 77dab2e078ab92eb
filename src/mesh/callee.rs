//! What takes requests: the apps of the cluster, and the services outside of it.

use std::sync::Arc;

use crate::mesh::{App, Namespace, Ports, Route};
use crate::spanned::{Span, Spanned};

/// A service outside of the cluster: `[services.NAME]` with a `host`.
#[derive(Debug)]
pub(crate) struct ExternalService {
    /// Its name in the file.
    pub name: Spanned<String>,
    /// Its DNS name.
    pub host: Spanned<String>,
    /// Its ports: it has no additional ones.
    pub ports: Ports,
    /// The namespaces from which something with a proxy calls it.
    pub called_from: Vec<Arc<Namespace>>,
}

impl ExternalService {
    /// Whether something with a proxy calls it from this namespace.
    #[must_use]
    pub(crate) fn is_called_from(&self, namespace: &Namespace) -> bool {
        self.called_from.iter().any(|from| from.name == namespace.name)
    }
}

/// What takes requests.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee<'a> {
    /// A model or a service of the cluster.
    App(&'a App),
    /// A service outside of it.
    External(&'a ExternalService),
}

impl<'a> Callee<'a> {
    /// Its name in the file.
    #[must_use]
    pub(crate) fn name(self) -> &'a Spanned<String> {
        match self {
            Self::App(app) => &app.name,
            Self::External(service) => &service.name,
        }
    }

    /// Its ports.
    #[must_use]
    pub(crate) fn ports(self) -> &'a Ports {
        match self {
            Self::App(app) => &app.ports,
            Self::External(service) => &service.ports,
        }
    }

    /// The routes of all ports.
    pub(crate) fn routes(self) -> impl Iterator<Item = &'a Route> + Clone {
        self.ports().routes()
    }

    /// The first thing in it that speaks of requests, which a proxy must see to do it.
    #[must_use]
    pub(crate) fn first_of_requests(self) -> Option<Span> {
        match self {
            Self::App(app) => app.first_of_requests(),
            Self::External(service) => service.ports.routes().next().map(|route| route.name.span),
        }
    }

    /// The model or service, if it is of the cluster.
    #[must_use]
    pub(crate) fn app(self) -> Option<&'a App> {
        match self {
            Self::App(app) => Some(app),
            Self::External(_) => None,
        }
    }
}
