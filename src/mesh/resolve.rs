//! From the manifest as written to the mesh as meant: names are bound, defaults set. What cannot be
//! bound is reported, and left out or stood in for, so that the checks see as much as can be known.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::manifest::{self, Endpoint, Field, Manifest, Service};
use crate::mesh::access::{self, Callers};
use crate::mesh::directory::Directory;
use crate::mesh::{
    App, AppKind, Cluster, ExternalService, Job, Mesh, NameKind, Namespace, Owner, Ports, Routing, Schedule, Version, limits,
    overruled, routes, split, variants, workload,
};
use crate::spanned::{Span, Spanned};
use crate::upstream::versions;
use crate::value::{INVALID_NETWORK, PortNumbers, Traffic};

codes! {
    UNKNOWN_NAMESPACE = "unknown-namespace", Error, "a namespace that this file does not have",
        "Whether a namespace is in the mesh, and whom it admits, decides what its policies mean; so it has a table of its \
         own, with `manage = false` where somebody else makes it.";
    NO_VERSION = "no-version", Error, "a model without a version",
        "Nothing would be deployed, and the model's Service would have no endpoint.";
    TIME_ZONE_WITHOUT_SCHEDULE = "time-zone-without-schedule", Error, "a setting of a schedule without a schedule",
        "Only a CronJob has a time zone and a concurrency policy; a Job would ignore them.";
}

/// The mesh that a manifest means. Where something is missing or wrong, which is reported, something
/// stands in for it. `source` is what the manifest is called.
pub(crate) fn resolve(manifest: &Manifest, source: &str, report: &mut Report) -> Mesh {
    let namespaces: BTreeMap<String, Arc<Namespace>> = manifest
        .namespaces
        .iter()
        .map(|(name, namespace)| (name.value.clone(), Arc::new(self::namespace(name, namespace))))
        .collect();
    let directory = Directory::of(manifest, report);
    for (name, identity) in &manifest.identities {
        access::check_identity(name, identity, report);
    }
    let cluster = self::cluster(manifest.cluster.as_ref().unwrap_or(&manifest::Cluster::default()), manifest, report);
    let callers =
        Callers { directory: &directory, namespaces: &namespaces, trust_domain: &cluster.trust_domain, inbound: cluster.inbound };
    let scope = Scope {
        directory: &directory,
        namespaces: &namespaces,
        all_namespaces: manifest.namespaces.is_complete(),
        callers: &callers,
    };
    let models = manifest.models.iter().map(|(name, model)| scope.model(name, model, report)).collect::<Vec<_>>();
    let (mut services, mut external) = (Vec::new(), Vec::new());
    for (name, service) in &manifest.services {
        match service {
            Service::Deployed(service) => services.push(scope.service(name, service, report)),
            Service::Outside(service) => external.push(scope.external(name, service, report)),
        }
    }
    let jobs: Vec<Job> = manifest.jobs.iter().map(|(name, job)| scope.job(name, job, report)).collect();
    let mut apps: Vec<App> = models.into_iter().chain(services).collect();
    apps.sort_by(|one, other| one.name.cmp(&other.name));
    let identities = manifest.identities.keys().filter_map(|name| callers.caller(name, report)).collect();
    called_from(&mut external, &apps, &jobs);
    let namespaces = namespaces.values().map(Arc::clone).collect();
    Mesh { source: source.to_owned(), cluster, namespaces, identities, apps, jobs, external }
}

/// From where each external service is called.
fn called_from(external: &mut [ExternalService], apps: &[App], jobs: &[Job]) {
    let mut calling: BTreeMap<&str, BTreeMap<&str, &Arc<Namespace>>> = BTreeMap::new();
    let of_apps = apps.iter().flat_map(|app| app.all_calls().map(move |call| (&app.namespace, call)));
    let of_jobs = jobs.iter().flat_map(|job| job.calls.iter().map(move |call| (&job.namespace, call)));
    for (namespace, call) in of_apps.chain(of_jobs).filter(|(namespace, _)| namespace.inject) {
        calling.entry(&call.callee).or_default().insert(&namespace.name, namespace);
    }
    for service in external {
        let namespaces = calling.get(service.name.as_str()).into_iter().flat_map(BTreeMap::values);
        service.called_from = namespaces.map(|namespace| Arc::clone(namespace)).collect();
    }
}

fn cluster(cluster: &manifest::Cluster, manifest: &Manifest, report: &mut Report) -> Cluster {
    if let Some(networks) = cluster.networks.as_ref().filter(|networks| networks.is_empty()) {
        let diagnostic = Diagnostic::new(&INVALID_NETWORK, networks.span, "the cluster has no network");
        report.push(diagnostic.help("write the networks of its pods and nodes, or remove this line"));
    }
    let domain = cluster.domain().value;
    let linkerd = cluster.linkerd();
    // A version that could not be read is not a missing one: the first that this Linkerd reads stands in.
    let (first, _) = versions::gateway_api(linkerd.value);
    let stand_in = cluster.gateway_api.is_invalid().then_some(Spanned::new(first, cluster.span));
    Cluster {
        kubernetes: cluster.kubernetes(),
        linkerd,
        traffic: cluster.traffic.given().unwrap_or(Spanned::new(Traffic::Profile, cluster.span)),
        gateway_api: cluster.gateway_api.given().or(stand_in),
        trust_domain: cluster.trust_domain.as_ref().map_or(&domain, |trust_domain| &trust_domain.value).clone(),
        control_plane_namespace: cluster.control_plane_namespace().value,
        domain,
        inbound: cluster.inbound.given(),
        networks: cluster.networks().iter().map(|network| network.value.0).collect(),
        cni: cluster.cni().value,
        of_linkerd: of_linkerd(cluster),
        written_names: written_names(cluster, manifest),
    }
}

/// What only Linkerd's output hangs on.
fn of_linkerd(cluster: &manifest::Cluster) -> Vec<Span> {
    let versions = [cluster.linkerd, cluster.gateway_api].into_iter().filter_map(Field::given).map(|version| version.span);
    versions.chain(cluster.control_plane_namespace.as_ref().map(|namespace| namespace.span)).collect()
}

/// The names that go into DNS names and identities as they are.
fn written_names(cluster: &manifest::Cluster, manifest: &Manifest) -> Vec<(NameKind, Spanned<String>)> {
    let mut names = vec![
        (NameKind::Domain, &cluster.domain),
        (NameKind::Domain, &cluster.trust_domain),
        (NameKind::Namespace, &cluster.control_plane_namespace),
    ];
    for identity in manifest.identities.values() {
        names.push((NameKind::Namespace, &identity.namespace));
        names.push((NameKind::Account, &identity.service_account));
        names.push((NameKind::Domain, &identity.trust_domain));
    }
    names.into_iter().filter_map(|(kind, name)| Some((kind, name.as_ref()?.clone()))).collect()
}

fn namespace(name: &Spanned<String>, namespace: &manifest::Namespace) -> Namespace {
    Namespace {
        name: name.clone(),
        owner: if namespace.manage().value { Owner::Manifest } else { Owner::Elsewhere },
        inject: namespace.inject().value,
        inbound: namespace.inbound.given(),
        pod_security: namespace.pod_security.given(),
        labels: namespace.labels.clone(),
    }
}

/// A model with an image and without versions is its own only version.
fn single_version(name: &Spanned<String>, model: &manifest::Model) -> Option<manifest::Model> {
    let is_single = model.versions.is_empty() && model.versions.is_complete() && model.pod.image.is_given();
    let version = manifest::ModelVersion { span: model.span, ..manifest::ModelVersion::default() };
    let versions = [(Spanned::new(manifest::SINGLE_VERSION.to_owned(), name.span), version)].into_iter().collect();
    is_single.then(|| manifest::Model { versions, ..model.clone() })
}

/// What every table of the manifest is resolved against.
struct Scope<'a> {
    directory: &'a Directory<'a>,
    namespaces: &'a BTreeMap<String, Arc<Namespace>>,
    /// Whether these are all: others may have been written where nothing could be read.
    all_namespaces: bool,
    callers: &'a Callers<'a>,
}

impl Scope<'_> {
    fn model(&self, name: &Spanned<String>, model: &manifest::Model, report: &mut Report) -> App {
        let single = single_version(name, model);
        let model = single.as_ref().unwrap_or(model);
        let routing = split::resolve(name, model, report);
        let is_empty = model.versions.is_empty() && model.versions.is_complete() && model.pod.image.is_absent();
        if is_empty && model.span != Span::default() {
            let help = format!("add an `image`, or `[models.{name}.versions.v1]` with one");
            report.push(Diagnostic::new(&NO_VERSION, name.span, format!("`{name}` has no version")).help(help));
        }
        let (namespace, ports) = self.place(name, &model.endpoint, report);
        let versions = self.versions(model, &namespace, &ports, report);
        let app = self.app(AppKind::Model, name, &model.endpoint, (namespace, ports), report);
        let (variants, mirror) = (variants::variants(model, report), variants::mirror(model, report));
        let overruled = overruled::overruled(model);
        App { versions, routing, variants, mirror, overruled, ..app }
    }

    fn versions(&self, model: &manifest::Model, namespace: &Namespace, ports: &Ports, report: &mut Report) -> Vec<Version> {
        let mut versions = Vec::with_capacity(model.versions.len());
        for (key, version) in &model.versions {
            let pod = workload::pod(&version.pod, Some(&model.pod), namespace, key.span, report);
            let scale = workload::scale(&version.scale, Some(&model.scale), ports, report);
            versions.push(Version { key: Some(key.clone()), pod, scale });
        }
        versions
    }

    /// Where the host or the port is missing or wrong, which was reported, a host of nowhere (RFC 2606) and 0
    /// stand in for it.
    fn external(&self, name: &Spanned<String>, service: &manifest::OutsideService, report: &mut Report) -> ExternalService {
        let number = service.port.given().map(|port| Spanned::new(PortNumbers { service: port.0, container: port.0 }, port.span));
        let endpoint = Endpoint {
            span: service.span,
            port: number.into(),
            protocol: service.protocol,
            routes: service.routes.clone(),
            ..Endpoint::default()
        };
        let ports = routes::ports(&endpoint, name, None, self.callers, report);
        let host = match service.host.as_ref() {
            Some(host) => Spanned::new(host.value.0.clone(), host.span),
            None => Spanned::new(format!("{name}.invalid"), name.span),
        };
        ExternalService { name: name.clone(), host, ports, called_from: Vec::new() }
    }

    fn service(&self, name: &Spanned<String>, service: &manifest::DeployedService, report: &mut Report) -> App {
        let (namespace, ports) = self.place(name, &service.endpoint, report);
        let pod = workload::pod(&service.pod, None, &namespace, name.span, report);
        let scale = workload::scale(&service.scale, None, &ports, report);
        let app = self.app(AppKind::Service, name, &service.endpoint, (namespace, ports), report);
        App { versions: vec![Version { key: None, pod, scale }], ..app }
    }

    /// Where an app lives and on which ports.
    fn place(&self, name: &Spanned<String>, endpoint: &Endpoint, report: &mut Report) -> (Arc<Namespace>, Ports) {
        let namespace = self.namespace(name, endpoint.namespace.as_ref(), report);
        let ports = routes::ports(endpoint, name, namespace.inbound, self.callers, report);
        (namespace, ports)
    }

    fn app(
        &self,
        kind: AppKind,
        name: &Spanned<String>,
        endpoint: &Endpoint,
        place: (Arc<Namespace>, Ports),
        report: &mut Report,
    ) -> App {
        let (namespace, ports) = place;
        App {
            kind,
            name: name.clone(),
            namespace,
            ports,
            retry_budget: routes::retry_budget(endpoint),
            calls: self.directory.calls_of_app(endpoint.calls.as_ref(), report),
            client_retries: endpoint.client_retries.given(),
            load: endpoint.load.given(),
            circuit_breaker: endpoint.circuit_breaker.as_ref().map(limits::circuit_breaker),
            versions: Vec::new(),
            routing: Routing::Single(None),
            variants: Vec::new(),
            mirror: None,
            overruled: Vec::new(),
        }
    }

    fn job(&self, name: &Spanned<String>, job: &manifest::Job, report: &mut Report) -> Job {
        let calls = self.directory.calls_of_app(job.calls.as_ref(), report);
        let extra = job.time_zone.as_ref().map(|zone| zone.span).or(job.concurrency_policy.given().map(|policy| policy.span));
        if let (Field::Absent, Some(extra)) = (&job.schedule, extra) {
            let diagnostic =
                Diagnostic::new(&TIME_ZONE_WITHOUT_SCHEDULE, extra, "this job has no schedule that it could hold for");
            report.push(diagnostic.help("add `schedule = \"0 3 * * *\"`, or leave this out"));
        }
        let namespace = self.namespace(name, job.namespace.as_ref(), report);
        let schedule = job.schedule.as_ref().map(|schedule| Schedule {
            cron: schedule.value.0.clone(),
            time_zone: job.time_zone.as_ref().map(|zone| zone.value.0.clone()),
            concurrency_policy: job.concurrency_policy.given().map(|policy| policy.value),
        });
        let pod = workload::pod(&job.pod, None, &namespace, name.span, report);
        let backoff_limit = job.backoff_limit.given().map(|limit| limit.value);
        Job { name: name.clone(), namespace, schedule, backoff_limit, calls, client_retries: job.client_retries.given(), pod }
    }

    /// The namespace of `owner`. Where it is missing or wrong, one that asks for nothing stands in for
    /// it, so that the rest of the table is looked at.
    fn namespace(&self, owner: &Spanned<String>, written: Option<&Spanned<String>>, report: &mut Report) -> Arc<Namespace> {
        let Some(written) = written else { return stand_in(owner) };
        if let Some(namespace) = self.namespaces.get(written.as_str()) {
            return Arc::clone(namespace);
        }
        if !self.all_namespaces {
            return stand_in(owner);
        }
        let known = self.namespaces.keys().map(String::as_str);
        let message = format!("this file has no namespace `{written}`");
        let diagnostic = Diagnostic::new(&UNKNOWN_NAMESPACE, written.span, message);
        let diagnostic = diagnostic.help_with_names(written, known, "namespaces", quoted);
        let help = format!("add `[namespaces.{written}]`, with `manage = false` if it exists already");
        report.push(if diagnostic.suggestion.is_some() { diagnostic } else { diagnostic.help(help) });
        stand_in(owner)
    }
}

fn stand_in(owner: &Spanned<String>) -> Arc<Namespace> {
    Arc::new(namespace(owner, &manifest::Namespace::default()))
}
