//! What routes are attached to: a port of an app's Service, or what a namespace sends to a host outside.

use crate::mesh::{App, Namespace, Outside, Port, Route, names};
use crate::objects::gateway::{BackendReference, ParentReference};
use crate::value::Protocol;

use super::terms;

/// The group of EgressNetworks.
const LINKERD: &str = "policy.linkerd.io";

/// What routes are attached to.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// A port of the app.
    Port(&'a App, &'a Port),
    /// A service outside, for the callers in a namespace.
    Outside(&'a Outside, &'a Namespace),
}

impl<'a> Place<'a> {
    pub(super) fn app(self) -> &'a App {
        match self {
            Self::Port(app, _) => app,
            Self::Outside(outside, _) => &outside.app,
        }
    }

    pub(super) fn port(self) -> &'a Port {
        match self {
            Self::Port(_, port) => port,
            Self::Outside(outside, _) => &outside.app.ports.main,
        }
    }

    pub(super) fn namespace(self) -> &'a str {
        match self {
            Self::Port(app, _) => &app.namespace.name,
            Self::Outside(_, namespace) => &namespace.name,
        }
    }

    pub(super) fn hostnames(self) -> Vec<String> {
        match self {
            Self::Port(..) => Vec::new(),
            Self::Outside(outside, _) => vec![outside.host.value.clone()],
        }
    }

    pub(super) fn parent(self) -> ParentReference {
        let port = Some(self.port().numbers.service);
        match self {
            Self::Port(app, _) => ParentReference { group: "", kind: "Service", name: app.name.value.clone(), port },
            Self::Outside(..) => ParentReference { group: LINKERD, kind: "EgressNetwork", name: names::EGRESS.to_owned(), port },
        }
    }

    /// What the object is called that takes the rest of the requests.
    pub(super) fn name(self) -> String {
        match self {
            Self::Port(app, port) => names::server(app, port),
            Self::Outside(outside, _) => outside.app.name.value.clone(),
        }
    }

    /// The routes of its requests.
    pub(super) fn routes(self) -> &'a [Route] {
        &self.port().routes
    }

    /// The table of the app that it comes from.
    pub(super) fn table(self) -> String {
        self.port().table()
    }

    /// A Service of the app as the only destination, or as one of several with their weights.
    pub(super) fn backend(self, service: &str, weight: u32) -> BackendReference {
        BackendReference { group: "", kind: "Service", name: service.to_owned(), port: self.port().numbers.service, weight }
    }

    /// Where requests go that no variant takes. A version without a share is left out: alone it would get
    /// everything, and among others that have none either Linkerd's proxy gives up. What leaves the
    /// cluster goes where its address says: an EgressNetwork is its own only destination.
    pub(super) fn backends(self) -> Vec<BackendReference> {
        let Self::Port(app, _) = self else {
            let ParentReference { group, kind, name, .. } = self.parent();
            return vec![BackendReference { group, kind, name, port: self.port().numbers.service, weight: 1 }];
        };
        let Some(split) = &app.split else { return vec![self.backend(&app.name, 1)] };
        let takes = split.weights.iter().filter(|(_, weight)| weight.value > 0);
        takes.map(|(version, weight)| self.backend(&names::workload(app, Some(version)), weight.value)).collect()
    }

    /// Whether its routes are GRPCRoutes.
    pub(super) fn is_grpc(self) -> bool {
        match self {
            Self::Port(_, port) => port.protocol.value == Protocol::Grpc,
            Self::Outside(outside, _) => terms::is_grpc(&outside.app),
        }
    }
}
