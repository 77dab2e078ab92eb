//! The manifest's own tests: each expectation is held against what the proxies will do with the objects
//! that are rendered, and one that fails shows a request that proves it.

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::manifest::{Duration, Expect};
use crate::mesh::{App, Mesh, names};
use crate::proxy::{Client, Terms, Verdict, World};
use crate::questions::{Part, Target, ask, clients, rendered, request, targets_of, terms_to, world};
use crate::spanned::{Span, Spanned};

codes! {
    INVALID_EXPECTATION = "invalid-expectation", Error, "an expectation that says nothing that could be asked",
        "An expectation of a name that there is not would hold for ever, and prove nothing.";
    EXPECTATION_FAILED = "expectation-failed", Error, "an expectation that does not hold",
        "`[expect]` says what must stay true while the rest of the file changes. What it is held against is what the mesh's \
         proxies do with the rendered objects, not what the file means.";
}

/// Reports every expectation that does not hold.
pub(crate) fn check(mesh: &Mesh, expect: &Expect, report: &mut Report) {
    let units = rendered(mesh);
    let world = world(mesh, &units);
    let bench = Bench { mesh, world: &world, clients: clients(mesh) };
    let deployed = || mesh.apps.iter();
    for written in &expect.can {
        bench.each(written, deployed(), report, |bench, client, target, report| {
            if target.is_meant() {
                bench.can(written, client, target, report);
            }
        });
    }
    for written in &expect.cannot {
        bench.each(written, deployed(), report, |bench, client, target, report| bench.cannot(written, client, target, report));
    }
    for (written, timeout) in &expect.timeout {
        bench.each(written, mesh.callees(), report, |bench, client, target, report| {
            if target.is_meant() {
                bench.timeout(timeout, client, target, report);
            }
        });
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
    clients: Vec<(String, Client)>,
}

/// A caller by its name.
type Named<'a> = (&'a str, &'a Client);

impl Bench<'_> {
    /// Asks `question` of every target that `CALLER -> CALLEE` means, of these apps.
    fn each<'b>(
        &self,
        written: &Spanned<String>,
        of: impl Iterator<Item = &'b App>,
        report: &mut Report,
        question: impl Fn(&Self, Named<'_>, &Target<'_>, &mut Report),
    ) {
        let Some((from, to)) = written.split_once("->").map(|(from, to)| (from.trim(), to.trim())) else {
            return report.push(invalid(written.span, "this is no `CALLER -> CALLEE`", "write `\"gateway -> ranker.predict\"`"));
        };
        let Some((name, client)) = self.clients.iter().find(|(name, _)| name == from) else {
            let names = self.clients.iter().map(|(name, _)| name.as_str());
            return report.push(unknown(written.span, from).help_with_names(from, names, "callers", |near| arrow(near, to)));
        };
        let targets: Vec<Target<'_>> = of.flat_map(|app| targets_of(self.mesh, app)).collect();
        // An app stands for all that its main port takes; nobody can be kept from a probe.
        let of_app = |target: &Target<'_>| target.app.name.as_str() == to && target.part != Part::Port;
        let meant = |target: &&Target<'_>| target.part != Part::Probe && (target.name == to || of_app(target));
        let meant: Vec<&Target<'_>> = targets.iter().filter(meant).collect();
        if meant.is_empty() {
            let app = to.split('.').next().unwrap_or(to);
            if targets.iter().all(|target| target.app.name.value != app) && self.mesh.outside(app).is_some() {
                let message = "nothing admits or refuses what leaves the cluster";
                return report.push(invalid(written.span, message, "leave it out, or expect its `timeout`"));
            }
            let names = targets.iter().map(|target| target.name.as_str());
            return report.push(unknown(written.span, to).help_with_names(to, names, "callees", |near| arrow(from, near)));
        }
        meant.into_iter().for_each(|target| question(self, (name, client), target, report));
    }

    fn can(&self, written: &Spanned<String>, (name, client): Named<'_>, target: &Target<'_>, report: &mut Report) {
        let decision = ask(self.world, client, target);
        if decision.verdict != Verdict::Allowed {
            let answer = if decision.verdict == Verdict::NotFound { "answered with 404" } else { "refused" };
            let message = format!("`{} {}` from `{name}` is {answer}: {}", target.method, target.path, decision.rule);
            report.push(failed(written.span, message, "let the callee name this caller, or change what is expected"));
        }
    }

    fn cannot(&self, written: &Spanned<String>, (name, client): Named<'_>, target: &Target<'_>, report: &mut Report) {
        let decision = ask(self.world, client, target);
        if decision.verdict == Verdict::Allowed {
            let message = format!("`{} {}` from `{name}` is let in: {}", target.method, target.path, decision.rule);
            report.push(failed(written.span, message, "take this caller out of the callers, or change what is expected"));
        }
    }

    fn timeout(&self, expected: &Spanned<Duration>, (name, client): Named<'_>, target: &Target<'_>, report: &mut Report) {
        let found = self.terms(client, target).timeout;
        if found.as_deref() != Some(expected.to_string().as_str()) {
            let found = found.map_or("has no timeout".to_owned(), |found| format!("may take {found}"));
            let message = format!("`{} {}` from `{name}` {found}, not {}", target.method, target.path, expected.value);
            report.push(failed(expected.span, message, "change the timeout of the route, or what is expected"));
        }
    }

    fn weight(&self, written: &Spanned<String>, expected: Spanned<u32>, report: &mut Report) {
        let versions = || {
            self.mesh.apps.iter().flat_map(|app| {
                let keys = app.versions.iter().filter_map(|version| version.key.as_ref());
                keys.map(move |key| (format!("{}.{key}", app.name), app, key.as_str()))
            })
        };
        let Some((_, app, key)) = versions().find(|(name, ..)| name == written.as_str()) else {
            let names: Vec<String> = versions().map(|(name, ..)| name).collect();
            let diagnostic = unknown(written.span, written);
            return report.push(diagnostic.help_with_names(written, names.iter().map(String::as_str), "versions", quoted));
        };
        let Some(target) = targets_of(self.mesh, app).into_iter().next() else { return };
        let (_, meshed) =
            self.clients.iter().find(|(_, client)| client.identity.is_some()).expect("strangers with a proxy are among them");
        let backends = self.terms(meshed, &target).backends;
        let service = names::workload(app, Some(key));
        let of_apex = |name: &str| *name == *app.name.value && app.stable.as_deref() == Some(key);
        let whole: u32 = backends.iter().map(|(_, weight)| weight).sum();
        let own: u32 = backends.iter().filter(|(name, _)| *name == service || of_apex(name)).map(|(_, weight)| weight).sum();
        let percent = own * 100 / whole.max(1);
        if percent != expected.value {
            let message = format!("`{written}` gets {percent} percent of the requests, not {expected}");
            report.push(failed(expected.span, message, "change the split or the step, or what is expected"));
        }
    }

    fn terms(&self, client: &Client, target: &Target<'_>) -> Terms {
        terms_to(self.mesh, self.world, client, (target.app, target.port), request(target))
    }
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
