//! Istio in place of Linkerd: who may call, and where requests go. The version Services are destinations
//! by their own names: a subset would look for pods among those of the model's Service, which are the
//! stable version's alone. Older than 1.24 it cannot be: only since then can a job say that its sidecar ends
//! with it.

mod access;
mod decorate;
mod limits;
mod traffic;

use crate::mesh::App;
use crate::mesh::uses::Feature;
use crate::objects::{Map, Metadata};
use crate::targets::{Part, Role, Support, Target};

pub(super) static TARGET: Target = Target {
    name: "istio",
    since: "Istio 1.24",
    roles: &[Role::Access, Role::Traffic],
    supports,
    compile: |scene, part| match part {
        Part::App(app) => {
            let mut objects = access::access(scene.mesh, app);
            objects.extend(traffic::traffic(scene.mesh, app));
            objects
        }
        Part::Namespace(namespace) => access::of_namespace(namespace).into_iter().collect(),
        Part::Job(_) | Part::Outside(..) => Vec::new(),
    },
    decorate: decorate::decorate,
    check: limits::check,
    codes: limits::CODES,
    ..Target::NONE
};

fn supports(feature: Feature) -> Support {
    match feature {
        Feature::RetryBudget => {
            Support::Weaker("a VirtualService has no retry budget; the `limit` of each retry is all that bounds them")
        }
        Feature::HttpStatusesOfGrpc => Support::Weaker(
            "Envoy looks at the gRPC status of a call; those that a gateway makes of the HTTP ones stand in for them",
        ),
        Feature::CircuitBreaker => Support::Weaker(
            "Envoy leaves a pod alone for `min-penalty` times the number of times that it did so before, and knows no \
             `max-penalty`",
        ),
        Feature::OutsideHost | Feature::RetryOfGrpcOutside => {
            Support::Never("Istio wants a ServiceEntry for it, which mlmesh does not write")
        }
        Feature::IdleTimeout => Support::Never("a VirtualService has a timeout for the whole request alone"),
        Feature::SplitOfFurtherBytes => {
            Support::Weaker("connections to this port are not split: they all go to the stable version")
        }
        Feature::SplitOfBytes => Support::Never("mlmesh writes no `tcp` routes into a VirtualService"),
        Feature::RateLimit => Support::Never("Istio limits rates by EnvoyFilters, which mlmesh does not write"),
        Feature::Audit => Support::Never("Istio has no policy that lets everyone in and logs whom it would refuse"),
        Feature::InboundOfCluster => Support::Never("Istio does not know the networks of the cluster"),
        Feature::GatewayApi => Support::Never("a policy of Istio's is for pods, and names paths itself"),
        Feature::RouteCallersByExpression => Support::Never(
            "the paths of an AuthorizationPolicy have no expressions, a parameter is a whole segment there, and `*` is not itself",
        ),
        _ => Support::Yes,
    }
}

fn metadata(name: &str, app: &App) -> Metadata {
    Metadata {
        name: name.to_owned(),
        namespace: Some(app.namespace.name.value.clone()),
        labels: app_label(app),
        annotations: Map::new(),
    }
}

fn app_label(app: &App) -> Map {
    Map::from([("app".into(), app.name.value.clone().into())])
}
