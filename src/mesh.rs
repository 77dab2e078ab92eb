//! The mesh as it is meant: every name bound to what bears it, every default set, every rollout at its
//! step. The words are the language's; what any target makes of them is not known here. A value keeps
//! the place where it was written, so that a check can point at it.

pub(crate) mod access;
mod app;
mod callee;
mod caller;
mod cluster;
mod directory;
pub(crate) mod graph;
mod limits;
pub(crate) mod names;
mod overruled;
mod ownership;
pub(crate) mod pairs;
mod pod;
mod port;
mod resolve;
mod routes;
mod routing;
mod split;
mod templates;
mod terms;
mod timeouts;
pub(crate) mod uses;
mod variants;
mod workload;

use std::sync::Arc;

pub(crate) use app::{App, AppKind, Call, Job, Schedule, Version};
pub(crate) use callee::{Callee, ExternalService};
pub(crate) use caller::{Access, Caller, Who};
pub(crate) use cluster::{Cluster, Labels, NameKind, Namespace, Provider};
pub(crate) use ownership::Owner;
pub(crate) use pod::{Autoscale, Handler, Pod, Probe, ProbeKind, ProbeRequest, Replicas, RollingUpdate, Scale};
pub(crate) use port::{Port, PortKind, Ports};
pub(crate) use resolve::resolve;
pub(crate) use routing::{Position, Rollout, Routing, Split};
pub(crate) use terms::{CircuitBreaker, Mirror, RateLimit, RateOverride, Retry, RetryBudget, Route, Variant};
pub(crate) use timeouts::Timeouts;

use crate::diagnostic::Code;
use crate::spanned::Spanned;

/// Every code that resolving can raise, one list for each file.
pub(crate) static ALL_CODES: &[&[&Code]] =
    &[directory::CODES, limits::CODES, access::CODES, split::CODES, variants::CODES, workload::CODES, resolve::CODES];

/// A mesh, in alphabetical order throughout.
#[derive(Debug)]
pub(crate) struct Mesh {
    /// What the manifest is called.
    pub source: String,
    /// What the output must be accepted by.
    pub cluster: Cluster,
    /// The namespaces that the manifest names.
    pub namespaces: Vec<Arc<Namespace>>,
    /// Callers that are deployed elsewhere.
    pub identities: Vec<Caller>,
    /// Models and services.
    pub apps: Vec<App>,
    /// What runs to completion.
    pub jobs: Vec<Job>,
    /// Services outside of the cluster.
    pub external: Vec<ExternalService>,
}

impl Mesh {
    /// The model or service of this name.
    #[must_use]
    pub(crate) fn app(&self, name: &str) -> Option<&App> {
        let at = self.apps.binary_search_by(|app| app.name.as_str().cmp(name)).ok()?;
        Some(&self.apps[at])
    }

    /// What takes requests under this name.
    #[must_use]
    pub(crate) fn callee(&self, name: &str) -> Option<Callee<'_>> {
        let app = self.app(name).map(Callee::App);
        app.or_else(|| self.external.iter().find(|service| service.name.value == name).map(Callee::External))
    }

    /// Everything that takes requests.
    pub(crate) fn callees(&self) -> impl Iterator<Item = Callee<'_>> + Clone {
        self.apps.iter().map(Callee::App).chain(self.external.iter().map(Callee::External))
    }

    /// Every call, with the name and the namespace of the app or job that makes it.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&Spanned<String>, &Namespace, &Call)> {
        let of_apps = self.apps.iter().flat_map(|app| app.all_calls().map(|call| (&app.name, &*app.namespace, call)));
        let of_jobs = self.jobs.iter().flat_map(|job| job.calls.iter().map(|call| (&job.name, &*job.namespace, call)));
        of_apps.chain(of_jobs)
    }

    /// What every pod runs.
    pub(crate) fn pods(&self) -> impl Iterator<Item = &Pod> {
        let versions = self.apps.iter().flat_map(|app| &app.versions).map(|version| &version.pod);
        versions.chain(self.jobs.iter().map(|job| &job.pod))
    }
}
