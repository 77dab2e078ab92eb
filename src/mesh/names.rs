//! Every name that is made of other names is made here, so that the check that measures a name and
//! the target that prints it cannot disagree.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Job, Mesh, Port, PortKind};
use crate::spanned::{Span, Spanned};
use crate::upstream::kubernetes;

codes! {
    INVALID_NAME = "invalid-name", Error, "a name that Kubernetes would refuse",
        "A name becomes the name of a Service, so it is an RFC 1035 label: lowercase letters, digits and hyphens, a \
         letter first, no hyphen last. (apimachinery, pkg/util/validation)";
    NAME_TOO_LONG = "name-too-long", Error, "a name that is too long for what is derived from it",
        "A Service's name and a label's value have at most 63 characters, a CronJob's name 52 (Kubernetes); a version's \
         Service and Deployment are called MODEL-VERSION, and Linkerd writes a Deployment's name into a label. mlmesh \
         never cuts a name short, since two names could become one.";
    DERIVED_NAME_TAKEN = "derived-name-taken", Error, "two that derive one name",
        "The version `b` of the model `a` is deployed as `a-b`, and so is a service `a-b`: the one applied last would \
         replace the other, again and again.";
}

/// The Deployment, and for a model the Service, of a version: `MODEL-VERSION`; a service's own name.
pub(crate) fn workload(app: &str, key: Option<&str>) -> String {
    key.map_or_else(|| app.to_owned(), |key| format!("{app}-{key}"))
}

/// The Services of an app: the one that callers know, and that of each version of a model.
pub(crate) fn services(app: &App) -> impl Iterator<Item = String> {
    let keys = app.versions.iter().filter_map(|version| version.key.as_ref());
    iter::once(app.name.value.clone()).chain(keys.map(|key| workload(&app.name, Some(key))))
}

/// The DNS name of a Service.
pub(crate) fn fqdn(service: &str, namespace: &str, mesh: &Mesh) -> String {
    format!("{service}.{namespace}.svc.{}", mesh.cluster.domain)
}

/// What stands for a port in policies: the app's name, and the port's where it is a further one.
pub(crate) fn server(app: &App, port: &Port) -> String {
    match port.kind {
        PortKind::Main => app.name.value.clone(),
        PortKind::Additional => format!("{}-{}", app.name.value, port.name.value),
    }
}

/// What stands for a route in policies.
pub(crate) fn inbound_route(app: &App, route: &str) -> String {
    format!("{}-inbound-{}", app.name.value, kubernetes::to_label_end(route))
}

/// The object of a route that cannot stand in the app's own.
pub(crate) fn outbound_route(callee: &str, route: &str) -> String {
    format!("{callee}-outbound-{}", kubernetes::to_label_end(route))
}

/// Where the requests of a namespace leave the cluster.
pub(crate) const EGRESS: &str = "egress";

/// What shuts a namespace on Istio. No app has a dot in its name, so that none of its policies is called so.
pub(crate) const DENY_ALL: &str = "inbound.deny";

/// What stands for the probes of a port in policies.
pub(crate) fn probes(server: &str) -> String {
    format!("{server}-probes")
}

/// What stands in policies for the requests of a port that are no probes.
pub(crate) fn rest(server: &str) -> String {
    format!("{server}-rest")
}

/// The grant of a port's callers.
pub(crate) fn callers(server: &str) -> String {
    format!("{server}-callers")
}

/// What stands in for a policy while routes of another group take over. No name of a manifest has a dot, so that no
/// route of it can have a policy of this name.
pub(crate) fn stand_in(policy: &str) -> String {
    format!("{policy}.next")
}

/// The grants that are called after something: to whom the cluster knows, to identities of elsewhere,
/// to networks.
pub(crate) fn grants(base: &str) -> [String; 3] {
    [base.to_owned(), format!("{base}-identities"), format!("{base}-networks")]
}

/// Reports a name that is no RFC 1035 label.
pub(crate) fn check_label(name: &Spanned<String>, report: &mut Report) {
    if !kubernetes::is_label(name) {
        report_invalid(name, report);
    }
    too_long(name, &name.value, kubernetes::LABEL_LENGTH, report);
}

/// Reports a name that cannot stand behind a hyphen in an RFC 1035 label.
pub(crate) fn check_label_end(name: &Spanned<String>, report: &mut Report) {
    if !kubernetes::is_label_end(name) {
        report_invalid(name, report);
    }
    too_long(name, &name.value, kubernetes::LABEL_LENGTH, report);
}

/// Reports a name of a route whose objects could not be named after it. It may be that of a gRPC method, in words of any
/// case.
pub(crate) fn check_route(name: &Spanned<String>, report: &mut Report) {
    let label = kubernetes::to_label_end(name);
    if !kubernetes::is_label_end(&label) {
        let message = format!("`{}` is not a valid name of a route", name.value);
        let help = "use letters, digits and hyphens, with a letter or digit at either end";
        report.push(Diagnostic::new(&INVALID_NAME, name.span, message).help(help));
    }
    too_long(name, &label, kubernetes::LABEL_LENGTH, report);
}

/// Reports a name that is no DNS subdomain, as Secrets and ConfigMaps have.
pub(crate) fn check_subdomain(name: &Spanned<String>, report: &mut Report) {
    if !kubernetes::is_subdomain(name) {
        report_invalid(name, report);
    }
}

fn report_invalid(name: &Spanned<String>, report: &mut Report) {
    let message = format!("`{}` is no name that Kubernetes takes", name.value);
    let help = "write lowercase letters, digits and hyphens, a letter first and no hyphen last";
    report.push(Diagnostic::new(&INVALID_NAME, name.span, message).help(help));
}

fn too_long(name: &Spanned<String>, derived: &str, most: usize, report: &mut Report) {
    if derived.len() <= most {
        return;
    }
    let message = format!("`{derived}` has {} characters, and Kubernetes takes {most}", derived.len());
    let help = format!("make it shorter by {}", derived.len() - most);
    report.push(Diagnostic::new(&NAME_TOO_LONG, name.span, message).help(help));
}

/// A kind of object whose names must differ within a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Workload,
    Server,
    Policy,
    Route,
}

/// Reports the derived names that are too long, and those that two would derive.
pub(crate) fn check_derived(mesh: &Mesh, report: &mut Report) {
    let mut taken: BTreeMap<(&str, Kind, String), Span> = BTreeMap::new();
    // Two tables of one name have been reported as such: see `directory`.
    let own: BTreeSet<Span> =
        mesh.apps.iter().map(|app| app.name.span).chain(mesh.jobs.iter().map(|job| job.name.span)).collect();
    let mut take =
        |namespace, kind, derived: String, span: Span, report: &mut Report| match taken.entry((namespace, kind, derived)) {
            Entry::Vacant(free) => drop(free.insert(span)),
            Entry::Occupied(first) if own.contains(first.get()) && own.contains(&span) => {}
            Entry::Occupied(first) => {
                let message = format!("the name `{}` is derived here and elsewhere", first.key().2);
                let diagnostic = Diagnostic::new(&DERIVED_NAME_TAKEN, span, message).also(*first.get(), "and here");
                report.push(diagnostic.help("rename one of the two"));
            }
        };
    for app in &mesh.apps {
        let namespace = app.namespace.name.as_str();
        take(namespace, Kind::Workload, app.name.value.clone(), app.name.span, report);
        for key in app.versions.iter().filter_map(|version| version.key.as_ref()) {
            let derived = workload(&app.name, Some(key));
            too_long(key, &derived, kubernetes::LABEL_LENGTH, report);
            take(namespace, Kind::Workload, derived, key.span, report);
        }
        for port in app.ports.iter() {
            let server = server(app, port);
            for grant in grants(&callers(&server)).into_iter().chain(grants(&probes(&server))) {
                take(namespace, Kind::Policy, grant, port.name.span, report);
            }
            for of_port in [probes(&server), rest(&server)] {
                take(namespace, Kind::Route, of_port, port.name.span, report);
            }
            take(namespace, Kind::Route, server.clone(), port.name.span, report);
            take(namespace, Kind::Server, server, port.name.span, report);
        }
        for route in app.routes() {
            for grant in grants(&inbound_route(app, &route.name)) {
                take(namespace, Kind::Policy, grant, route.name.span, report);
            }
            for route_object in [inbound_route(app, &route.name), outbound_route(&app.name, &route.name)] {
                take(namespace, Kind::Route, route_object, route.name.span, report);
            }
        }
    }
    for outside in &mesh.external {
        for namespace in &outside.called_from {
            let namespace = namespace.name.as_str();
            take(namespace, Kind::Route, outside.name.value.clone(), outside.name.span, report);
            for route in outside.ports.routes() {
                take(namespace, Kind::Route, outbound_route(&outside.name, &route.name), route.name.span, report);
            }
        }
    }
    for job in &mesh.jobs {
        check_job(job, report);
        take(job.namespace.name.as_str(), Kind::Workload, job.name.value.clone(), job.name.span, report);
    }
}

/// A Job's name ends in a hash of ten characters behind a hyphen, a CronJob's Jobs in a time.
fn check_job(job: &Job, report: &mut Report) {
    too_long(&job.name, &job.name.value, kubernetes::CRON_JOB_LENGTH, report);
}
