//! Who bears which name. Models, services, jobs and identities share one space of names; a name that
//! is written stays known even where its table is broken, so that nothing else complains of it.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::manifest::{Endpoint, Identity, Manifest, OutsideService, Service};
use crate::mesh::Call;
use crate::spanned::{Span, Spanned};

codes! {
    NAME_TAKEN = "name-taken", Error, "two tables that share one name",
        "Models, services, jobs and identities share one space of names, so that a name in `callers` or `calls` means one \
         thing.";
    UNKNOWN_CALLEE = "unknown-callee", Error, "a call of something that this file does not have",
        "A call that names nobody could never be checked, and a typo in it would look like a permission.";
    EMPTY_CALLS = "empty-calls", Warning, "a list of calls without a call",
        "An app that says nothing of its calls is not checked, and an empty list says as little. Only on a route it says something: \
         that the calls of the app are not made there.";
    UNKNOWN_ROUTE = "unknown-route", Error, "a call of a route that its callee does not have",
        "The route decides who may call, how long it takes and whether it is tried again; a typo would mean none of them.";
}

/// What bears a name.
#[derive(Clone, Copy)]
pub(crate) enum Bearer<'a> {
    Endpoint(&'a Endpoint),
    Outside(&'a OutsideService),
    Job(Option<&'a Spanned<String>>),
    Identity(&'a Identity),
}

/// The names of a manifest.
pub(crate) struct Directory<'a> {
    bearers: BTreeMap<&'a str, (Span, Bearer<'a>)>,
    /// Whether these are all names: others may have been written where nothing could be read.
    is_complete: bool,
}

impl<'a> Directory<'a> {
    /// All names; one that is taken twice is reported.
    pub(crate) fn of(manifest: &'a Manifest, report: &mut Report) -> Self {
        let mut bearers: BTreeMap<&str, (Span, Bearer<'_>)> = BTreeMap::new();
        let models = manifest.models.iter().map(|(name, model)| (name, Bearer::Endpoint(&model.endpoint)));
        let services = manifest.services.iter().map(|(name, service)| match service {
            Service::Deployed(service) => (name, Bearer::Endpoint(&service.endpoint)),
            Service::Outside(service) => (name, Bearer::Outside(service)),
        });
        let jobs = manifest.jobs.iter().map(|(name, job)| (name, Bearer::Job(job.namespace.as_ref())));
        let identities = manifest.identities.iter().map(|(name, identity)| (name, Bearer::Identity(identity)));
        for (name, bearer) in models.chain(services).chain(jobs).chain(identities) {
            if let Some((first, _)) = bearers.get(name.as_str()) {
                let message = format!("the name `{name}` is taken");
                let diagnostic = Diagnostic::new(&NAME_TAKEN, name.span, message).also(*first, "by this table");
                report.push(diagnostic.help("models, services, jobs and identities share one space of names: rename one"));
            } else {
                bearers.insert(name.as_str(), (name.span, bearer));
            }
        }
        let is_complete = manifest.models.is_complete()
            && manifest.services.is_complete()
            && manifest.jobs.is_complete()
            && manifest.identities.is_complete();
        Self { bearers, is_complete }
    }

    /// What bears this name.
    pub(crate) fn get(&self, name: &str) -> Option<Bearer<'a>> {
        self.bearers.get(name).map(|(_, bearer)| *bearer)
    }

    /// Whether a name that it does not have was written nowhere.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Every name, for suggestions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.bearers.keys().copied()
    }

    /// The names of what can be called.
    fn callees(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.bearers
            .iter()
            .filter(|(_, (_, bearer))| matches!(bearer, Bearer::Endpoint(_) | Bearer::Outside(_)))
            .map(|(name, _)| *name)
    }

    /// A call, `NAME.ROUTE`, `NAME.PORT` or `NAME`, bound to what it names.
    pub(crate) fn call(&self, written: &Spanned<String>, report: &mut Report) -> Option<Call> {
        let (callee, part) = written.split_once('.').map_or((written.as_str(), None), |(callee, part)| (callee, Some(part)));
        let (parts, is_complete): (Vec<&str>, bool) = match self.get(callee) {
            Some(Bearer::Endpoint(Endpoint { routes, ports, .. })) => {
                let parts = routes.keys().chain(ports.keys()).map(|name| name.as_str());
                (parts.collect(), routes.is_complete() && ports.is_complete())
            }
            Some(Bearer::Outside(OutsideService { routes, .. })) => {
                (routes.keys().map(|name| name.as_str()).collect(), routes.is_complete())
            }
            None if !self.is_complete => return None,
            Some(Bearer::Job(_) | Bearer::Identity(_)) | None => return self.unknown_callee(written, callee, part, report),
        };
        if let Some(part) = part.filter(|part| !parts.contains(part)) {
            if !is_complete {
                return None;
            }
            let message = format!("`{callee}` has no route and no further port `{part}`");
            let diagnostic = Diagnostic::new(&UNKNOWN_ROUTE, written.span, message);
            report.push_near(diagnostic, part, parts, "what it has", |near| quoted(&format!("{callee}.{near}")));
            return None;
        }
        Some(Call { written: written.clone(), callee: callee.to_owned(), part: part.map(str::to_owned) })
    }

    fn unknown_callee(&self, written: &Spanned<String>, callee: &str, part: Option<&str>, report: &mut Report) -> Option<Call> {
        let message = format!("`{callee}` is no model or service of this file");
        let diagnostic = Diagnostic::new(&UNKNOWN_CALLEE, written.span, message);
        report.push_near(diagnostic, callee, self.callees(), "models and services", |near| {
            quoted(&part.map_or(near.to_owned(), |part| format!("{near}.{part}")))
        });
        None
    }

    /// All calls of an app or a job.
    pub(crate) fn calls_of_app(&self, written: Option<&Spanned<Vec<Spanned<String>>>>, report: &mut Report) -> Vec<Call> {
        if let Some(empty) = written.filter(|written| written.is_empty()) {
            let diagnostic = Diagnostic::new(&EMPTY_CALLS, empty.span, "an empty list of calls has no effect");
            report.push(diagnostic.help("name what is called, such as \"ranker.predict\", or remove the list"));
        }
        self.calls(written, report)
    }

    /// All calls of a list.
    pub(crate) fn calls(&self, written: Option<&Spanned<Vec<Spanned<String>>>>, report: &mut Report) -> Vec<Call> {
        written.iter().flat_map(|list| list.iter()).filter_map(|call| self.call(call, report)).collect()
    }
}
