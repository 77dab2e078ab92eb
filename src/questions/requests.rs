//! What an app can be asked: each route of it, what no route takes, each additional port. A part stands for all of its
//! requests, so it has one of every kind that a route, a method or a probe tells from the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::line::Line;
use crate::mesh::{Callee, Mesh, Port, PortKind, ProbeRequest, Provider, Route, pairs};
use crate::proxy::Request;
use crate::upstream::kubernetes::GRPC_HEALTH_CHECK;
use crate::upstream::overlap::{Expression, Overlap};
use crate::value::{Method, Path, Protocol};

/// A request that stands for others of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    /// Whether only the pods are meant that have this probe.
    pub(crate) is_probe: bool,
}

impl Sample {
    pub(crate) fn request(&self) -> Request<'_> {
        Request { method: self.method, path: &self.path, headers: &[] }
    }
}

/// Something that can be called.
pub(crate) struct Target<'a> {
    pub(crate) callee: Callee<'a>,
    /// `APP.ROUTE`, `APP.PORT` or `APP`.
    pub(crate) name: String,
    /// Which part of the app it is.
    pub(crate) part: Part,
    /// The number of the Service's port.
    pub(crate) port: u16,
    /// Its requests, those of the kubelet left out; none where only the kubelet asks.
    pub(crate) samples: Vec<Sample>,
    /// The requests of the kubelet among them.
    pub(crate) probes: Vec<Sample>,
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
    /// What no route of the main port takes.
    Rest,
    /// An additional port.
    Port,
}

impl Target<'_> {
    /// What a row of a table stands for: a route that only the kubelet's request is for stands for that.
    pub(crate) fn shown(&self) -> &[Sample] {
        if self.samples.is_empty() { &self.probes } else { &self.samples }
    }
}

/// What an app can be asked: each of its routes, what no route takes, each additional port, and what the kubelet asks.
pub(crate) fn targets_of<'a>(mesh: &Mesh, callee: Callee<'a>) -> Vec<Target<'a>> {
    let table = Table::of(mesh, callee);
    let (classes, rest) = table.classes();
    let mut targets: Vec<Target<'_>> =
        callee.ports().main.routes.iter().zip(classes).map(|(route, class)| of_route(callee, route, class)).collect();
    targets.extend(callee.ports().iter().flat_map(|port| of_probes(mesh, callee, port)));
    if !rest.is_empty() {
        let what = if callee.routes().next().is_none() { "everything" } else { "everything else" };
        targets.push(of_port(callee, &callee.ports().main, Part::Rest, what, rest));
    }
    for port in &callee.ports().additional {
        let samples = vec![unasked(mesh, callee, port)];
        targets.push(of_port(callee, port, Part::Port, "everything", samples));
    }
    targets
}

fn of_route<'a>(callee: Callee<'a>, route: &Route, class: Class) -> Target<'a> {
    let Class { samples, probes } = class;
    Target {
        callee,
        name: format!("{}.{}", callee.name(), route.name),
        part: Part::Route,
        port: callee.ports().main.numbers.service,
        samples,
        probes,
        request: format!("{} {}", method_shown(route), path_shown(&route.path)).into(),
    }
}

/// The kubelet's requests to a port that are no route's; Istio answers the kubelet itself, and treats anyone else who
/// asks the same as every other request.
fn of_probes<'a>(mesh: &Mesh, callee: Callee<'a>, port: &'a Port) -> Vec<Target<'a>> {
    let asked: BTreeSet<(Method, &str)> = probes(mesh, callee, port).map(|probe| (probe.method, probe.path)).collect();
    let unnamed = asked.into_iter().filter(|(method, path)| !has_route(port, *method, path));
    let targets = unnamed.map(|(method, path)| {
        let shown = if path == GRPC_HEALTH_CHECK { "gRPC" } else { token(method) };
        let sample = Sample { method: token(method), path: path.to_owned(), is_probe: true };
        of_port(callee, port, Part::Probe, &format!("{shown} {path}, a probe"), vec![sample])
    });
    targets.collect()
}

fn has_route(port: &Port, method: Method, path: &str) -> bool {
    port.routes.iter().any(|route| route.method == method && route.path.literal() == Some(path))
}

fn probes<'a>(mesh: &Mesh, callee: Callee<'a>, port: &Port) -> impl Iterator<Item = ProbeRequest<'a>> {
    let is_linkerd = mesh.cluster.provider() == Provider::Linkerd;
    callee.app().into_iter().flat_map(move |app| app.probe_requests(port)).filter(move |_| is_linkerd)
}

fn of_port<'a>(callee: Callee<'a>, port: &Port, part: Part, what: &str, samples: Vec<Sample>) -> Target<'a> {
    let name = match port.kind {
        PortKind::Main => callee.name().value.clone(),
        PortKind::Additional => format!("{}.{}", callee.name(), port.name),
    };
    let request = if port.has_requests() { what } else { "every connection" };
    Target { callee, name, part, port: port.numbers.service, samples, probes: Vec::new(), request: request.to_owned().into() }
}

/// A request to an additional port that is not the kubelet's.
fn unasked(mesh: &Mesh, callee: Callee<'_>, port: &Port) -> Sample {
    let asked: BTreeSet<&str> = probes(mesh, callee, port).map(|probe| probe.path).collect();
    let path = unnamed_paths(port).find(|path| !asked.contains(path.as_str())).expect("the kubelet asks few paths");
    Sample { method: if is_grpc(port) { "POST" } else { "GET" }, path, is_probe: false }
}

fn is_grpc(port: &Port) -> bool {
    port.protocol.value == Protocol::Grpc
}

/// Paths that hardly anyone gives a route.
fn unnamed_paths(port: &Port) -> impl Iterator<Item = String> + use<> {
    let (start, end) = if is_grpc(port) { ("/x.Y/Z", "Z") } else { ("/-", "-") };
    (0..).map(move |length| format!("{start}{}", end.repeat(length)))
}

/// The requests of a route, or of what no route takes.
#[derive(Clone, Default)]
struct Class {
    samples: Vec<Sample>,
    /// The kubelet's among them.
    probes: Vec<Sample>,
}

/// The routes of an app's main port, and what tells its requests apart.
struct Table<'a> {
    callee: Callee<'a>,
    routes: Vec<(&'a Route, Expression)>,
    /// The places of the routes that have a literal path, by that path.
    literal: BTreeMap<&'a str, Vec<usize>>,
    probes: BTreeSet<(&'static str, &'a str)>,
    /// The methods that a route or a probe names, and one that none does.
    methods: Vec<&'static str>,
}

impl<'a> Table<'a> {
    fn of(mesh: &Mesh, callee: Callee<'a>) -> Self {
        let routes: Vec<(&Route, Expression)> =
            callee.ports().main.routes.iter().map(|route| (route, Expression::new(route.path.regex()))).collect();
        let mut literal: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (route, _)) in routes.iter().enumerate() {
            if let Some(path) = route.path.literal() {
                literal.entry(path).or_default().push(at);
            }
        }
        let probes: BTreeSet<(&str, &str)> =
            probes(mesh, callee, &callee.ports().main).map(|probe| (token(probe.method), probe.path)).collect();
        let methods = methods(callee, &probes);
        Self { callee, routes, literal, probes, methods }
    }

    /// The requests of each route, in their order, and those that no route takes.
    fn classes(&self) -> (Vec<Class>, Vec<Sample>) {
        let mut classes = vec![Class::default(); self.routes.len()];
        let mut rest = Vec::new();
        for path in self.paths() {
            let matching = self.matching(&path);
            for &method in &self.methods {
                let taking = matching.iter().find(|at| takes(self.routes[**at].0, method));
                let is_probe = self.probes.contains(&(method, path.as_str()));
                let sample = Sample { method, path: path.clone(), is_probe: false };
                match taking {
                    Some(at) if is_probe => classes[*at].probes.push(sample),
                    Some(at) => classes[*at].samples.push(sample),
                    None if is_probe => {}
                    None => rest.push(sample),
                }
            }
        }
        for (class, (route, expression)) in classes.iter_mut().zip(&self.routes) {
            // Where nothing was found that is its own, its shortest path stands in.
            if class.samples.is_empty() && class.probes.is_empty() {
                let path = expression.example().unwrap_or_else(|| "/".to_owned());
                class.samples.push(Sample { method: route.method.token().unwrap_or("GET"), path, is_probe: false });
            }
        }
        (classes, rest)
    }

    /// One path of every kind: each that is written as it is, those that two others match, those that one alone matches,
    /// and one that none does.
    fn paths(&self) -> BTreeSet<String> {
        let literals: BTreeSet<&str> = self.literal.keys().copied().chain(self.probes.iter().map(|(_, path)| *path)).collect();
        let mut paths: BTreeSet<String> = literals.iter().map(|path| (*path).to_owned()).collect();
        pairs::each(&self.callee.ports().main.routes, |pair| {
            let is_written = [pair.first, pair.other].iter().any(|route| route.path.literal().is_some());
            if let Some(Overlap::Path(path)) = (!is_written).then(|| pair.overlap()) {
                paths.insert(path);
            }
        });
        let written: Vec<String> = literals.iter().map(|path| Path::literally(path).regex()).collect();
        let written = (!written.is_empty()).then(|| Expression::new(written.join("|")));
        for (at, (route, expression)) in self.routes.iter().enumerate() {
            if route.path.literal().is_none() {
                paths.extend(self.alone(at, expression, written.as_ref()));
            }
        }
        paths.extend(self.unnamed(written.as_ref()));
        paths
    }

    /// For each method a path of a route that no route before it takes.
    fn alone(&self, at: usize, expression: &Expression, written: Option<&Expression>) -> BTreeSet<String> {
        let beginning = self.routes[at].0.path.beginning();
        let mut found: BTreeMap<Vec<usize>, Option<String>> = BTreeMap::new();
        for method in self.methods.iter().filter(|method| takes(self.routes[at].0, method)) {
            let stronger: Vec<usize> = (0..at)
                .filter(|at| {
                    let route = self.routes[*at].0;
                    route.path.literal().is_none() && takes(route, method) && is_nested(beginning, route.path.beginning())
                })
                .collect();
            found.entry(stronger).or_insert_with_key(|stronger| {
                let others = stronger.iter().map(|at| &self.routes[*at].1).chain(written);
                expression.outside(&others.collect::<Vec<_>>())
            });
        }
        found.into_values().flatten().collect()
    }

    /// A path that no route matches and no probe asks, if there is one.
    fn unnamed(&self, written: Option<&Expression>) -> Option<String> {
        const TRIES: usize = 8;
        let easy = unnamed_paths(&self.callee.ports().main).take(TRIES).find(|path| self.is_unnamed(path));
        easy.or_else(|| {
            let others = self.routes.iter().map(|(_, expression)| expression).chain(written);
            Expression::new("/.*".to_owned()).outside(&others.collect::<Vec<_>>())
        })
    }

    fn is_unnamed(&self, path: &str) -> bool {
        self.matching(path).is_empty() && !self.probes.iter().any(|(_, probed)| *probed == path)
    }

    /// The places of the routes that match a path, in their order.
    fn matching(&self, path: &str) -> Vec<usize> {
        let written = self.literal.get(path).into_iter().flatten().copied();
        let patterns = self.routes.iter().enumerate().filter(|(_, (route, expression))| {
            route.path.literal().is_none() && path.starts_with(route.path.beginning()) && expression.matches(path)
        });
        let mut matching: Vec<usize> = written.chain(patterns.map(|(at, _)| at)).collect();
        matching.sort_unstable();
        matching
    }
}

/// Whether one of two paths begins with the other.
fn is_nested(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Whether a route takes requests of a method.
fn takes(route: &Route, method: &str) -> bool {
    route.method.token().is_none_or(|own| own == method)
}

/// The methods that a route or a probe names, and one that none does; every call of gRPC is a POST.
fn methods(callee: Callee<'_>, probes: &BTreeSet<(&'static str, &str)>) -> Vec<&'static str> {
    const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT"];
    if is_grpc(&callee.ports().main) {
        return vec!["POST"];
    }
    let of_routes = callee.routes().filter_map(|route| route.method.token());
    let named: BTreeSet<&str> = of_routes.chain(probes.iter().map(|(method, _)| *method)).collect();
    let unnamed = METHODS.into_iter().find(|method| !named.contains(method));
    METHODS.into_iter().filter(|method| named.contains(method) || unnamed == Some(method)).collect()
}

/// The method of a request for a probe.
fn token(method: Method) -> &'static str {
    method.token().unwrap_or("GET")
}

fn method_shown(route: &Route) -> &'static str {
    if route.grpc { "gRPC" } else { route.method.token().unwrap_or("any") }
}

fn path_shown(path: &Path) -> String {
    match path {
        Path::Regex(regex) => format!("~{regex}"),
        Path::Template(_) => path.to_string(),
    }
}
