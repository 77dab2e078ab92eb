//! What Istio reads on objects of Kubernetes: injection, native sidecars, and what is spoken on a port.

use crate::mesh::{Mesh, Namespace, Owner};
use crate::objects::Map;
use crate::targets::{Decoration, Subject};
use crate::value::Protocol;

/// The injector reads it on a namespace.
const INJECTION: &str = "istio-injection";

/// The injector reads it on a pod, whatever the namespace says.
const INJECT: &str = "sidecar.istio.io/inject";

/// A sidecar that ends with its job; before Istio 1.24 nobody reads it (release notes of 1.24.0).
const NATIVE_SIDECAR: &str = "sidecar.istio.io/nativeSidecar";

pub(super) fn decorate(_: &Mesh, subject: Subject<'_>) -> Decoration {
    match subject {
        Subject::Namespace(namespace) => {
            let inject = if namespace.inject { "enabled" } else { "disabled" };
            Decoration { labels: Map::from([(INJECTION.into(), inject.into())]), ..Decoration::default() }
        }
        Subject::AppPod(app, _) => Decoration { labels: inject(&app.namespace), ..Decoration::default() },
        Subject::JobPod(job) => {
            let native = (NATIVE_SIDECAR.into(), "true".into());
            let annotations = Some(native).filter(|_| job.namespace.inject).into_iter().collect();
            Decoration { labels: inject(&job.namespace), annotations, ..Decoration::default() }
        }
        Subject::Port(port) => Decoration { app_protocol: app_protocol(port.protocol.value), ..Decoration::default() },
        Subject::Service(_) | Subject::VersionService(_) => Decoration::default(),
    }
}

/// The words of Istio's own (istio.io, ops/configuration/traffic-management/protocol-selection). It detects
/// what is spoken on a port that says nothing, neither here nor by its name.
fn app_protocol(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Opaque => Some("tcp"),
        Protocol::Tls => Some("tls"),
        Protocol::Detect | Protocol::Http1 | Protocol::Http2 | Protocol::Grpc => None,
    }
}

/// What a namespace says that somebody else keeps is not known.
fn inject(namespace: &Namespace) -> Map {
    let told = (INJECT.into(), if namespace.inject { "true" } else { "false" }.into());
    Some(told).filter(|_| namespace.owner != Owner::Manifest).into_iter().collect()
}
