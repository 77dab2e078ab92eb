//! What is wrong with a manifest, where, and what to write instead. Every stage pushes into the one
//! [`Report`] and goes on, so that a single run shows every mistake. Printing is `render`'s.

mod code;
mod github;
mod json;
mod junit;
mod region;
mod render;
mod sarif;
mod suggest;

use std::collections::BTreeSet;
use std::ops::Deref;

pub use code::{Code, Severity};
pub(crate) use code::{code, codes};
pub use render::{Format, render, render_all};
pub(crate) use suggest::nearest;

use crate::edit::Edit;
use crate::line::Line;
use crate::spanned::Span;

/// A place and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A short phrase; empty where the message says it all.
    pub text: Line,
}

/// One thing that is wrong, at one primary place.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of thing it is; its name is what `mlmesh explain` takes.
    pub code: &'static Code,
    /// How grave it is: what its code says, unless `[lints]` says otherwise.
    pub severity: Severity,
    /// What is wrong here: a lowercase phrase without a full stop.
    pub message: Line,
    /// Where it is wrong.
    pub primary: Label,
    /// Where the other side was set.
    pub secondary: Vec<Label>,
    /// What to write instead.
    pub help: Option<Line>,
    /// The help as a change to the text, where it is mechanical.
    pub suggestion: Option<Suggestion>,
}

/// A diagnostic that the manifest allows, and why.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// What is allowed.
    pub diagnostic: Diagnostic,
    /// The reason that the manifest gives.
    pub reason: Line,
}

/// A change to the text that mends it.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The change.
    pub edit: Edit,
    /// Whether a machine may make it unasked.
    pub safety: Safety,
}

/// How sure it is that a suggestion is what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It says the same, rightly spelled.
    Safe,
    /// It is the nearest thing that is right; a person should look.
    Guess,
}

impl Diagnostic {
    /// Every place that it points at, its own first.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        std::iter::once(self.primary.span).chain(self.secondary.iter().map(|label| label.span))
    }

    /// A diagnostic at `span`.
    pub fn new(code: &'static Code, span: Span, message: impl Into<Line>) -> Self {
        Self {
            code,
            severity: code.level,
            message: message.into(),
            primary: Label { span, text: Line::default() },
            secondary: Vec::new(),
            help: None,
            suggestion: None,
        }
    }

    /// A few words under the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<Line>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// A second place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<Line>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<Line>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The way out as a change: `text` in place of what stands at the primary place.
    #[must_use]
    pub fn suggest(mut self, safety: Safety, text: impl Into<String>) -> Self {
        self.suggestion = Some(Suggestion { edit: Edit { span: self.primary.span, text: text.into() }, safety });
        self
    }

    /// "did you mean" where `wrong` is close to one of `known`, and that as a suggestion, as `written`
    /// writes it at the primary place; else the list of them.
    #[must_use]
    pub(crate) fn help_with_names<'a>(
        mut self,
        wrong: &str,
        known: impl IntoIterator<Item = &'a str>,
        what: &str,
        written: impl Fn(&str) -> String,
    ) -> Self {
        let known: BTreeSet<&str> = known.into_iter().collect();
        let near = nearest(wrong, known.iter().copied());
        if let Some(near) = near {
            self = self.suggest(if suggest::is_spelling(wrong, near) { Safety::Safe } else { Safety::Guess }, written(near));
        }
        self.help = Some(match near {
            Some(near) => format!("did you mean `{near}`?").into(),
            None if known.is_empty() => format!("this file has no {what}").into(),
            None => format!("{what}: {}", listing(known)).into(),
        });
        self
    }
}

/// A text as it stands in a value: a basic string of TOML, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// A name as it stands in a key.
pub(crate) fn as_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { name.to_owned() } else { quoted(name) }
}

/// Names in backticks, joined by commas; a long list is cut short.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MOST);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// The one sink of every diagnostic of a run.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
    /// How many names wrong ones were compared with.
    compared: usize,
}

/// A report to which nothing is added any more.
#[derive(Debug)]
pub(crate) struct Settled(Report);

impl Deref for Settled {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

/// The order of a report: by place, then by what is said.
fn order(diagnostic: &Diagnostic) -> (Span, &'static str, Line) {
    (diagnostic.primary.span, diagnostic.code.name, diagnostic.message.clone())
}

impl Report {
    /// Takes a diagnostic in.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Takes several in.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Everything that was found.
    pub(crate) fn into_diagnostics(self) -> impl Iterator<Item = Diagnostic> {
        self.diagnostics.into_iter()
    }

    /// Sets aside what has this code, for this reason, and says whether there was any.
    pub(crate) fn allow(&mut self, code: &Code, reason: &str) -> bool {
        let reason = Line::of(reason);
        let before = self.allowed.len();
        let allowed = self.diagnostics.extract_if(.., |diagnostic| diagnostic.code.name == code.name);
        self.allowed.extend(allowed.map(|diagnostic| Allowed { diagnostic, reason: reason.clone() }));
        self.allowed.len() > before
    }

    /// What the manifest allows, each with its reason.
    #[must_use]
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// Makes what has this code so grave, and says whether there was any.
    pub(crate) fn set_level(&mut self, code: &Code, severity: Severity) -> bool {
        let mut found = false;
        for diagnostic in self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.code.name == code.name) {
            diagnostic.severity = severity;
            found = true;
        }
        found
    }

    /// Adds a diagnostic about a wrong name, with the nearest of the known ones. In a file with thousands of wrong names the
    /// later ones get no suggestion: each costs as much as there are names.
    pub(crate) fn push_near<'a>(
        &mut self,
        diagnostic: Diagnostic,
        wrong: &str,
        known: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
        what: &str,
        written: impl Fn(&str) -> String,
    ) {
        const MAX_COMPARED: usize = 1_000_000;
        let known = known.into_iter();
        if self.compared >= MAX_COMPARED {
            return self.push(diagnostic);
        }
        self.compared += known.clone().count();
        self.push(diagnostic.help_with_names(wrong, known, what, written));
    }

    /// Drops what can only follow from something that was reported already.
    pub(crate) fn forget(&mut self, code: &'static Code) {
        self.diagnostics.retain(|diagnostic| !std::ptr::eq(diagnostic.code, code));
    }

    /// Whether the result must not be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many diagnostics have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// All diagnostics, in the order of the text in an analysis that is done.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The report in the order of the text. A finding of a value that several versions inherit is there once.
    pub(crate) fn settle(mut self) -> Settled {
        self.diagnostics.sort_by_key(order);
        self.diagnostics.dedup_by_key(|one| order(one));
        self.allowed.sort_by_key(|one| order(&one.diagnostic));
        self.allowed.dedup_by_key(|one| order(&one.diagnostic));
        Settled(self)
    }
}
