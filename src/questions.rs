//! Questions to a mesh without errors: who may call whom, and where a request goes. The mesh only gives
//! the names and the requests to ask about; the answers are `proxy`'s, from the objects that are rendered.

pub(crate) mod access;
pub(crate) mod compare;
pub(crate) mod route;

use std::collections::BTreeSet;
use std::net::IpAddr;

use regex::Regex;

use crate::line::Line;
use crate::mesh::{App, Handler, Mesh, Method, Namespace, Path, Piece, Protocol, Provider, Route, Who};
use crate::objects::Unit;
use crate::proxy::{Client, Decision, Identity, Request, Settings, Terms, Verdict, World, decide, terms, terms_outside};
use crate::targets;
use crate::upstream::linkerd;
use crate::upstream::overlap::Expression;

/// Any workload with a proxy that the manifest does not name.
pub(crate) const MESHED: &str = "meshed";

/// Anyone in the cluster without a proxy.
pub(crate) const UNMESHED: &str = "unmeshed";

/// The objects of a mesh, to be asked about.
pub(crate) fn rendered(mesh: &Mesh) -> Vec<Unit> {
    targets::compile(mesh).collect()
}

/// What proxies make of these objects.
pub(crate) fn world<'a>(mesh: &Mesh, units: &'a [Unit]) -> World<'a> {
    let cluster = &mesh.cluster;
    World::of(
        units,
        Settings {
            domain: cluster.domain.clone(),
            trust_domain: cluster.trust_domain.clone(),
            control_plane_namespace: cluster.control_plane_namespace.clone(),
        },
    )
}

/// Everyone who can be asked about: what the manifest deploys, the identities that it names, and
/// strangers with and without a proxy.
pub(crate) fn clients(mesh: &Mesh) -> Vec<(String, Client)> {
    let apps = mesh.apps.iter().map(|app| (&app.name, &app.namespace));
    let jobs = mesh.jobs.iter().map(|job| (&job.name, &job.namespace));
    let mut clients: Vec<(String, Client)> =
        apps.chain(jobs).map(|(name, namespace)| (name.value.clone(), deployed(mesh, name, namespace))).collect();
    clients.extend(mesh.identities.iter().map(|caller| (caller.name.value.clone(), elsewhere(mesh, &caller.who))));
    clients.sort_by(|one, other| one.0.cmp(&other.0));
    let stranger = Client { identity: Some(identity(mesh, "someone", "elsewhere", None)), address: None, inside: true };
    clients.push((MESHED.to_owned(), stranger));
    clients.push((UNMESHED.to_owned(), Client { identity: None, address: None, inside: true }));
    clients
}

fn deployed(mesh: &Mesh, name: &str, namespace: &Namespace) -> Client {
    let identity = namespace.inject.then(|| identity(mesh, name, &namespace.name, None));
    Client { identity, address: None, inside: true }
}

/// Of a whole namespace, someone; of networks, the first address.
fn elsewhere(mesh: &Mesh, who: &Who) -> Client {
    const SOMEONE: &str = "someone";
    let meshed = |identity, inside| Client { identity: Some(identity), address: None, inside };
    match who {
        Who::Account { namespace, account } => meshed(identity(mesh, account, namespace, None), true),
        Who::Namespace(namespace) => meshed(identity(mesh, SOMEONE, namespace, None), true),
        Who::Foreign { namespace, account, trust_domain } => {
            let account = account.as_deref().unwrap_or(SOMEONE);
            meshed(identity(mesh, account, namespace, Some(trust_domain)), false)
        }
        Who::Networks(networks) => {
            let address: Option<IpAddr> = networks.first().and_then(|network| network.hosts().next());
            Client { identity: None, address, inside: address.is_some_and(linkerd::is_cluster_address) }
        }
    }
}

fn identity(mesh: &Mesh, account: &str, namespace: &str, trust_domain: Option<&str>) -> Identity {
    let trust_domain = trust_domain.unwrap_or(&mesh.cluster.trust_domain);
    Identity { account: account.to_owned(), namespace: namespace.to_owned(), trust_domain: trust_domain.to_owned() }
}

/// Something that can be called, and a request that calls it.
pub(crate) struct Target<'a> {
    pub(crate) app: &'a App,
    /// `APP.ROUTE`, `APP.PORT` or `APP`.
    pub(crate) name: String,
    /// Which part of the app it is.
    pub(crate) part: Part,
    /// The number of the Service's port.
    pub(crate) port: u16,
    pub(crate) method: String,
    pub(crate) path: String,
    /// What a person reads: the method and the path as they are written, or `everything else`.
    pub(crate) request: Line,
}

/// A part of an app that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A route.
    Route,
    /// What the kubelet asks, which is open to everyone.
    Probe,
    /// What no route of the main port matches.
    Rest,
    /// A further port.
    Port,
}

impl Target<'_> {
    /// Whether the app is meant to answer it: what its routes leave over is nobody's.
    pub(crate) fn is_meant(&self) -> bool {
        self.part != Part::Rest || self.app.routes.is_empty()
    }
}

/// What an app can be asked: each of its routes, what no route matches, and each further port.
pub(crate) fn targets_of<'a>(mesh: &Mesh, app: &'a App) -> Vec<Target<'a>> {
    let main = app.main_port().numbers.service;
    let target = |part: Part, name: String, port: u16, method: &str, path: String, request: String| Target {
        app,
        name,
        part,
        port,
        method: method.to_owned(),
        path,
        request: request.into(),
    };
    let mut targets: Vec<Target<'_>> = app
        .routes
        .iter()
        .map(|route| {
            let name = format!("{}.{}", app.name, route.name);
            let method = method_of(app, route);
            target(Part::Route, name, main, method, sample(&route.path), format!("{} {}", shown(route), written(&route.path)))
        })
        .collect();
    // Istio answers the kubelet itself, and treats anyone else who asks like every other request.
    let probes = if mesh.cluster.provider() == Provider::Linkerd { probes(app) } else { BTreeSet::new() };
    targets.extend(probes.into_iter().map(|(port, path)| {
        let request = format!("GET {path}, a probe");
        target(Part::Probe, app.name.value.clone(), port, "GET", path, request)
    }));
    let rest = if app.routes.is_empty() { "everything" } else { "everything else" };
    targets.push(target(
        Part::Rest,
        app.name.value.clone(),
        main,
        "GET",
        unnamed_path(app),
        of_port(rest, app.main_port().protocol.value),
    ));
    for port in &app.ports[1..] {
        let name = format!("{}.{}", app.name, port.name);
        targets.push(target(
            Part::Port,
            name,
            port.numbers.service,
            "GET",
            "/".to_owned(),
            of_port("everything", port.protocol.value),
        ));
    }
    targets
}

/// What the kubelet asks and no route names: Linkerd opens it to everyone.
fn probes(app: &App) -> BTreeSet<(u16, String)> {
    let asked = app.probes().filter_map(|probe| match &probe.handler {
        Handler::Http(path) => {
            let port = app.ports.iter().find(|port| port.numbers.container == probe.port)?;
            Some((port.numbers.service, path.split(['?', '#']).next().unwrap_or(path).to_owned()))
        }
        Handler::Exec(_) | Handler::Grpc(_) | Handler::Tcp => None,
    });
    let main = app.main_port().numbers.service;
    asked
        .filter(|(port, path)| {
            *port != main || app.routes.iter().all(|route| route.method != Method::Get || route.path.literal() != Some(path))
        })
        .collect()
}

/// The terms of a request to a port of an app, here or outside.
pub(crate) fn terms_to(mesh: &Mesh, world: &World<'_>, client: &Client, place: (&App, u16), request: Request<'_>) -> Terms {
    let (app, port) = place;
    let Some(outside) = mesh.outside(&app.name) else {
        return terms(world, client, (&app.namespace.name, &app.name, port), request);
    };
    let from = client.identity.as_ref().map_or("", |identity| identity.namespace.as_str());
    terms_outside(world, client, (from, &outside.host, port), request)
}

/// What the Server of a target's pods does with this client's request.
pub(crate) fn ask(world: &World<'_>, client: &Client, target: &Target<'_>) -> Decision {
    admission(world, client, &target.app.namespace.name, &target.app.name, target.port, request(target))
}

pub(crate) fn request<'a>(target: &'a Target<'_>) -> Request<'a> {
    Request { method: &target.method, path: &target.path, headers: &[] }
}

/// What the pods behind a Service do with a request; where they do not agree, the first that refuses it.
fn admission(world: &World<'_>, client: &Client, namespace: &str, service: &str, port: u16, request: Request<'_>) -> Decision {
    let mut decisions =
        world.behind(namespace, service, port).into_iter().map(|(pod, port)| decide(world, pod, port, client, request));
    let nobody = || Decision { verdict: Verdict::Denied, rule: format!("no pods behind the Service {service}") };
    let first = decisions.next().unwrap_or_else(nobody);
    decisions.fold(first, |one, other| if one.verdict == Verdict::Allowed { other } else { one })
}

fn of_port(what: &str, protocol: Protocol) -> String {
    match protocol {
        Protocol::Opaque | Protocol::Tls => "every connection".to_owned(),
        _ => what.to_owned(),
    }
}

fn shown(route: &Route) -> String {
    match route.method {
        _ if route.grpc => "gRPC".to_owned(),
        Method::Any => "any".to_owned(),
        method => method.token().unwrap_or_default().to_owned(),
    }
}

fn written(path: &Path) -> String {
    match path {
        Path::Regex(regex) => format!("~{regex}"),
        template => template.to_string(),
    }
}

/// The method of a request for a route: of `any`, one that no other route and no probe of its path takes.
fn method_of(app: &App, route: &Route) -> &'static str {
    const METHODS: [Method; 7] =
        [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options, Method::Head];
    let probed = probes(app).iter().any(|(_, path)| route.path.literal() == Some(path));
    let taken = |method: Method| {
        (method == Method::Get && probed) || app.routes.iter().any(|other| other.method == method && other.path == route.path)
    };
    let mut own =
        METHODS.iter().filter(|method| if route.method == Method::Any { !taken(**method) } else { **method == route.method });
    own.next().and_then(|method| method.token()).unwrap_or("GET")
}

/// A path that a route matches.
fn sample(path: &Path) -> String {
    match path {
        Path::Template(template) => template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text,
                Piece::Parameter | Piece::Rest => "x",
            })
            .collect(),
        Path::Regex(_) => Expression::new(path.regex()).example().unwrap_or("/").to_owned(),
    }
}

/// A path that no route of the app matches, if there is one that is easily found.
fn unnamed_path(app: &App) -> String {
    let matches = |path: &str| {
        app.routes.iter().any(|route| Regex::new(&format!("^{}$", route.path.regex())).is_ok_and(|regex| regex.is_match(path)))
    };
    let tries = (0..).map(|length: usize| format!("/-{}", "-".repeat(length)));
    tries.take(8).find(|path| !matches(path)).unwrap_or_else(|| "/-".to_owned())
}
