//! Istio in place of Linkerd: who may call, and where requests go. The version Services are destinations
//! by their own names: a subset would look for pods among those of the model's Service, which are the
//! stable version's alone. Older than 1.24 it cannot be: only since then can a job say that its sidecar ends
//! with it.

mod access;
mod decorate;
mod limits;
mod traffic;

use crate::targets::{Part, Role, Target};

pub(super) static TARGET: Target = Target {
    name: "istio",
    roles: &[Role::Access, Role::Traffic],
    compile: |scene, part| match part {
        Part::App(app) => {
            let mut objects = access::access(scene.mesh, app);
            objects.extend(traffic::traffic(scene.mesh, app));
            objects
        }
        Part::Namespace(namespace) => access::of_namespace(namespace).into_iter().collect(),
        Part::Job(_) | Part::External(..) => Vec::new(),
    },
    decorate: decorate::decorate,
    check: limits::check,
    codes: limits::CODES,
};
