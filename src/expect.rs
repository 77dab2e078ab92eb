//! The manifest's own tests: each expectation is compared with what the proxies will do with the rendered objects, and
//! one that fails shows a request that proves it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::gate::Sound;
use crate::manifest::Expect;
use crate::mesh::{Callee, Mesh, names};
use crate::objects::Unit;
use crate::proxy::{Client, Terms, Verdict, World};
use crate::questions::access::names_of;
use crate::questions::{Asker, Door, Part, Sample, Target, askers, doors, targets_of, terms_to, world};
use crate::spanned::{Span, Spanned};
use crate::value::Duration;

codes! {
    INVALID_EXPECTATION = "invalid-expectation", Error, "an expectation that says nothing that could be asked",
        "An expectation of a name that there is not would hold for ever, and prove nothing.";
    EXPECTATION_FAILED = "expectation-failed", Error, "an expectation that does not hold",
        "`[expect]` says what must stay true while the rest of the file changes. What it is held against is what the mesh's \
         proxies do with the rendered objects, not what the file means. An app stands for all of its routes, and for what no \
         route takes unless the table is closed; a route stands for every request of it.";
}

/// Reports every expectation that does not hold.
pub(crate) fn check(sound: Sound<'_>, expect: &Expect, report: &mut Report) {
    let mesh = sound.mesh();
    let units: Vec<Unit> = sound.units().collect();
    let world = world(mesh, &units);
    let bench = Bench::of(mesh, &world);
    for written in &expect.can {
        bench.can(written, report);
    }
    for written in &expect.cannot {
        bench.cannot(written, report);
    }
    for (written, timeout) in &expect.timeout {
        bench.timeout(written, timeout, report);
    }
    for (written, weight) in &expect.weight {
        if let Some(expected) = weight.value.0 {
            bench.weight(written, Spanned::new(expected, weight.span), report);
        }
    }
}

struct Bench<'a> {
    mesh: &'a Mesh,
    world: &'a World<'a>,
    askers: BTreeMap<String, Asker>,
    /// What each app can be asked, found out when the first expectation is about it.
    asked: BTreeMap<&'a str, (Callee<'a>, OnceCell<Vec<Asked<'a>>>)>,
}

/// A part of an app, and how its pods receive the requests to it.
struct Asked<'a> {
    target: Target<'a>,
    doors: Vec<Door<'a>>,
    /// The same of the kubelet's requests.
    probe_doors: Vec<Door<'a>>,
}

/// `CALLER -> CALLEE`.
struct Claim<'b, 'a> {
    asker: &'b Asker,
    /// The parts that are meant.
    parts: Vec<&'b Asked<'a>>,
    /// Whether an app is named and no part of it: the kubelet's requests are not meant then.
    of_app: bool,
}

impl<'a> Asked<'a> {
    fn of(world: &'a World<'a>, target: Target<'a>) -> Self {
        let [doors, probe_doors] =
            [&target.samples, &target.probes].map(|samples| doors(world, target.callee, target.port, samples));
        Self { target, doors, probe_doors }
    }

    /// Whether it is meant where the whole app is: what its routes leave over is so only where the table is open.
    fn is_of_app(&self) -> bool {
        match self.target.part {
            Part::Route => !self.target.samples.is_empty(),
            Part::Rest => !self.target.callee.ports().main.is_closed(),
            Part::Probe | Part::Port => false,
        }
    }
}

impl<'b, 'a> Claim<'b, 'a> {
    fn doors(&self, asked: &'b Asked<'a>) -> impl Iterator<Item = &'b Door<'a>> {
        let probe_doors = asked.probe_doors.iter().filter(|_| !self.of_app);
        asked.doors.iter().chain(probe_doors)
    }

    fn samples(&self, asked: &'b Asked<'a>) -> impl Iterator<Item = &'b Sample> {
        let probes = asked.target.probes.iter().filter(|_| !self.of_app);
        asked.target.samples.iter().chain(probes)
    }
}

impl<'a> Bench<'a> {
    fn of(mesh: &'a Mesh, world: &'a World<'a>) -> Self {
        let askers = askers(mesh).into_iter().map(|asker| (asker.name.clone(), asker)).collect();
        let asked = mesh.callees().map(|callee| (callee.name().as_str(), (callee, OnceCell::new()))).collect();
        Self { mesh, world, askers, asked }
    }

    fn asked(&self, app: &str) -> &[Asked<'a>] {
        let Some((callee, asked)) = self.asked.get(app) else { return &[] };
        asked.get_or_init(|| {
            let targets = targets_of(self.mesh, *callee).into_iter();
            targets.map(|target| Asked::of(self.world, target)).collect()
        })
    }

    /// What `CALLER -> CALLEE` means.
    fn claim(&self, written: &Spanned<String>, report: &mut Report) -> Option<Claim<'_, 'a>> {
        let Some((from, to)) = written.split_once("->").map(|(from, to)| (from.trim(), to.trim())) else {
            report.push(invalid(written.span, "this is no `CALLER -> CALLEE`", "write `\"gateway -> ranker.predict\"`"));
            return None;
        };
        let Some(asker) = self.askers.get(from) else {
            let names = self.askers.keys().map(String::as_str);
            report.push(unknown(written.span, from).help_with_names(from, names, "callers", |near| arrow(near, to)));
            return None;
        };
        let app = to.split('.').next().unwrap_or(to);
        let of_app = app == to;
        let asked = self.asked(app).iter();
        let parts: Vec<&Asked<'_>> = asked
            .filter(|asked| match asked.target.part {
                Part::Probe => false,
                Part::Route | Part::Port => asked.target.name == to || of_app && asked.is_of_app(),
                Part::Rest => of_app && asked.is_of_app(),
            })
            .collect();
        if !parts.is_empty() {
            return Some(Claim { asker, parts, of_app });
        }
        if of_app && self.asked.contains_key(app) {
            let message = format!("only the kubelet asks `{app}` anything");
            report.push(invalid(written.span, &message, "name the route, such as `\"gateway -> ranker.health\"`"));
            return None;
        }
        let names: Vec<String> = self.mesh.callees().flat_map(names_of).collect();
        let names = names.iter().map(String::as_str);
        report.push(unknown(written.span, to).help_with_names(to, names, "callees", |near| arrow(from, near)));
        None
    }

    /// The same of somebody's leave to call, which nothing gives or refuses outside of the cluster.
    fn claim_of_access(&self, written: &Spanned<String>, report: &mut Report) -> Option<Claim<'_, 'a>> {
        let claim = self.claim(written, report)?;
        if claim.parts.iter().all(|asked| asked.target.callee.app().is_some()) {
            return Some(claim);
        }
        let message = "nothing admits or refuses what leaves the cluster";
        report.push(invalid(written.span, message, "remove it, or expect its `timeout`"));
        None
    }

    fn can(&self, written: &Spanned<String>, report: &mut Report) {
        let Some(claim) = self.claim_of_access(written, report) else { return };
        for asked in &claim.parts {
            let decisions = claim.doors(asked).map(|door| (door, door.decide(self.world, &claim.asker.client)));
            let failing = decisions.into_iter().find(|(_, decision)| decision.verdict != Verdict::Allowed);
            let Some((door, decision)) = failing else { continue };
            let (answer, help) = match decision.verdict {
                Verdict::Allowed | Verdict::Denied => ("refused", ADMIT),
                Verdict::NotFound => ("answered with 404", ADMIT),
                Verdict::Partly => ("let in from some addresses only", ADMIT),
                Verdict::ClusterDefault => ("left to the default of the cluster", STATE),
            };
            let message = format!("{} is {answer}: {}", request(door.sample(), claim.asker), decision.rule);
            report.push(failed(written.span, message, help));
        }
    }

    fn cannot(&self, written: &Spanned<String>, report: &mut Report) {
        let Some(claim) = self.claim_of_access(written, report) else { return };
        for asked in &claim.parts {
            let decisions = claim.doors(asked).map(|door| (door, door.decide(self.world, &claim.asker.client)));
            let failing = decisions.into_iter().find(|(_, decision)| !decision.verdict.is_refusal());
            let Some((door, decision)) = failing else { continue };
            let (answer, help) = match decision.verdict {
                Verdict::Allowed | Verdict::Denied | Verdict::NotFound => ("let in", REFUSE),
                Verdict::Partly => ("let in from some addresses", REFUSE),
                Verdict::ClusterDefault => ("left to the default of the cluster", STATE),
            };
            let message = format!("{} is {answer}: {}", request(door.sample(), claim.asker), decision.rule);
            report.push(failed(written.span, message, help));
        }
    }

    /// A timeout is that of routes, where there are any: what no route takes has none.
    fn timeout(&self, written: &Spanned<String>, expected: &Spanned<Duration>, report: &mut Report) {
        let Some(claim) = self.claim(written, report) else { return };
        for asked in
            claim.parts.iter().filter(|asked| asked.target.part != Part::Rest || asked.target.callee.routes().next().is_none())
        {
            let timeouts = claim.samples(asked).map(|sample| {
                let timeout = self.terms(&claim.asker.client, &asked.target, sample).timeouts.request;
                (sample, timeout)
            });
            let other = timeouts.into_iter().find(|(_, found)| found.as_deref() != Some(expected.to_string().as_str()));
            let Some((sample, found)) = other else { continue };
            let found = found.map_or("has no timeout".to_owned(), |found| format!("may take {found}"));
            let message = format!("{} {found}, not {}", request(sample, claim.asker), expected.value);
            report.push(failed(expected.span, message, "change the timeout of the route, or what is expected"));
        }
    }

    fn weight(&self, written: &Spanned<String>, expected: Spanned<u32>, report: &mut Report) {
        let versions = self.mesh.apps.iter().flat_map(|app| {
            let keys = app.versions.iter().filter_map(|version| version.key.as_ref());
            keys.map(move |key| (format!("{}.{key}", app.name), app, key.as_str()))
        });
        let Some((_, app, key)) = versions.clone().find(|(name, ..)| name == written.as_str()) else {
            let names: Vec<String> = versions.map(|(name, ..)| name).collect();
            let diagnostic = unknown(written.span, written);
            return report.push(diagnostic.help_with_names(written, names.iter().map(String::as_str), "versions", quoted));
        };
        let requests = self.asked(&app.name).iter().flat_map(|asked| {
            let samples = asked.target.shown().iter();
            samples.map(move |sample| (&asked.target, sample))
        });
        let mut meshed = self.askers.values().filter(|asker| asker.client.identity.is_some());
        let Some(((target, sample), meshed)) = requests.into_iter().next().zip(meshed.next()) else { return };
        let backends = self.terms(&meshed.client, target, sample).backends;
        let service = names::workload(&app.name, Some(key));
        let apex = (app.routing.stable() == Some(key)).then_some(&app.name.value);
        let whole: u32 = backends.iter().map(|(_, weight)| weight).sum();
        let own: u32 = backends.iter().filter(|(name, _)| *name == service || Some(name) == apex).map(|(_, weight)| weight).sum();
        let percent = own * 100 / whole.max(1);
        if percent != expected.value {
            let message = format!("`{written}` gets {percent} percent of the requests, not {expected}");
            report.push(failed(expected.span, message, "change the split or the step, or what is expected"));
        }
    }

    fn terms(&self, client: &Client, target: &Target<'_>, sample: &Sample) -> Terms {
        terms_to(self.world, client, (target.callee, target.port), sample.request())
    }
}

const ADMIT: &str = "let the callee name this caller, or change what is expected";
const REFUSE: &str = "take this caller out of the callers, or change what is expected";
const STATE: &str = "add `callers` to the port, or state the default as `inbound` in `[cluster]`";

/// A request of somebody, as a message shows it.
fn request(sample: &Sample, asker: &Asker) -> String {
    format!("`{} {}` from `{}`", sample.method, sample.path, asker.name)
}

fn arrow(from: &str, to: &str) -> String {
    quoted(&format!("{from} -> {to}"))
}

fn unknown(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&INVALID_EXPECTATION, span, format!("there is no `{name}` that could be asked about"))
}

fn invalid(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&INVALID_EXPECTATION, span, message).help(help)
}

fn failed(span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&EXPECTATION_FAILED, span, message).help(help)
}
