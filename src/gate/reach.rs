//! How far a mistake reaches: what seems weak in a table that holds one, or in the neighbours of that table, may only
//! follow from it.

use std::collections::BTreeSet;

use crate::checks;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::mesh::Mesh;
use crate::source::Sources;
use crate::spanned::{SourceId, Span};
use crate::syntax::{self, Kind, Table, Value};

/// The part of a mesh that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// All of it: the cluster and the namespaces.
    Everything,
    /// None of it: what is said about files, lints or expectations.
    Nothing,
    /// The model, service, job or identity of this name.
    Named(String),
}

/// Where each part stands in the text, and which of them hold mistakes or have to do with one that does.
pub(super) struct Reach {
    /// The offset of each key and value, in order.
    places: Vec<(u32, Part)>,
    wrong: BTreeSet<Part>,
}

impl Reach {
    /// How far the errors of a report reach.
    pub(super) fn of(report: &Report, mesh: &Mesh, sources: &Sources) -> Self {
        let root = syntax::parse(sources.manifest(), SourceId::MANIFEST, &mut Report::default()).root;
        let mut reach = Self { places: Vec::new(), wrong: BTreeSet::new() };
        reach.add_root(&root);
        reach.places.sort_unstable();
        let errors = report.diagnostics().iter().filter(|one| one.severity == Severity::Error);
        let wrong: BTreeSet<Part> = errors.flat_map(Diagnostic::spans).map(|span| reach.part(span).clone()).collect();
        let around = neighbours(mesh).flat_map(|[one, other]| [[one, other], [other, one]]).map(|pair| pair.map(Part::named));
        reach.wrong = around.filter(|[one, _]| wrong.contains(one)).map(|[_, other]| other).collect();
        reach.wrong.extend(wrong);
        reach
    }

    /// Whether something may only follow from a mistake.
    pub(super) fn covers(&self, diagnostic: &Diagnostic) -> bool {
        if checks::is_of_what_is_written(diagnostic.code) {
            return false;
        }
        self.wrong.contains(&Part::Everything) || diagnostic.spans().any(|span| self.wrong.contains(self.part(span)))
    }

    /// The part that the text at a place is about. What was laid over the manifest may be about any.
    fn part(&self, span: Span) -> &Part {
        let after = self.places.partition_point(|(start, _)| *start <= span.start);
        match after.checked_sub(1).filter(|_| span.source == SourceId::MANIFEST) {
            Some(at) => &self.places[at].1,
            None => &Part::Everything,
        }
    }

    fn add_root(&mut self, root: &Table<'_>) {
        for (key, value) in &root.entries {
            match key.value.as_ref() {
                "expect" | "lints" | "output" => self.add_value(key.span, value, &Part::Nothing),
                "models" | "services" | "jobs" | "identities" => {
                    self.add(key.span, &Part::Everything);
                    for (name, value) in value.as_table().into_iter().flat_map(|table| &table.entries) {
                        self.add_value(name.span, value, &Part::named(&name.value));
                    }
                }
                _ => self.add_value(key.span, value, &Part::Everything),
            }
        }
    }

    fn add_value(&mut self, key: Span, value: &Value<'_>, part: &Part) {
        self.add(key, part);
        self.add(value.span, part);
        match &value.kind {
            Kind::Table(table) => table.entries.iter().for_each(|(key, value)| self.add_value(key.span, value, part)),
            Kind::Array(items) => items.iter().for_each(|item| self.add_value(item.span, item, part)),
            Kind::String(_) | Kind::Integer(_) | Kind::Float(_) | Kind::Boolean(_) | Kind::Datetime => {}
        }
    }

    fn add(&mut self, span: Span, part: &Part) {
        self.places.push((span.start, part.clone()));
    }
}

impl Part {
    fn named(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

/// Who calls or admits whom: the caller and the callee.
fn neighbours(mesh: &Mesh) -> impl Iterator<Item = [&str; 2]> {
    let calls = mesh.calls().map(|(caller, _, call)| [caller.as_str(), call.callee.as_str()]);
    let admitted = mesh.apps.iter().flat_map(|app| {
        let callers = app.accesses().flat_map(|access| access.callers());
        callers.map(|caller| [caller.name.as_str(), app.name.as_str()])
    });
    calls.chain(admitted)
}
