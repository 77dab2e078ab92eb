//! Questions to a mesh without errors: who may call whom, and where a request goes. The mesh only gives
//! the names and the requests to ask about; the answers are `proxy`'s, from the objects that are rendered.

pub mod access;
mod callers;
pub(crate) mod compare;
mod requests;
pub mod route;

pub(crate) use callers::{Asker, MESHED, UNMESHED, askers};
pub(crate) use requests::{Part, Sample, Target, targets_of};

use crate::mesh::{App, Callee, Mesh, names};
use crate::objects::Unit;
use crate::proxy::{Client, Decision, Pod, Reception, Request, Settings, Terms, Verdict, World, receive, terms, terms_outside};
use crate::upstream::addresses::Addresses;

/// What proxies make of these objects.
pub(crate) fn world<'a>(mesh: &Mesh, units: &'a [Unit]) -> World<'a> {
    let cluster = &mesh.cluster;
    World::of(
        units,
        Settings {
            domain: cluster.domain.clone(),
            trust_domain: cluster.trust_domain.clone(),
            control_plane_namespace: cluster.control_plane_namespace.clone(),
            inbound: cluster.inbound.map(|policy| policy.value.word()),
            networks: Addresses::of(cluster.networks.iter().copied()),
        },
    )
}

/// The terms of a request to a port.
pub(crate) fn terms_to(world: &World<'_>, client: &Client, (callee, port): (Callee<'_>, u16), request: Request<'_>) -> Terms {
    match callee {
        Callee::App(app) => terms(world, client, (&app.namespace.name, &app.name, port), request),
        Callee::External(service) => {
            let from = client.identity.as_ref().map_or("", |identity| identity.namespace.as_str());
            terms_outside(world, client, (from, &service.host, port), request)
        }
    }
}

/// What pods make of a request, whoever sends it.
pub(crate) struct Door<'w> {
    /// The first of the requests that are received so.
    sample: Sample,
    reception: Reception<'w>,
}

impl Door<'_> {
    pub(crate) fn sample(&self) -> &Sample {
        &self.sample
    }

    /// What becomes of the requests of this client.
    pub(crate) fn decide(&self, world: &World<'_>, client: &Client) -> Decision {
        self.reception.decide(world, client)
    }
}

/// The different ways in which the pods of an app receive these requests to a port of its Service. An external service has
/// no pods.
pub(crate) fn doors<'w>(world: &'w World<'w>, callee: Callee<'_>, port: u16, samples: &[Sample]) -> Vec<Door<'w>> {
    let pods = callee.app().map(|app| pods(world, app, port)).unwrap_or_default();
    let mut doors: Vec<Door<'_>> = Vec::new();
    for sample in samples {
        for (pod, number) in pods.iter().filter(|(pod, number)| !sample.is_probe || pod.is_asked(*number, sample.request())) {
            let reception = receive(world, *pod, *number, sample.request());
            if doors.iter().all(|door| door.reception != reception) {
                doors.push(Door { sample: sample.clone(), reception });
            }
        }
    }
    doors
}

/// The pods of all versions of an app, and the number of the container's port behind one of its Service.
fn pods<'w>(world: &World<'w>, app: &App, port: u16) -> Vec<(Pod<'w>, u16)> {
    let mut pods: Vec<(Pod<'_>, u16)> = Vec::new();
    for (pod, number) in names::services(app).flat_map(|service| world.behind(&app.namespace.name, &service, port)) {
        if pods.iter().all(|(known, _)| !known.is(pod)) {
            pods.push((pod, number));
        }
    }
    pods
}

/// What becomes of all that comes through these doors from one client. Where some of it is let in and some is not, the
/// rule names a request that is not.
pub(crate) fn decide(world: &World<'_>, doors: &[Door<'_>], client: &Client) -> Decision {
    let decisions: Vec<(&Sample, Decision)> = doors.iter().map(|door| (&door.sample, door.decide(world, client))).collect();
    let Some((_, first)) = decisions.first() else {
        return Decision { verdict: Verdict::Denied, rule: "no pods are behind the Service".to_owned() };
    };
    let are_same = decisions.iter().all(|(_, one)| one.verdict == first.verdict);
    if are_same || decisions.iter().all(|(_, one)| one.verdict.is_refusal()) {
        return first.clone();
    }
    let (sample, other) = decisions.iter().find(|(_, one)| one.verdict != Verdict::Allowed).expect("not all are allowed");
    let rule = format!("`{} {}` is {}: {}", sample.method, sample.path, other.verdict.word(), other.rule);
    Decision { verdict: Verdict::Partly, rule }
}
