//! `mlops.toml` as it was written: every value with its place, nothing resolved and no default set.
//! One file for each table of the language; how a table is read is `read`'s.

mod app;
mod cluster;
mod expect;
mod field;
mod lint;
pub(crate) mod overlay;
mod path;
mod port;
mod rate;
mod read;
mod retry;
mod route;
mod schema;
pub(crate) mod step;
mod table;
mod variant;
mod workload;

pub(crate) use app::SINGLE_VERSION;
pub(crate) use app::{
    DeployedService, Endpoint, Identity, Job, Model, OutsideService, Rollout, Service, Split, Step, Version as ModelVersion,
};
pub(crate) use cluster::{Cluster, Namespace, Output};
pub(crate) use expect::Expect;
pub(crate) use field::Field;
pub(crate) use lint::Lint;
pub(crate) use rate::{CircuitBreaker, RateLimit};
pub(crate) use read::MISSING_KEY;
pub(crate) use route::Terms as RouteTerms;
pub use schema::schema;
pub(crate) use workload::{Handler, Pod, Probe, Probes, Resources, Scale};

use crate::diagnostic::{Code, Diagnostic, Report, codes};
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::Table;
use crate::value::Named;

codes! {
    UNSUPPORTED_EDITION = "unsupported-edition", Error, "an edition of the language that this mlmesh does not read",
        "The edition says which language a file is written in. A newer mlmesh reads older editions; an older one cannot \
         know what a newer edition means.";
}

/// Every code that reading a manifest can raise, one list for each file.
pub(crate) static ALL_CODES: &[&[&Code]] = &[CODES, read::CODES, path::CODES, route::CODES, workload::CODES];

/// The language that this mlmesh reads.
const EDITION: u32 = 1;

table! {
    /// One mesh: its cluster, its namespaces, and what runs and is called in them.
    pub(crate) struct Manifest {
        /// The language of this file.
        optional edition: Spanned<u32> = EDITION,
        /// What the output must be accepted by. Nothing is ever asked of a cluster.
        required cluster: Cluster,
        /// The namespaces that the models, services and jobs live in.
        many namespaces: Named<Namespace>,
        /// Callers that this file does not deploy.
        many identities: Named<Identity>,
        /// Models that are served, each in one or more versions.
        many models: Named<Model>,
        /// Services that are no models: the same keys, one version, no rollout; with a `host`, outside of the cluster.
        many services: Named<Service>,
        /// What runs to completion.
        many jobs: Named<Job>,
        /// What must hold, held against what the proxies will do.
        optional expect: Expect,
        /// How grave warnings and notes are taken, each by its name: "warn", "deny", or `{ level = "allow", reason = "..." }`.
        many lints: Named<Lint>,
        /// Where the generated files go.
        optional output: Output,
    }
}

/// Reads the tables of a manifest; everything that is wrong goes into the report.
pub(crate) fn read(root: &Table, report: &mut Report) -> Manifest {
    let manifest: Manifest = read::read_table(root, report);
    let edition = manifest.edition();
    if edition.value != EDITION {
        let message = format!("this mlmesh reads edition {EDITION}, not {edition}");
        let help = format!("write `edition = {EDITION}`, or use a newer mlmesh");
        report.push(Diagnostic::new(&UNSUPPORTED_EDITION, edition.span, message).help(help));
    }
    manifest
}
