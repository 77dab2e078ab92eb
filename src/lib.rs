//! The compiler for machine-learning traffic on a service mesh: one `mlops.toml` in; YAML for
//! Kubernetes, Linkerd, the Gateway API and Istio out. It reads no file, asks no cluster and no clock:
//! text in, text out.
//!
//! # The way of the data
//!
//! | stage | from | to | room |
//! |---|---|---|---|
//! | parse | text | a spanned table, then the manifest as written | `syntax`, `manifest` |
//! | resolve | manifest | the mesh as meant: names bound, defaults set, a rollout at its step | `mesh` |
//! | check | mesh | the same mesh, if it has no errors ([`Checked`]) | `gate`, `checks`, `support` |
//! | compile | checked mesh | objects, one app at a time | `targets`, `objects` |
//! | layout | objects | files or one stream | `output`, `yaml` |
//!
//! [`read_objects`] is the way back, from YAML to objects.
//!
//! Parse, resolve and check push what they find into one [`Report`] and go on, so that one run shows
//! every mistake. What comes behind the gate cannot fail. What Kubernetes and
//! Linkerd accept and mean stands in `upstream`, each rule with its source. The types of single values,
//! such as a duration or a path, stand in `value`, below the manifest and the mesh.
//!
//! # Absent by design
//!
//! Targets never see the manifest, nor each other. Checks never see targets. The mesh holds the
//! language's words, and no apiVersion, label or annotation. Only `cli` and `output/disk` touch files,
//! the environment or the terminal.

mod checks;
pub mod cli;
pub mod diagnostic;
pub mod edit;
mod expect;
mod explain;
mod gate;
mod input;
mod line;
mod lints;
mod manifest;
mod mesh;
mod migrate;
mod objects;
pub mod output;
mod proxy;
pub mod questions;
pub mod source;
pub mod spanned;
mod support;
mod syntax;
mod targets;
mod upstream;
mod value;
mod yaml;

pub use diagnostic::{Diagnostic, Format, Report, Safety, Severity, render as render_report, render_all as render_reports};
pub use explain::{codes, explain};
pub use gate::Checked;
pub use input::{ReadError, read as read_objects};
pub use manifest::overlay::{Overlay, OverlayError};
pub use manifest::schema;
pub use migrate::MigrationStep;
pub use objects::{Object, ObjectError};
pub use proxy::{Timeouts, Verdict};
pub use questions::route::RouteAnswer;
pub use source::{Source, Sources};
pub use yaml::{YamlError, print as print_yaml};

use diagnostic::Settled;
use edit::Edit;
use manifest::Manifest;
use manifest::overlay;
use mesh::Mesh;
use questions::access::Access;
use spanned::SourceId;

/// Everything that is known of a manifest, also where it has errors.
#[derive(Debug)]
pub struct Analysis {
    sources: Sources,
    manifest: Manifest,
    mesh: Option<Mesh>,
    report: Settled,
}

/// Reads, resolves and checks a manifest, with settings of the command line laid over it.
///
/// # Errors
/// When a setting names nothing in the manifest.
pub fn analyze(source: Source, overlays: &[Overlay]) -> Result<Analysis, OverlayError> {
    let mut report = Report::default();
    let name = source.file_name().to_owned();
    let (manifest, lossy, laid) = read(&source, overlays, &mut report)?;
    let sources: Sources = [source].into_iter().chain(laid).collect();
    let mesh = if lossy {
        // What is missing may stand in the statements that could not be read.
        report.forget(&manifest::MISSING_KEY);
        None
    } else {
        Some(mesh::resolve(&manifest, &name, &mut report))
    };
    // Of a target that nobody chose, nothing can be said.
    let is_target_chosen = manifest.cluster.as_ref().is_some_and(|cluster| cluster.traffic.is_given());
    let sound = mesh.as_ref().and_then(|mesh| gate::check(mesh, &sources, is_target_chosen, &mut report));
    if let (Some(sound), Some(expect)) = (sound, manifest.expect.as_ref()) {
        expect::check(sound, expect, &mut report);
    }
    if !manifest.lints.is_empty() {
        lints::apply(&manifest.lints, &codes(), &mut report);
    }
    Ok(Analysis { sources, manifest, mesh, report: report.settle() })
}

/// The manifest as written, whether whole tables of it could not be read, and the sources of what was laid over it. The
/// table that it is read from borrows the text, and is gone afterwards.
fn read(source: &Source, overlays: &[Overlay], report: &mut Report) -> Result<(Manifest, bool, Vec<Source>), OverlayError> {
    let syntax::Document { mut root, lossy } = syntax::parse(source, SourceId::MANIFEST, report);
    let laid = if lossy { Vec::new() } else { overlay::lay(&mut root, overlays)? };
    Ok((manifest::read(&root, report), lossy, laid))
}

impl Analysis {
    /// What was found.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The texts that the report points into.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The mesh, if nothing is wrong with it.
    #[must_use]
    pub fn checked(&self) -> Option<Checked<'_>> {
        Checked::of(self.mesh.as_ref()?, &self.report)
    }

    /// The manifest with what is suggested written into it, up to this safety, and how many changes that
    /// were. None where nothing is suggested, or where it would no longer be TOML.
    #[must_use]
    pub fn mended(&self, most: Safety) -> Option<(String, usize)> {
        let source = self.sources.manifest();
        let suggested = self.report.diagnostics().iter().filter_map(|diagnostic| diagnostic.suggestion.as_ref());
        // A setting of the command line is a source of its own, and is not in this file.
        let of_manifest = suggested.filter(|one| std::ptr::eq(self.sources.get(one.edit.span.source), source));
        let edits: Vec<Edit> = of_manifest.filter(|one| one.safety <= most).map(|one| one.edit.clone()).collect();
        let (text, made) = edit::apply_all(&edits, source.text());
        (made > 0 && syntax_faults(&text) <= syntax_faults(source.text())).then_some((text, made))
    }

    /// What was found that `before` does not have.
    #[must_use]
    pub fn news(&self, before: &Self) -> Report {
        let known = before.report.diagnostics();
        let found = self.report.diagnostics().iter();
        let mut news = Report::default();
        news.extend(found.filter(|one| !known.iter().any(|other| is_same(one, other))).cloned());
        news
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

/// How many errors of syntax a text has.
fn syntax_faults(text: &str) -> usize {
    let mut report = Report::default();
    syntax::parse(&Source::new("fixed", text), SourceId::MANIFEST, &mut report);
    report.diagnostics().len()
}

/// Whether two diagnostics say the same, wherever they point.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    (one.code.name, &one.message, one.severity) == (other.code.name, &other.message, other.severity)
}

impl<'a> Checked<'a> {
    /// Who may call whom: the whole matrix, or the part of it from one caller or to one callee, which is an
    /// app, or a route or further port of it as `APP.ROUTE`.
    ///
    /// # Errors
    /// Says which name was probably meant.
    pub fn access(&self, from: Option<&str>, to: Option<&str>) -> Result<Vec<Access>, String> {
        questions::access::matrix(self.sound(), from, to)
    }

    /// What becomes of a request from a caller to an app's main port. The names of headers are in lowercase.
    ///
    /// # Errors
    /// Says which name was probably meant.
    pub fn route(
        &self,
        from: &str,
        to: &str,
        (method, path): (&str, &str),
        headers: &[(String, String)],
    ) -> Result<RouteAnswer, String> {
        questions::route::answer(self.sound(), from, to, proxy::Request { method, path, headers })
    }

    /// The trees to commit one after the other until the output is that of `to`, the same mesh on another
    /// traffic API or version; none where the two are the same.
    #[must_use]
    pub fn steps_to(self, to: Self) -> Vec<MigrationStep<'a>> {
        migrate::steps(self, to)
    }

    /// What a caller would notice of the change to another mesh of the same apps, one line each.
    #[must_use]
    pub fn differences_to(self, to: Checked<'_>) -> Vec<String> {
        questions::compare::differences(self.sound(), to.sound())
    }
}

/// What each target makes of each setting, since which version, as a table in Markdown.
#[must_use]
pub fn support_table() -> String {
    support::table()
}

/// The JSON Schema as it is committed: indented, with a line break at the end.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}
