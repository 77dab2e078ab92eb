//! Two tables that derive one name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::names::{callers, grants, inbound_route, outbound_route, probes, rest, server, workload};
use crate::mesh::{App, ExternalService, Mesh};
use crate::spanned::Span;

codes! {
    DERIVED_NAME_TAKEN = "derived-name-taken", Error, "two that derive one name",
        "The version `b` of the model `a` is deployed as `a-b`, and so is a service `a-b`: the one applied last would \
         replace the other, again and again.";
}

/// A kind of object whose names must differ within a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Workload,
    Server,
    Policy,
    Route,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut hashes = Vec::new();
    each(mesh, &mut |name| hashes.push(name.hash()));
    hashes.sort_unstable();
    // Two names that are alike have hashes that are alike, and hardly any others do: only then names are compared.
    if hashes.windows(2).any(|pair| pair[0] == pair[1]) {
        compare(mesh, report);
    }
}

/// A name that something derives.
struct Derived<'a> {
    namespace: &'a str,
    kind: Kind,
    name: String,
    span: Span,
}

impl Derived<'_> {
    /// FNV-1a of 64 bits, which is the same on every machine.
    fn hash(&self) -> u64 {
        let bytes = self.namespace.bytes().chain([0, self.kind as u8]).chain(self.name.bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

fn compare(mesh: &Mesh, report: &mut Report) {
    // Two tables of one name are `name-taken`, and say no more here.
    let tables: BTreeSet<Span> =
        mesh.apps.iter().map(|app| app.name.span).chain(mesh.jobs.iter().map(|job| job.name.span)).collect();
    let mut taken: BTreeMap<(&str, Kind, String), Span> = BTreeMap::new();
    each(mesh, &mut |Derived { namespace, kind, name, span }| match taken.entry((namespace, kind, name)) {
        Entry::Vacant(free) => {
            free.insert(span);
        }
        Entry::Occupied(first) if tables.contains(first.get()) && tables.contains(&span) => {}
        Entry::Occupied(first) => {
            let message = format!("the name `{}` is derived here and elsewhere", first.key().2);
            let diagnostic = Diagnostic::new(&DERIVED_NAME_TAKEN, span, message).also(*first.get(), "and here");
            report.push(diagnostic.help("rename one of the two"));
        }
    });
}

/// Every name that is derived.
fn each<'a>(mesh: &'a Mesh, take: &mut impl FnMut(Derived<'a>)) {
    mesh.apps.iter().for_each(|app| of_app(app, take));
    mesh.external.iter().for_each(|service| of_external(service, take));
    for job in &mesh.jobs {
        let (namespace, name) = (job.namespace.name.as_str(), job.name.value.clone());
        take(Derived { namespace, kind: Kind::Workload, name, span: job.name.span });
    }
}

fn of_app<'a>(app: &'a App, take: &mut impl FnMut(Derived<'a>)) {
    let namespace = app.namespace.name.as_str();
    take(Derived { namespace, kind: Kind::Workload, name: app.name.value.clone(), span: app.name.span });
    for key in app.versions.iter().filter_map(|version| version.key.as_ref()) {
        take(Derived { namespace, kind: Kind::Workload, name: workload(&app.name, Some(key)), span: key.span });
    }
    for port in app.ports.iter() {
        let (server, span) = (server(app, port), port.name.span);
        for name in grants(&callers(&server)).into_iter().chain(grants(&probes(&server))) {
            take(Derived { namespace, kind: Kind::Policy, name, span });
        }
        for name in [probes(&server), rest(&server), server.clone()] {
            take(Derived { namespace, kind: Kind::Route, name, span });
        }
        take(Derived { namespace, kind: Kind::Server, name: server, span });
    }
    for route in app.routes() {
        let (inbound, span) = (inbound_route(app, &route.name), route.name.span);
        for name in grants(&inbound) {
            take(Derived { namespace, kind: Kind::Policy, name, span });
        }
        for name in [inbound, outbound_route(&app.name, &route.name)] {
            take(Derived { namespace, kind: Kind::Route, name, span });
        }
    }
}

fn of_external<'a>(service: &'a ExternalService, take: &mut impl FnMut(Derived<'a>)) {
    for namespace in &service.called_from {
        let namespace = namespace.name.as_str();
        take(Derived { namespace, kind: Kind::Route, name: service.name.value.clone(), span: service.name.span });
        for route in service.ports.routes() {
            let name = outbound_route(&service.name, &route.name);
            take(Derived { namespace, kind: Kind::Route, name, span: route.name.span });
        }
    }
}
