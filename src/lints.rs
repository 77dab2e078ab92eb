//! What `[lints]` does to a report: warnings and notes are left out, or become warnings or errors. An
//! error stays one: its result would be refused or wrong, whatever anybody thinks of it.

use crate::diagnostic::{Code, Diagnostic, Report, Severity, as_key, codes};
use crate::manifest::Lint;
use crate::value::{LintLevel, Named};

codes! {
    UNKNOWN_LINT = "unknown-lint", Error, "a diagnostic that mlmesh does not have",
        "A level for a name that nothing bears would change nothing, and a reader would think that it does.";
    LINT_OF_ERROR = "lint-of-error", Error, "a level for what is an error anyway",
        "An error means that the output would be refused, or would not do what the file says. No reason makes it work, so \
         `[lints]` is for warnings and notes.";
    UNUSED_ALLOWANCE = "unused-allowance", Warning, "an allowance that allows nothing",
        "What it allowed is no longer there. Left standing it would hide the next one of its kind.";
}

/// Brings the levels of a report to what the manifest says. `known` are the codes that there are.
pub(crate) fn apply(lints: &Named<Lint>, known: &[&Code], report: &mut Report) {
    let sound = !report.has_errors();
    for (name, lint) in lints {
        let Some(level) = lint.level else { continue };
        let Some(code) = known.iter().find(|code| code.name == name.as_str()) else {
            let diagnostic = Diagnostic::new(&UNKNOWN_LINT, name.span, format!("there is no diagnostic `{name}`"));
            report.push(diagnostic.help_with_names(name, known.iter().map(|code| code.name), "diagnostics", as_key));
            continue;
        };
        if code.level == Severity::Error {
            let diagnostic = Diagnostic::new(&LINT_OF_ERROR, level.span, format!("`{name}` is an error, whatever stands here"));
            report.push(diagnostic.help("leave this out, and mend what is reported"));
            continue;
        }
        let found = match level.value {
            LintLevel::Allow => report.allow(code, lint.reason.as_ref().map_or("", |reason| reason)),
            LintLevel::Warn => report.set_level(code, Severity::Warning),
            LintLevel::Deny => report.set_level(code, Severity::Error),
        };
        // Where there are errors, what is allowed may not have been looked for yet.
        if level.value == LintLevel::Allow && !found && sound {
            let diagnostic = Diagnostic::new(&UNUSED_ALLOWANCE, name.span, format!("there is no `{name}` to allow"));
            report.push(diagnostic.help("leave it out"));
        }
    }
}
