//! Timeouts, retries and weights by ServiceProfile: alone (`profile`), or with a TrafficSplit that
//! Linkerd's SMI extension copies into the profile (`smi`). The profile holds the same weights either
//! way, so that a GitOps apply of it does not undo the split until the extension's next round.

mod limits;
mod profile;
mod split;

use crate::mesh::uses::Feature;
use crate::targets::{Part, Role, Support, Target};

/// A TrafficSplit beside the profile.
pub(super) static SMI: Target = Target {
    name: "smi",
    // CNCF archived the specification in 2023; Linkerd will remove the extension (linkerd.io, tasks/linkerd-smi).
    is_deprecated: true,
    compile: |scene, part| match part {
        Part::App(app) => {
            profile::profile(scene.mesh, app, profile::Weights::KeptByTheExtension).into_iter().chain(split::split(app)).collect()
        }
        Part::Namespace(_) | Part::Job(_) | Part::Outside(..) => Vec::new(),
    },
    ..EITHER
};

/// The profile alone.
pub(super) static PROFILE: Target = Target {
    name: "profile",
    compile: |scene, part| match part {
        Part::App(app) => profile::profile(scene.mesh, app, profile::Weights::OurOwn).into_iter().collect(),
        Part::Namespace(_) | Part::Job(_) | Part::Outside(..) => Vec::new(),
    },
    ..EITHER
};

const EITHER: Target = Target {
    since: "Linkerd 2.16",
    roles: &[Role::Traffic],
    supports,
    check: limits::check,
    codes: limits::CODES,
    ..Target::NONE
};

fn supports(feature: Feature) -> Support {
    match feature {
        Feature::RetryLimit => {
            Support::Weaker("a ServiceProfile has no limit for one request, only the retry budget bounds retries")
        }
        Feature::RetryGrpcStatuses => Support::Weaker("a ServiceProfile retries every gRPC status that counts as a failure"),
        Feature::RetryTimeout => Support::Never("a ServiceProfile has one timeout for all tries together"),
        Feature::IdleTimeout => Support::Never("a ServiceProfile has a timeout for the whole request alone"),
        Feature::CircuitBreaker => {
            Support::Never("Linkerd ignores circuit breakers wherever a ServiceProfile has routes or weights")
        }
        Feature::Variants | Feature::VariantsOfGrpc => Support::Never("a ServiceProfile and a TrafficSplit look at no header"),
        Feature::OutsideHost | Feature::RetryOfGrpcOutside => Support::Never("a ServiceProfile is for a Service of the cluster"),
        Feature::Mirror => Support::Never("Linkerd copies no requests"),
        _ => Support::Yes,
    }
}
