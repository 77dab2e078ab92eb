//! Timeouts, retries and weights by ServiceProfile: alone (`profile`), or with a TrafficSplit that
//! Linkerd's SMI extension copies into the profile (`smi`). The profile holds the same weights either
//! way, so that a GitOps apply of it does not undo the split until the extension's next round.

mod limits;
mod profile;
mod split;

use crate::targets::{Part, Role, Target};

/// A TrafficSplit beside the profile.
pub(super) static SMI: Target = Target {
    name: "smi",
    compile: |scene, part| match part {
        Part::App(app) => profile::profile(scene.mesh, app).into_iter().chain(split::split(app)).collect(),
        Part::Namespace(_) | Part::Job(_) | Part::External(..) => Vec::new(),
    },
    ..EITHER
};

/// The profile alone.
pub(super) static PROFILE: Target = Target {
    name: "profile",
    compile: |scene, part| match part {
        Part::App(app) => profile::profile(scene.mesh, app).into_iter().collect(),
        Part::Namespace(_) | Part::Job(_) | Part::External(..) => Vec::new(),
    },
    ..EITHER
};

const EITHER: Target = Target { roles: &[Role::Traffic], check: limits::check, codes: limits::CODES, ..Target::NONE };
