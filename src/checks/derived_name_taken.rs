//! Two tables that derive one name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::names::{callers, grants, inbound_route, outbound_route, probes, rest, server, workload};
use crate::mesh::{App, ExternalService, Job, Mesh};
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

/// The names that are taken, by namespace and kind.
struct Taken<'a> {
    names: BTreeMap<(&'a str, Kind, String), Span>,
    /// The names of tables. Two tables of one name are `name-taken`, and say no more here.
    tables: BTreeSet<Span>,
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let tables = mesh.apps.iter().map(|app| app.name.span).chain(mesh.jobs.iter().map(|job| job.name.span)).collect();
    let mut taken = Taken { names: BTreeMap::new(), tables };
    mesh.apps.iter().for_each(|app| taken.app(app, report));
    mesh.external.iter().for_each(|service| taken.external(service, report));
    mesh.jobs.iter().for_each(|job| taken.job(job, report));
}

impl<'a> Taken<'a> {
    fn app(&mut self, app: &'a App, report: &mut Report) {
        let namespace = app.namespace.name.as_str();
        self.take(namespace, Kind::Workload, app.name.value.clone(), app.name.span, report);
        for key in app.versions.iter().filter_map(|version| version.key.as_ref()) {
            self.take(namespace, Kind::Workload, workload(&app.name, Some(key)), key.span, report);
        }
        for port in app.ports.iter() {
            let (server, span) = (server(app, port), port.name.span);
            for grant in grants(&callers(&server)).into_iter().chain(grants(&probes(&server))) {
                self.take(namespace, Kind::Policy, grant, span, report);
            }
            for route in [probes(&server), rest(&server), server.clone()] {
                self.take(namespace, Kind::Route, route, span, report);
            }
            self.take(namespace, Kind::Server, server, span, report);
        }
        for route in app.routes() {
            let inbound = inbound_route(app, &route.name);
            for grant in grants(&inbound) {
                self.take(namespace, Kind::Policy, grant, route.name.span, report);
            }
            for object in [inbound, outbound_route(&app.name, &route.name)] {
                self.take(namespace, Kind::Route, object, route.name.span, report);
            }
        }
    }

    fn external(&mut self, service: &'a ExternalService, report: &mut Report) {
        for namespace in &service.called_from {
            let namespace = namespace.name.as_str();
            self.take(namespace, Kind::Route, service.name.value.clone(), service.name.span, report);
            for route in service.ports.routes() {
                self.take(namespace, Kind::Route, outbound_route(&service.name, &route.name), route.name.span, report);
            }
        }
    }

    fn job(&mut self, job: &'a Job, report: &mut Report) {
        self.take(&job.namespace.name, Kind::Workload, job.name.value.clone(), job.name.span, report);
    }

    fn take(&mut self, namespace: &'a str, kind: Kind, derived: String, span: Span, report: &mut Report) {
        match self.names.entry((namespace, kind, derived)) {
            Entry::Vacant(free) => {
                free.insert(span);
            }
            Entry::Occupied(first) if self.tables.contains(first.get()) && self.tables.contains(&span) => {}
            Entry::Occupied(first) => {
                let message = format!("the name `{}` is derived here and elsewhere", first.key().2);
                let diagnostic = Diagnostic::new(&DERIVED_NAME_TAKEN, span, message).also(*first.get(), "and here");
                report.push(diagnostic.help("rename one of the two"));
            }
        }
    }
}
