//! The answers of `access`, `route` and `[expect]`, held against what the manifest means. mlmesh asks the rendered
//! objects for one request of each kind; here every request from every address is put to the generated mesh itself, by
//! the plain words of the language, with no object in between. `MLMESH_MESHES` says how many meshes are asked about (200).

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::IpAddr;

use mlmesh::{Analysis, Source, Verdict, analyze};

/// How many meshes without errors are asked about.
fn meshes_wanted() -> usize {
    std::env::var("MLMESH_MESHES").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

// ---- a generated mesh ----

/// Numbers that are the same in every run (Steele and Vigna, SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    fn seldom(&mut self) -> bool {
        self.below(4) == 0
    }
}

/// How a mesh knows somebody.
#[derive(Clone, PartialEq)]
enum Who {
    /// An account in a namespace, of this trust domain or another; without an account, all of it.
    Mesh { account: Option<&'static str>, namespace: &'static str, foreign: bool },
    /// By where it calls from.
    Networks(&'static [&'static str]),
}

struct Namespace {
    name: &'static str,
    inject: bool,
    inbound: Option<&'static str>,
}

struct Route {
    name: String,
    method: &'static str,
    /// Its place in `PATHS`, which is the order in which a request tries them.
    path: usize,
    timeout: Option<(&'static str, &'static str)>,
    retry: bool,
    callers: Option<Vec<String>>,
}

struct App {
    name: String,
    namespace: usize,
    callers: Option<Vec<String>>,
    routes: Vec<Route>,
    /// What the kubelet asks on the main port of every version.
    probe: Option<&'static str>,
    /// What it asks on that of `v2` alone.
    probe_of_v2: Option<&'static str>,
    /// An additional port of HTTP, and a path that the kubelet asks there.
    extra: Option<(Option<Vec<String>>, Option<&'static str>)>,
    /// An additional port of gRPC whose health the kubelet asks for.
    rpc: Option<Option<Vec<String>>>,
    split: Option<u32>,
    /// Whether requests with a header go to `v2`, where the target can say so.
    variant: bool,
}

struct Mesh {
    traffic: &'static str,
    inbound: Option<&'static str>,
    networks: Option<&'static [&'static str]>,
    namespaces: Vec<Namespace>,
    identities: Vec<(&'static str, Who)>,
    apps: Vec<App>,
}

const POLICIES: [&str; 6] =
    ["all-unauthenticated", "all-authenticated", "cluster-unauthenticated", "cluster-authenticated", "deny", "audit"];

/// Paths of routes, the more specific first.
const PATHS: [&str; 10] = [
    "\"/\"",
    "\"/a/b\"",
    "\"/health\"",
    "\"/a/{x}\"",
    "\"/c/{x}/d\"",
    "\"/e/{rest*}\"",
    "{ regex = \"/(a|r)/[st]\" }",
    "{ regex = \"/[a-h]+\" }",
    "{ regex = \"/r/(s|t|u)\" }",
    "\"/{rest*}\"",
];

/// Requests enough that two paths, or a path and a probe, take different ones wherever they differ.
const ASKED: [&str; 16] = [
    "/", "/a/b", "/health", "/ready", "/a/q", "/a/s", "/a/t", "/c/q/d", "/c/d", "/e/", "/e/q/r", "/e", "/r/s", "/r/u", "/zz/q",
    "/-",
];

const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT"];

/// Addresses enough that two networks of the generated meshes hold different ones wherever they differ.
const ADDRESSES: [&str; 12] = [
    "10.1.2.1",
    "10.1.0.1",
    "10.2.0.1",
    "100.64.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "192.0.2.1",
    "8.8.8.8",
    "203.0.113.1",
    "fd00::1",
    "2001:db8::1",
    "1.0.0.1",
];

const DEFAULT_NETWORKS: &[&str] = &["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];

/// Whether a path of the table takes a request's, in the words of the language.
fn takes(path: usize, asked: &str) -> bool {
    let one_segment = |text: &str| !text.is_empty() && !text.contains('/');
    match path {
        0 => asked == "/",
        1 => asked == "/a/b",
        2 => asked == "/health",
        3 => asked.strip_prefix("/a/").is_some_and(one_segment),
        4 => asked.strip_prefix("/c/").and_then(|rest| rest.strip_suffix("/d")).is_some_and(one_segment),
        5 => asked.starts_with("/e/"),
        6 => ["/a/s", "/a/t", "/r/s", "/r/t"].contains(&asked),
        7 => asked.len() > 1 && asked[1..].bytes().all(|byte| (b'a'..=b'h').contains(&byte)),
        8 => ["/r/s", "/r/t", "/r/u"].contains(&asked),
        _ => true,
    }
}

fn is_in(address: &str, networks: &[&str]) -> bool {
    let address: IpAddr = address.parse().unwrap();
    networks.iter().any(|network| network.parse::<ipnet::IpNet>().unwrap().contains(&address))
}

fn mesh(dice: &mut Dice) -> Mesh {
    let inbound = |dice: &mut Dice| dice.often().then(|| dice.one(&POLICIES));
    let namespaces = ["one", "two", "three"].map(|name| Namespace { name, inject: dice.below(6) > 0, inbound: inbound(dice) });
    let account = |account, namespace, foreign| Who::Mesh { account, namespace, foreign };
    let identities = vec![
        ("gate", account(Some("gate"), "edge", false)),
        ("edge", account(None, "edge", false)),
        ("whole-two", account(None, "two", false)),
        ("abroad", account(Some("gate"), "edge", true)),
        ("hosts", Who::Networks(&["10.1.0.0/16"])),
        ("rack", Who::Networks(&["10.1.2.0/24"])),
        ("ten", Who::Networks(&["10.0.0.0/8", "fd00::/8"])),
        ("outside", Who::Networks(&["192.0.2.0/24"])),
        ("halves", Who::Networks(&["0.0.0.0/1", "128.0.0.0/1"])),
        ("all", Who::Networks(&["0.0.0.0/1", "128.0.0.0/1", "::/0"])),
    ];
    let count = 2 + dice.below(3);
    let mut names: Vec<String> = (0..count).map(|at| format!("app{at}")).collect();
    names.extend(identities.iter().map(|(name, _)| (*name).to_owned()));
    let apps = (0..count).map(|at| app(dice, at, &names)).collect();
    Mesh {
        traffic: dice.one(&["smi", "profile", "gateway-api", "istio"]),
        inbound: inbound(dice),
        networks: dice.seldom().then(|| dice.one(&[&["10.1.0.0/16"] as &[&str], &["192.0.2.0/24", "fd00::/8"], &["0.0.0.0/0"]])),
        namespaces: namespaces.into(),
        identities,
        apps,
    }
}

fn callers(dice: &mut Dice, names: &[String]) -> Vec<String> {
    let mut callers: Vec<String> = (0..dice.below(4)).map(|_| names[dice.below(names.len())].clone()).collect();
    callers.sort();
    callers.dedup();
    callers
}

fn app(dice: &mut Dice, at: usize, names: &[String]) -> App {
    let own_callers = dice.below(3) == 0;
    let mut routes: Vec<Route> = Vec::new();
    for at in 0..dice.below(5) {
        let (path, method) = (dice.below(PATHS.len()), dice.one(&["get", "post", "put", "delete", "any", "any"]));
        if routes.iter().any(|route| (route.path, route.method) == (path, method)) {
            continue;
        }
        routes.push(Route {
            name: format!("r{at}"),
            method,
            path,
            timeout: dice.often().then(|| dice.one(&[("5s", "5s"), ("1500ms", "1500ms"), ("1m30s", "90s")])),
            retry: ["get", "put", "delete"].contains(&method) && dice.often(),
            callers: (own_callers && dice.often()).then(|| callers(dice, names)),
        });
    }
    let some_callers = |dice: &mut Dice| dice.often().then(|| callers(dice, names));
    App {
        name: format!("app{at}"),
        namespace: dice.below(3),
        callers: some_callers(dice),
        routes,
        probe: dice.often().then(|| dice.one(&["/health", "/a/b", "/ready", "/r/u", "/"])),
        probe_of_v2: dice.seldom().then(|| dice.one(&["/e/q/r", "/a/s"])),
        extra: dice.seldom().then(|| (some_callers(dice), dice.often().then(|| dice.one(&["/ready", "/live"])))),
        rpc: dice.seldom().then(|| some_callers(dice)),
        split: dice.often().then(|| u32::try_from(dice.below(101)).unwrap()),
        variant: dice.often(),
    }
}

/// The mesh as a person would write it.
fn manifest(mesh: &Mesh) -> String {
    let mut text = format!("[cluster]\ntraffic = \"{}\"\ntrust-domain = \"here.example.com\"\n", mesh.traffic);
    mesh.inbound.iter().for_each(|inbound| writeln!(text, "inbound = \"{inbound}\"").unwrap());
    mesh.networks.iter().for_each(|networks| writeln!(text, "networks = {networks:?}").unwrap());
    if mesh.traffic == "gateway-api" {
        text.push_str("gateway-api = \"1.2\"\n");
    }
    for Namespace { name, inject, inbound } in &mesh.namespaces {
        writeln!(text, "[namespaces.{name}]\ninject = {inject}").unwrap();
        inbound.iter().for_each(|inbound| writeln!(text, "inbound = \"{inbound}\"").unwrap());
    }
    for (name, who) in &mesh.identities {
        writeln!(text, "[identities.{name}]").unwrap();
        match who {
            Who::Mesh { account, namespace, foreign } => {
                writeln!(text, "namespace = \"{namespace}\"").unwrap();
                account.iter().for_each(|account| writeln!(text, "service-account = \"{account}\"").unwrap());
                foreign.then(|| writeln!(text, "trust-domain = \"far.example.com\"").unwrap());
            }
            Who::Networks(networks) => writeln!(text, "meshed = false\nnetworks = {networks:?}").unwrap(),
        }
    }
    mesh.apps.iter().for_each(|app| write_app(&mut text, mesh, app));
    text
}

fn write_app(text: &mut String, mesh: &Mesh, app: &App) {
    let namespace = mesh.namespaces[app.namespace].name;
    writeln!(text, "[models.{}]\nnamespace = \"{namespace}\"\nport = 8080\nstable = \"v1\"", app.name).unwrap();
    app.callers.iter().for_each(|callers| writeln!(text, "callers = {callers:?}").unwrap());
    app.split.iter().for_each(|share| writeln!(text, "split = {{ v1 = {}, v2 = {share} }}", 100 - share).unwrap());
    if let Some((callers, probe)) = &app.extra {
        let callers = callers.iter().map(|callers| format!(", callers = {callers:?}")).collect::<String>();
        writeln!(text, "ports.extra = {{ port = 9000, protocol = \"http1\"{callers} }}").unwrap();
        probe.iter().for_each(|path| writeln!(text, "probes.startup = {{ path = \"{path}\", port = \"extra\" }}").unwrap());
    }
    if let Some(callers) = &app.rpc {
        let callers = callers.iter().map(|callers| format!(", callers = {callers:?}")).collect::<String>();
        writeln!(text, "ports.rpc = {{ port = 9001, protocol = \"grpc\"{callers} }}").unwrap();
        writeln!(text, "probes.liveness = {{ grpc = \"\", port = \"rpc\" }}").unwrap();
    }
    app.probe.iter().for_each(|path| writeln!(text, "probes.readiness.path = \"{path}\"").unwrap());
    if mesh.has_variant(app) {
        writeln!(text, "variants.beta = {{ version = \"v2\", when = {{ header = \"X-Cohort\", is = \"beta\" }} }}").unwrap();
    }
    writeln!(text, "versions.v1.image = \"r/m:1\"\nversions.v2.image = \"r/m:2\"").unwrap();
    app.probe_of_v2.iter().for_each(|path| writeln!(text, "versions.v2.probes.readiness.path = \"{path}\"").unwrap());
    for Route { name, method, path, timeout, retry, callers } in &app.routes {
        write!(text, "routes.{name} = {{ {method} = {}, retry = {retry}", PATHS[*path]).unwrap();
        timeout.iter().for_each(|(timeout, _)| write!(text, ", timeout = \"{timeout}\"").unwrap());
        callers.iter().for_each(|callers| write!(text, ", callers = {callers:?}").unwrap());
        writeln!(text, " }}").unwrap();
    }
}

// ---- what it means ----

/// One of the ports of an app.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Port {
    Main,
    Extra,
    Rpc,
}

/// A request to a pod of one of the versions.
#[derive(Clone, Copy, Debug)]
struct Request {
    port: Port,
    method: &'static str,
    path: &'static str,
    is_v2: bool,
}

/// Somebody who calls: its identity, and the addresses from which it may.
struct Client {
    identity: Option<Who>,
    addresses: Vec<&'static str>,
}

const HEALTH: &str = "/grpc.health.v1.Health/Check";

impl Mesh {
    fn is_linkerd(&self) -> bool {
        self.traffic != "istio"
    }

    fn has_variant(&self, app: &App) -> bool {
        app.variant && ["gateway-api", "istio"].contains(&self.traffic) && app.rpc.is_none()
    }

    fn cluster(&self) -> &'static [&'static str] {
        self.networks.unwrap_or(DEFAULT_NETWORKS)
    }

    fn who(&self, name: &str) -> Who {
        if let Some(app) = self.apps.iter().find(|app| app.name == name) {
            let account: &'static str = ["app0", "app1", "app2", "app3"].into_iter().find(|known| *known == name).unwrap();
            return Who::Mesh { account: Some(account), namespace: self.namespaces[app.namespace].name, foreign: false };
        }
        self.identities.iter().find(|(own, _)| *own == name).unwrap().1.clone()
    }

    fn client(&self, name: &str) -> Client {
        let from = |networks: &[&str]| ADDRESSES.into_iter().filter(|address| is_in(address, networks)).collect();
        let of_cluster = || from(self.cluster());
        match name {
            "unmeshed" => return Client { identity: None, addresses: of_cluster() },
            "meshed" => {
                let someone = Who::Mesh { account: Some("someone"), namespace: "elsewhere", foreign: false };
                return Client { identity: Some(someone), addresses: of_cluster() };
            }
            _ => {}
        }
        let app = self.apps.iter().find(|app| app.name == name);
        if app.is_some_and(|app| !self.namespaces[app.namespace].inject) {
            return Client { identity: None, addresses: of_cluster() };
        }
        match self.who(name) {
            Who::Networks(networks) => Client { identity: None, addresses: from(networks) },
            who @ Who::Mesh { foreign: true, .. } => Client { identity: Some(who), addresses: ADDRESSES.into() },
            who @ Who::Mesh { foreign: false, .. } => Client { identity: Some(who), addresses: of_cluster() },
        }
    }

    /// Whether whoever calls with this identity from this address is one of these callers.
    fn is_named(&self, identity: Option<&Who>, address: &str, callers: &[String]) -> bool {
        callers.iter().any(|caller| match (self.who(caller), identity) {
            (Who::Networks(networks), _) => is_in(address, networks),
            (
                Who::Mesh { account, namespace, foreign },
                Some(Who::Mesh { account: own, namespace: own_namespace, foreign: own_foreign }),
            ) => (account.is_none() || account == *own) && namespace == *own_namespace && foreign == *own_foreign,
            (Who::Mesh { .. }, _) => false,
        })
    }

    fn is_admitted(&self, policy: &str, identity: Option<&Who>, address: &str) -> bool {
        match policy {
            "all-unauthenticated" | "audit" => true,
            "all-authenticated" => identity.is_some(),
            "cluster-unauthenticated" => is_in(address, self.cluster()),
            "cluster-authenticated" => identity.is_some() && is_in(address, self.cluster()),
            _ => false,
        }
    }

    /// What becomes of the request of a client, from all of its addresses.
    fn verdict(&self, client: &Client, app: &App, request: Request) -> Verdict {
        let namespace = &self.namespaces[app.namespace];
        if !namespace.inject {
            return Verdict::Allowed;
        }
        let route = app.taking(request);
        let is_closed = request.port == Port::Main && app.is_closed();
        // Linkerd lets a pod's own GET probes pass; a closed table has a route for those of all pods. The health of a gRPC
        // port has a route wherever strangers would be refused by a policy of the port's own.
        let is_own = app.probes(request.port, request.is_v2).contains(&(request.method, request.path));
        let is_any = app.probes_of_all(request.port).contains(&(request.method, request.path));
        let callers = match request.port {
            Port::Main => route.and_then(|route| route.callers.as_ref()).or(app.callers.as_ref()),
            Port::Extra => app.extra.as_ref().unwrap().0.as_ref(),
            Port::Rpc => app.rpc.as_ref().unwrap().as_ref(),
        };
        let is_said = callers.is_some() || namespace.inbound.is_some();
        let refuses_strangers = match callers {
            Some(callers) => !callers.contains(&"all".to_owned()),
            None => !["all-unauthenticated", "cluster-unauthenticated", "audit"].map(Some).contains(&namespace.inbound),
        };
        let passes = match request.port {
            Port::Rpc => is_own && is_said && refuses_strangers,
            Port::Main | Port::Extra => {
                if is_closed {
                    is_any
                } else {
                    is_own
                }
            }
        };
        if self.is_linkerd() && passes {
            return Verdict::Allowed;
        }
        if is_closed && route.is_none() {
            return if self.is_linkerd() { Verdict::NotFound } else { Verdict::Denied };
        }
        let identity = client.identity.as_ref();
        let admitted: BTreeSet<bool> = match (callers, namespace.inbound.or(self.inbound)) {
            (Some(callers), _) => client.addresses.iter().map(|from| self.is_named(identity, from, callers)).collect(),
            (None, Some(policy)) => client.addresses.iter().map(|from| self.is_admitted(policy, identity, from)).collect(),
            (None, None) => return Verdict::ClusterDefault,
        };
        match (admitted.contains(&true), admitted.contains(&false)) {
            (true, true) => Verdict::Partly,
            (true, false) => Verdict::Allowed,
            _ => Verdict::Denied,
        }
    }

    /// What becomes of all these requests together; `None` where there are none.
    fn verdict_of_all(&self, client: &Client, app: &App, requests: &[Request]) -> Option<Verdict> {
        let verdicts: BTreeSet<Verdict> = requests.iter().map(|request| self.verdict(client, app, *request)).collect();
        match verdicts.iter().collect::<Vec<_>>().as_slice() {
            [] => None,
            [one] => Some(**one),
            [Verdict::Denied, Verdict::NotFound] => Some(Verdict::Denied),
            _ => Some(Verdict::Partly),
        }
    }

    /// The requests of a part of an app: without the kubelet's, and with them. Istio answers the kubelet itself.
    fn requests(&self, app: &App, part: Option<&str>) -> (Vec<Request>, Vec<Request>) {
        let port = match part {
            Some("extra") => Port::Extra,
            Some("rpc") => Port::Rpc,
            Some(_) | None => Port::Main,
        };
        let mut all = Vec::new();
        for (method, path) in METHODS.into_iter().flat_map(|method| ASKED.map(|path| (method, path))) {
            all.extend([false, true].map(|is_v2| Request { port, method, path, is_v2 }));
        }
        match port {
            Port::Main => all.retain(|request| app.taking(*request).map(|route| route.name.as_str()) == part),
            Port::Extra => {}
            // What is no call has no route on a gRPC port.
            Port::Rpc => all = [false, true].map(|is_v2| Request { port, method: "POST", path: "/x.Y/Z", is_v2 }).into(),
        }
        let is_probe = |request: &Request| self.is_linkerd() && app.probes_of_all(port).contains(&(request.method, request.path));
        (all.iter().filter(|request| !is_probe(request)).copied().collect(), all)
    }
}

impl App {
    fn is_closed(&self) -> bool {
        self.routes.iter().any(|route| route.callers.is_some())
    }

    /// The route that takes a request to the main port.
    fn taking(&self, request: Request) -> Option<&Route> {
        let mut matching: Vec<&Route> =
            self.routes.iter().filter(|route| request.port == Port::Main && route.is_for(request)).collect();
        matching.sort_by_key(|route| (route.path, route.method == "any"));
        matching.first().copied()
    }

    /// What the kubelet asks the pods of a version on a port.
    fn probes(&self, port: Port, is_v2: bool) -> Vec<(&'static str, &'static str)> {
        match port {
            Port::Main if is_v2 => self.probe_of_v2.or(self.probe).map(|path| ("GET", path)).into_iter().collect(),
            Port::Main => self.probe.map(|path| ("GET", path)).into_iter().collect(),
            Port::Extra => self.extra.as_ref().and_then(|(_, probe)| Some(("GET", (*probe)?))).into_iter().collect(),
            Port::Rpc => self.rpc.iter().map(|_| ("POST", HEALTH)).collect(),
        }
    }

    fn probes_of_all(&self, port: Port) -> Vec<(&'static str, &'static str)> {
        [false, true].into_iter().flat_map(|is_v2| self.probes(port, is_v2)).collect()
    }
}

impl Route {
    fn is_for(&self, request: Request) -> bool {
        (self.method == "any" || self.method.eq_ignore_ascii_case(request.method)) && takes(self.path, request.path)
    }
}

// ---- the questions ----

/// Meshes without errors; the others are thrown again.
fn meshes() -> impl Iterator<Item = (Mesh, Analysis)> {
    let mut dice = Dice(7);
    let sound = std::iter::repeat_with(move || {
        let mesh = mesh(&mut dice);
        let analysis = analyze(Source::new("mlops.toml", manifest(&mesh)), &[]).unwrap();
        (mesh, analysis)
    });
    let wanted = meshes_wanted();
    sound.take(wanted * 100).filter(|(_, analysis)| analysis.checked().is_some()).take(wanted)
}

#[test]
fn who_may_call_whom_is_what_the_manifest_means() {
    let (mut asked, mut seen) = (0, 0);
    let mut verdicts = BTreeSet::new();
    for (mesh, analysis) in meshes() {
        seen += 1;
        let mut parts = BTreeSet::new();
        for row in analysis.checked().unwrap().access(None, None).unwrap() {
            let (name, part) = row.to.split_once('.').map_or((row.to.as_str(), None), |(app, part)| (app, Some(part)));
            let app = mesh.apps.iter().find(|app| app.name == name).unwrap();
            let (own, all) = match row.request.strip_suffix(", a probe") {
                Some(probe) => (probes_of_row(app, part, probe), Vec::new()),
                None => mesh.requests(app, part),
            };
            let requests = if own.is_empty() { all } else { own };
            let expected = mesh.verdict_of_all(&mesh.client(&row.from), app, &requests);
            let found =
                if row.verdict == Verdict::NotFound && expected == Some(Verdict::Denied) { Verdict::Denied } else { row.verdict };
            assert_eq!(Some(found), expected, "{row:?}\n{}", manifest(&mesh));
            verdicts.insert(row.verdict);
            parts.insert(row.to.clone());
            asked += 1;
        }
        // Nothing else is left to ask for where a route takes everything.
        for app in &mesh.apps {
            let (rest, _) = mesh.requests(app, None);
            let is_said = parts.contains(&app.name) || !app.probes_of_all(Port::Main).is_empty();
            assert!(is_said || rest.is_empty(), "{}\n{}", app.name, manifest(&mesh));
        }
    }
    assert_eq!(seen, meshes_wanted());
    assert!(asked > 50 * seen, "{asked}");
    assert_eq!(verdicts.len(), 5, "{verdicts:?}");
}

/// The requests of the kubelet that a row is about, to the pods that it asks so.
fn probes_of_row(app: &App, part: Option<&str>, probe: &str) -> Vec<Request> {
    let port = match part {
        Some("extra") => Port::Extra,
        Some("rpc") => Port::Rpc,
        Some(_) | None => Port::Main,
    };
    let path = probe.split_once(' ').unwrap().1;
    let of_version = |is_v2| {
        let own = app.probes(port, is_v2).into_iter().filter(|(_, own)| *own == path);
        own.map(move |(method, path)| Request { port, method, path, is_v2 })
    };
    [false, true].into_iter().flat_map(of_version).collect()
}

/// Each line of `[expect]` is reported exactly where some request makes it untrue.
#[test]
fn an_expectation_holds_where_every_request_of_it_does() {
    let mut dice = Dice(23);
    let (mut held, mut failed) = (0, 0);
    for (mesh, _) in meshes() {
        let names =
            || mesh.apps.iter().map(|app| app.name.as_str()).chain(["gate", "ten", "all", "abroad", "meshed", "unmeshed"]);
        let mut text = manifest(&mesh) + "[expect]\ncan = [\n";
        let mut expected = BTreeSet::new();
        for is_can in [true, false] {
            if !is_can {
                text.push_str("]\ncannot = [\n");
            }
            for app in &mesh.apps {
                let parts: Vec<String> = app.parts().chain([app.name.clone()]).collect();
                for part in parts {
                    let from = dice.one(&names().collect::<Vec<_>>());
                    writeln!(text, "  \"{from} -> {part}\",").unwrap();
                    let holds = mesh.holds(is_can, from, app, part.split_once('.').map(|(_, part)| part));
                    if holds {
                        held += 1
                    } else {
                        failed += 1
                    }
                    expected.extend((!holds).then(|| text.lines().count()));
                }
            }
        }
        text.push_str("]\n");
        let analysis = analyze(Source::new("mlops.toml", text.clone()), &[]).unwrap();
        let claims = analysis
            .report()
            .diagnostics()
            .iter()
            .filter(|one| one.code.name.ends_with("expectation") || one.code.name.starts_with("expectation"));
        let place = |at: &mlmesh::Diagnostic| analysis.sources().get(at.primary.span.source).place(at.primary.span.start).line;
        let found: BTreeSet<usize> = claims.map(place).collect();
        assert_eq!(found, expected, "{}", text.lines().zip(1..).map(|(line, at)| format!("{at} {line}\n")).collect::<String>());
    }
    assert!(held > 3 * meshes_wanted() && failed > 3 * meshes_wanted(), "{held} {failed}");
}

impl App {
    fn parts(&self) -> impl Iterator<Item = String> {
        let ports = self.extra.iter().map(|_| "extra").chain(self.rpc.iter().map(|_| "rpc"));
        self.routes.iter().map(|route| route.name.as_str()).chain(ports).map(|part| format!("{}.{part}", self.name))
    }
}

impl Mesh {
    fn holds(&self, is_can: bool, from: &str, app: &App, part: Option<&str>) -> bool {
        let requests = match part {
            Some(port @ ("extra" | "rpc")) => self.requests(app, Some(port)).0,
            Some(route) => self.requests(app, Some(route)).1,
            None => {
                let of_routes = app.routes.iter().flat_map(|route| self.requests(app, Some(&route.name)).0);
                let rest = if app.is_closed() { Vec::new() } else { self.requests(app, None).0 };
                of_routes.chain(rest).collect()
            }
        };
        let client = self.client(from);
        let wanted: &[Verdict] = if is_can { &[Verdict::Allowed] } else { &[Verdict::Denied, Verdict::NotFound] };
        !requests.is_empty() && requests.iter().all(|request| wanted.contains(&self.verdict(&client, app, *request)))
    }
}

#[test]
fn a_request_goes_where_the_manifest_means() {
    let mut dice = Dice(11);
    for (mesh, analysis) in meshes() {
        let checked = analysis.checked().unwrap();
        for app in &mesh.apps {
            let (from, method) = (dice.one(&["gate", "hosts", "ten", "meshed", "unmeshed"]), dice.one(&METHODS));
            let (path, cohort) = (dice.one(&ASKED), dice.one(&["beta", "alpha"]));
            let headers = [("x-cohort".to_owned(), cohort.to_owned())];
            let answer = checked.route(from, &app.name, (method, path), &headers).unwrap();
            let is_meshed = mesh.client(from).identity.is_some();
            let request = Request { port: Port::Main, method, path, is_v2: false };
            let route = app.taking(request).filter(|_| is_meshed);
            let context = format!("{from} {} {method} {path}: {answer:?}\n{}", app.name, manifest(&mesh));
            assert_eq!(answer.route.as_deref(), route.map(|route| route.name.as_str()), "{context}");
            assert_eq!(
                answer.timeouts.request.as_deref(),
                route.and_then(|route| route.timeout).map(|(_, printed)| printed),
                "{context}"
            );
            assert_eq!(answer.retry.is_some(), route.is_some_and(|route| route.retry), "{context}");
            let beta = mesh.has_variant(app) && is_meshed && cohort == "beta";
            let services: Vec<(String, u32)> = match app.split.filter(|_| is_meshed) {
                _ if beta => vec![(format!("{}-v2", app.name), 1)],
                Some(share) => [(format!("{}-v1", app.name), 100 - share), (format!("{}-v2", app.name), share)]
                    .into_iter()
                    .filter(|(_, weight)| *weight > 0)
                    .collect(),
                None => vec![(app.name.clone(), 1)],
            };
            let found: Vec<(String, u32)> = answer.backends.iter().map(|one| (one.service.clone(), one.weight)).collect();
            assert_eq!(found, services, "{context}");
            // What reaches a pod is judged by what the table says of the request, whoever sends it.
            for backend in &answer.backends {
                let request = Request { is_v2: backend.service.ends_with("-v2"), ..request };
                assert_eq!(backend.verdict, mesh.verdict(&mesh.client(from), app, request), "{context}");
            }
        }
    }
}
