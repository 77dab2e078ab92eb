//! The answers of `access` and `route`, held against what the manifest means. mlmesh asks the rendered
//! objects; here the same questions are put to the generated mesh itself, by the plain words of the
//! language, with no object in between.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

use std::fmt::Write;

use mlmesh::{Analysis, Source, Verdict, analyze};

/// How many meshes without errors are asked about.
const MESHES: usize = 1_000;

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
}

/// Who somebody is.
#[derive(Clone, PartialEq)]
enum Who {
    /// An account in a namespace, of this trust domain or another; without an account, all of it.
    Mesh { account: Option<String>, namespace: String, foreign: bool },
    /// Without a proxy, and from where if that is known: the address and the network.
    Bare(Option<(&'static str, &'static str)>),
}

struct Namespace {
    name: &'static str,
    inject: bool,
    inbound: &'static str,
}

struct Route {
    name: String,
    method: &'static str,
    path: &'static str,
    timeout: Option<(&'static str, &'static str)>,
    retry: bool,
    callers: Option<Vec<String>>,
}

struct App {
    name: String,
    namespace: usize,
    callers: Option<Vec<String>>,
    routes: Vec<Route>,
    probe: Option<&'static str>,
    split: Option<u32>,
    /// Whether requests with a header go to `v2`, where the target can say so.
    variant: bool,
}

struct Mesh {
    traffic: &'static str,
    namespaces: Vec<Namespace>,
    identities: Vec<(&'static str, Who)>,
    apps: Vec<App>,
}

const POLICIES: [&str; 6] =
    ["all-unauthenticated", "all-authenticated", "cluster-unauthenticated", "cluster-authenticated", "deny", "audit"];

/// Paths, the more specific first, each with a request that it takes and none of the others names.
const PATHS: [(&str, &str); 8] = [
    ("\"/\"", "/"),
    ("\"/a/b\"", "/a/b"),
    ("\"/health\"", "/health"),
    ("\"/a/{x}\"", "/a/q"),
    ("\"/c/{x}/d\"", "/c/q/d"),
    ("\"/e/{rest*}\"", "/e/q/r"),
    ("{ regex = \"/r/(s|t)\" }", "/r/s"),
    (EVERYTHING, "/zz/q"),
];

/// What takes every path.
const EVERYTHING: &str = "\"/{rest*}\"";

/// Whether a path of the table takes a request's, in the words of the language.
fn takes(path: &str, asked: &str) -> bool {
    let one_segment = |text: &str| !text.is_empty() && !text.contains('/');
    match path {
        "\"/\"" => asked == "/",
        EVERYTHING => true,
        "\"/a/b\"" => asked == "/a/b",
        "\"/health\"" => asked == "/health",
        "\"/a/{x}\"" => asked.strip_prefix("/a/").is_some_and(one_segment),
        "\"/c/{x}/d\"" => asked.strip_prefix("/c/").and_then(|rest| rest.strip_suffix("/d")).is_some_and(one_segment),
        "\"/e/{rest*}\"" => asked.starts_with("/e/"),
        _ => ["/r/s", "/r/t"].contains(&asked),
    }
}

fn mesh(dice: &mut Dice) -> Mesh {
    let inject = |dice: &mut Dice| dice.below(6) > 0;
    let namespaces = ["one", "two", "three"].map(|name| Namespace { name, inject: inject(dice), inbound: dice.one(&POLICIES) });
    let account = |account: Option<&str>, namespace: &str, foreign| Who::Mesh {
        account: account.map(str::to_owned),
        namespace: namespace.to_owned(),
        foreign,
    };
    let identities = vec![
        ("gate", account(Some("gate"), "edge", false)),
        ("edge", account(None, "edge", false)),
        ("whole-two", account(None, "two", false)),
        ("abroad", account(Some("gate"), "edge", true)),
        ("hosts", Who::Bare(Some(("10.1.0.1", "10.1.0.0/16")))),
        ("rack", Who::Bare(Some(("10.1.2.1", "10.1.2.0/24")))),
        ("outside", Who::Bare(Some(("192.0.2.1", "192.0.2.0/24")))),
    ];
    let count = 2 + dice.below(3);
    let names: Vec<String> =
        (0..count).map(|at| format!("app{at}")).chain(identities.iter().map(|(name, _)| (*name).to_owned())).collect();
    let apps = (0..count).map(|at| app(dice, at, &names)).collect();
    Mesh { traffic: dice.one(&["smi", "profile", "gateway-api", "istio"]), namespaces: namespaces.into(), identities, apps }
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
        let (path, _) = dice.one(&PATHS);
        let method = dice.one(&["get", "put", "delete", "any"]);
        if routes.iter().any(|route| route.path == path) {
            continue;
        }
        routes.push(Route {
            name: format!("r{at}"),
            method,
            path,
            timeout: dice.often().then(|| dice.one(&[("5s", "5s"), ("1500ms", "1500ms"), ("1m30s", "90s")])),
            retry: method != "any" && dice.often(),
            callers: (own_callers && dice.often()).then(|| callers(dice, names)),
        });
    }
    App {
        name: format!("app{at}"),
        namespace: dice.below(3),
        callers: dice.often().then(|| callers(dice, names)),
        routes,
        probe: dice.often().then(|| dice.one(&["/health", "/a/b", "/ready"])),
        split: dice.often().then(|| u32::try_from(dice.below(101)).unwrap()),
        variant: dice.often(),
    }
}

/// The mesh as a person would write it.
fn manifest(mesh: &Mesh) -> String {
    let list = |names: &[String]| format!("{names:?}");
    let mut text = format!("[cluster]\ntraffic = \"{}\"\ntrust-domain = \"here.example.com\"\n", mesh.traffic);
    if mesh.traffic == "gateway-api" {
        text.push_str("gateway-api = \"1.2\"\n");
    }
    for Namespace { name, inject, inbound } in &mesh.namespaces {
        writeln!(text, "[namespaces.{name}]\ninject = {inject}\ninbound = \"{inbound}\"").unwrap();
    }
    for (name, who) in &mesh.identities {
        writeln!(text, "[identities.{name}]").unwrap();
        match who {
            Who::Mesh { account, namespace, foreign } => {
                writeln!(text, "namespace = \"{namespace}\"").unwrap();
                account.iter().for_each(|account| writeln!(text, "service-account = \"{account}\"").unwrap());
                foreign.then(|| writeln!(text, "trust-domain = \"far.example.com\"").unwrap());
            }
            Who::Bare(at) => writeln!(text, "meshed = false\nnetworks = [\"{}\"]", at.unwrap().1).unwrap(),
        }
    }
    for app in &mesh.apps {
        writeln!(
            text,
            "[models.{}]\nnamespace = \"{}\"\nport = 8080\nstable = \"v1\"",
            app.name, mesh.namespaces[app.namespace].name
        )
        .unwrap();
        app.callers.iter().for_each(|callers| writeln!(text, "callers = {}", list(callers)).unwrap());
        app.probe.iter().for_each(|path| writeln!(text, "probes.readiness.path = \"{path}\"").unwrap());
        app.split.iter().for_each(|share| writeln!(text, "split = {{ v1 = {}, v2 = {share} }}", 100 - share).unwrap());
        if mesh.has_variant(app) {
            writeln!(text, "variants.beta = {{ version = \"v2\", when = {{ header = \"X-Cohort\", is = \"beta\" }} }}").unwrap();
        }
        writeln!(text, "versions.v1.image = \"r/m:1\"\nversions.v2.image = \"r/m:2\"").unwrap();
        for Route { name, method, path, timeout, retry, callers } in &app.routes {
            write!(text, "routes.{name} = {{ {method} = {path}, retry = {retry}").unwrap();
            timeout.iter().for_each(|(timeout, _)| write!(text, ", timeout = \"{timeout}\"").unwrap());
            callers.iter().for_each(|callers| write!(text, ", callers = {}", list(callers)).unwrap());
            writeln!(text, " }}").unwrap();
        }
    }
    text
}

// ---- what it means ----

impl Mesh {
    fn has_variant(&self, app: &App) -> bool {
        app.variant && ["gateway-api", "istio"].contains(&self.traffic)
    }

    fn who(&self, name: &str) -> Who {
        let mesh = |account: &str, namespace: &str| Who::Mesh {
            account: Some(account.to_owned()),
            namespace: namespace.to_owned(),
            foreign: false,
        };
        if let Some(app) = self.apps.iter().find(|app| app.name == name) {
            let namespace = &self.namespaces[app.namespace];
            return if namespace.inject { mesh(name, namespace.name) } else { Who::Bare(None) };
        }
        match name {
            "meshed" => mesh("someone", "elsewhere"),
            "unmeshed" => Who::Bare(None),
            identity => self.identities.iter().find(|(name, _)| *name == identity).unwrap().1.clone(),
        }
    }

    fn is_admitted(&self, from: &str, callers: &[String]) -> bool {
        let who = self.who(from);
        callers.iter().any(|caller| covers(&self.who(caller), &who))
    }

    /// Whom a port or a route admits that names no callers.
    fn is_let_in(&self, from: &str, app: &App) -> bool {
        let who = self.who(from);
        let meshed = matches!(who, Who::Mesh { .. });
        let inside = match &who {
            Who::Mesh { foreign, .. } => !foreign,
            Who::Bare(at) => at.is_none_or(|(address, _)| address.starts_with("10.")),
        };
        match self.namespaces[app.namespace].inbound {
            "all-unauthenticated" | "audit" => true,
            "all-authenticated" => meshed,
            "cluster-unauthenticated" => inside,
            "cluster-authenticated" => inside && meshed,
            _ => false,
        }
    }

    fn verdict(&self, from: &str, app: &App, route: Option<&Route>, probe: bool) -> Verdict {
        let closed = app.routes.iter().any(|route| route.callers.is_some());
        let probed = |route: &Route| route.method == "get" && app.probe.is_some_and(|path| route.path == format!("\"{path}\""));
        let open = self.traffic != "istio" && (probe || route.is_some_and(probed));
        if !self.namespaces[app.namespace].inject || open {
            return Verdict::Allowed;
        }
        if route.is_none() && closed {
            return if self.traffic == "istio" { Verdict::Denied } else { Verdict::NotFound };
        }
        let named = route.and_then(|route| route.callers.as_ref()).or(app.callers.as_ref());
        let admitted = named.map_or_else(|| self.is_let_in(from, app), |callers| self.is_admitted(from, callers));
        if admitted { Verdict::Allowed } else { Verdict::Denied }
    }
}

/// Whether a grant to one is a grant to the other.
fn covers(wide: &Who, narrow: &Who) -> bool {
    match (wide, narrow) {
        (
            Who::Mesh { account, namespace, foreign },
            Who::Mesh { account: narrow_account, namespace: narrow_namespace, foreign: narrow_foreign },
        ) => {
            let all = account.is_none() || account == narrow_account;
            all && namespace == narrow_namespace && foreign == narrow_foreign
        }
        (Who::Bare(Some((_, network))), Who::Bare(Some((address, _)))) => match *network {
            "10.1.0.0/16" => address.starts_with("10.1."),
            "10.1.2.0/24" => address.starts_with("10.1.2."),
            _ => address.starts_with("192.0.2."),
        },
        _ => false,
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
    sound.take(MESHES * 20).filter(|(_, analysis)| analysis.checked().is_some()).take(MESHES)
}

#[test]
fn who_may_call_whom_is_what_the_manifest_means() {
    let (mut asked, mut seen) = (0, 0);
    for (mesh, analysis) in meshes() {
        seen += 1;
        for row in analysis.checked().unwrap().access(None, None).unwrap() {
            let (name, route) = row.to.split_once('.').map_or((row.to.as_str(), None), |(app, route)| (app, Some(route)));
            let app = mesh.apps.iter().find(|app| app.name == name).unwrap();
            // Where a route takes every path, nothing else is left to ask for.
            if route.is_none() && app.routes.iter().any(|route| route.path == EVERYTHING) {
                continue;
            }
            let route = route.map(|route| app.routes.iter().find(|one| one.name == route).unwrap());
            let expected = mesh.verdict(&row.from, app, route, row.request.ends_with("a probe"));
            assert_eq!(row.verdict, expected, "{row:?}\n{}", manifest(&mesh));
            asked += 1;
        }
    }
    assert_eq!(seen, MESHES);
    assert!(asked > 50 * MESHES, "{asked}");
}

#[test]
fn a_request_goes_where_the_manifest_means() {
    let mut dice = Dice(11);
    for (mesh, analysis) in meshes() {
        let checked = analysis.checked().unwrap();
        for app in &mesh.apps {
            let (from, method) =
                (dice.one(&["gate", "hosts", "meshed", "unmeshed"]), dice.one(&["GET", "PUT", "DELETE", "POST"]));
            let (_, path) = dice.one(&PATHS);
            let cohort = dice.one(&["beta", "alpha"]);
            let headers = [("x-cohort".to_owned(), cohort.to_owned())];
            let answer = checked.route(from, &app.name, (method, path), &headers).unwrap();
            let meshed = matches!(mesh.who(from), Who::Mesh { .. });
            let matches =
                |route: &&Route| takes(route.path, path) && (route.method == "any" || route.method.to_uppercase() == method);
            let rank = |route: &&Route| PATHS.iter().position(|(path, _)| *path == route.path);
            let route = app.routes.iter().filter(matches).min_by_key(rank).filter(|_| meshed);
            let context = format!("{from} {} {method} {path}: {answer:?}\n{}", app.name, manifest(&mesh));
            assert_eq!(answer.route.as_deref(), route.map(|route| route.name.as_str()), "{context}");
            assert_eq!(answer.timeout.as_deref(), route.and_then(|route| route.timeout).map(|(_, printed)| printed), "{context}");
            assert_eq!(answer.retry.is_some(), route.is_some_and(|route| route.retry), "{context}");
            let beta = mesh.has_variant(app) && meshed && cohort == "beta";
            let services: Vec<(String, u32)> = match app.split.filter(|_| meshed) {
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
            let inbound = app.routes.iter().filter(matches).min_by_key(rank);
            let probe = method == "GET" && app.probe == Some(path);
            for backend in &answer.backends {
                assert_eq!(backend.verdict, mesh.verdict(from, app, inbound, probe), "{context}");
            }
        }
    }
}
