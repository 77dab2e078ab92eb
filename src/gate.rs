//! The gate between what was written and what is made of it. Targets compile without a chance to fail, so a mesh comes to
//! them only through here, and only without errors: nobody else names `targets::compile`.

mod reach;

use reach::Reach;

use crate::checks;
use crate::diagnostic::{Code, Report, Settled, Severity};
use crate::mesh::Mesh;
use crate::objects::Unit;
use crate::output::{self, Tree};
use crate::source::Sources;
use crate::spanned::Span;
use crate::targets;

/// A mesh in which no error was found so far: its objects can be asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound<'a>(&'a Mesh);

/// A mesh whose final report has no errors, expectations and lints included: its objects can be printed.
///
/// Only [`Analysis::checked`](crate::Analysis::checked) makes one:
///
/// ```
/// let analysis = mlmesh::analyze(mlmesh::Source::new("mlops.toml", "edition = 1"), &[]).unwrap();
/// assert!(analysis.checked().is_none(), "`cluster` is missing");
/// ```
///
/// Its constructor is private.
///
/// ```compile_fail,E0423
/// let make = mlmesh::Checked;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a>(Sound<'a>);

/// Runs every check; where nothing that was found up to then is an error, the mesh is sound. Of a target that nobody
/// chose, nothing is said.
pub(crate) fn check<'a>(mesh: &'a Mesh, sources: &Sources, is_target_chosen: bool, report: &mut Report) -> Option<Sound<'a>> {
    let mut found = Report::default();
    checks::run(mesh, &mut found);
    if is_target_chosen {
        checks::run_on_target(mesh, &mut found);
        targets::check(mesh, &mut found);
    }
    // Where something could not be read or bound, what seems weak may only follow from that.
    let reach = report.has_errors().then(|| Reach::of(report, mesh, sources));
    report.extend(found.into_diagnostics().filter(|diagnostic| {
        diagnostic.severity == Severity::Error || reach.as_ref().is_none_or(|reach| !reach.covers(diagnostic))
    }));
    (!report.has_errors()).then_some(Sound(mesh))
}

/// Every code that a check can raise.
pub(crate) fn codes() -> impl Iterator<Item = &'static [&'static Code]> {
    checks::CHECKS.iter().map(|check| check.codes).chain(targets::codes())
}

impl<'a> Sound<'a> {
    pub(crate) fn mesh(self) -> &'a Mesh {
        self.0
    }

    /// The objects, one namespace, app or job at a time.
    pub(crate) fn units(self) -> impl Iterator<Item = Unit> + 'a {
        targets::compile(self.0)
    }
}

impl<'a> Checked<'a> {
    /// The mesh, if its final report has no errors.
    pub(crate) fn of(mesh: &'a Mesh, report: &Settled) -> Option<Self> {
        (!report.has_errors()).then_some(Self(Sound(mesh)))
    }

    pub(crate) fn sound(self) -> Sound<'a> {
        self.0
    }

    /// Every file of the tree that holds an object, and the place in the manifest that caused it: the name of a table,
    /// or the value of a key.
    pub fn origins(self) -> impl Iterator<Item = (String, Span)> + 'a {
        self.0.units().flat_map(|unit| output::origins(&unit))
    }

    /// Hands out one YAML stream, object by object, in an order that a cluster can take: namespaces
    /// first, and grants before what denies.
    pub fn stream(self, each: &mut dyn FnMut(&str)) {
        output::stream(&self.0.mesh().source, self.0.units(), each);
    }
}

/// The files of the tree: `/` stands between folders.
impl Tree for Checked<'_> {
    fn walk(&self, each: &mut dyn FnMut(&str, &str)) {
        output::tree(&self.0.mesh().source, || self.0.units()).walk(each);
    }
}
