//! What routes are attached to: a port of an app's Service, or what a namespace sends to a host outside.

use crate::mesh::{App, Callee, ExternalService, Namespace, Port, Route, Variant, names};
use crate::objects::gateway::{BackendReference, ParentReference};
use crate::objects::{Origin, Rest};
use crate::targets::metadata;
use crate::value::Protocol;

/// The group of EgressNetworks.
const LINKERD: &str = "policy.linkerd.io";

/// What routes are attached to.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// A port of the app.
    Port(&'a App, &'a Port),
    /// An external service, for the callers in a namespace.
    External(&'a ExternalService, &'a Namespace),
}

/// The routes of one port, and what all of them have in common.
#[derive(Clone, Copy)]
pub(super) struct Routes<'a> {
    pub(super) routes: &'a [Route],
    pub(super) variants: &'a [Variant],
    /// Whether they are GRPCRoutes.
    pub(super) is_grpc: bool,
}

impl<'a> Routes<'a> {
    /// Those of an external service are no GRPCRoutes: one would make gRPC of all that its callers send to this port of
    /// whatever host (linkerd2, policy-controller/grpc/src/outbound.rs).
    pub(super) fn of(callee: Callee<'a>, port: &'a Port) -> Self {
        let (variants, is_grpc) = match callee {
            Callee::App(app) => (app.variants.as_slice(), port.protocol.value == Protocol::Grpc),
            Callee::External(_) => ([].as_slice(), false),
        };
        Self { routes: &port.routes, variants, is_grpc }
    }
}

impl<'a> Place<'a> {
    pub(super) fn callee(self) -> Callee<'a> {
        match self {
            Self::Port(app, _) => Callee::App(app),
            Self::External(service, _) => Callee::External(service),
        }
    }

    pub(super) fn port(self) -> &'a Port {
        match self {
            Self::Port(_, port) => port,
            Self::External(service, _) => &service.ports.main,
        }
    }

    pub(super) fn namespace(self) -> &'a Namespace {
        match self {
            Self::Port(app, _) => &app.namespace,
            Self::External(_, namespace) => namespace,
        }
    }

    pub(super) fn hostnames(self) -> Vec<String> {
        match self {
            Self::Port(..) => Vec::new(),
            Self::External(service, _) => vec![service.host.value.clone()],
        }
    }

    pub(super) fn parent(self) -> ParentReference {
        let port = Some(self.port().numbers.service);
        let (group, kind, name) = match self {
            Self::Port(app, _) => ("", "Service", app.name.value.clone()),
            Self::External(..) => (LINKERD, "EgressNetwork", names::EGRESS.to_owned()),
        };
        ParentReference { group: Some(group.into()), kind: Some(kind.into()), name, port, rest: Rest::new() }
    }

    /// What the object is called that takes the rest of the requests.
    pub(super) fn name(self) -> String {
        match self {
            Self::Port(app, port) => names::server(app, port),
            Self::External(service, _) => service.name.value.clone(),
        }
    }

    /// The routes of its requests.
    pub(super) fn routes(self) -> Routes<'a> {
        Routes::of(self.callee(), self.port())
    }

    /// The table that it comes from.
    pub(super) fn origin(self) -> Origin {
        match self {
            Self::Port(app, port) => metadata::port_origin(app, port),
            Self::External(..) => metadata::callee_origin(self.callee()),
        }
    }

    /// A Service of the app as the only destination, or as one of several with their weights.
    pub(super) fn backend(self, service: &str, weight: u32) -> BackendReference {
        self.weighted("", "Service", service, weight)
    }

    fn weighted(self, group: &'static str, kind: &'static str, name: &str, weight: u32) -> BackendReference {
        BackendReference {
            group: Some(group.into()),
            kind: Some(kind.into()),
            name: name.to_owned(),
            port: Some(self.port().numbers.service),
            weight: Some(weight),
            rest: Rest::new(),
        }
    }

    /// Where requests go that no variant takes. A version without a share is left out: alone it would get
    /// everything, and among others that have none either Linkerd's proxy gives up. What leaves the
    /// cluster goes where its address says: an EgressNetwork is its own only destination.
    pub(super) fn backends(self) -> Vec<BackendReference> {
        let Self::Port(app, _) = self else {
            return vec![self.weighted(LINKERD, "EgressNetwork", names::EGRESS, 1)];
        };
        let Some(split) = app.routing.split() else { return vec![self.backend(&app.name, 1)] };
        let takes = split.weights.iter().filter(|(_, weight)| weight.value > 0);
        takes.map(|(version, weight)| self.backend(&names::workload(&app.name, Some(version)), weight.value)).collect()
    }
}
