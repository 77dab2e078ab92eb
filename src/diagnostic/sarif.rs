//! A report as a SARIF 2.1.0 log (docs.oasis-open.org/sarif), with the codes that occur as its rules.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::region::Region;
use super::{Allowed, Code, Diagnostic, Label, Report};
use crate::source::Sources;
use crate::spanned::Span;

/// The log of all these reports, each with its own texts, with a line break at its end.
pub(super) fn log(reports: &[(&Report, &Sources)]) -> String {
    let rules: BTreeMap<&str, &Code> = reports.iter().flat_map(|(report, _)| codes(report)).collect();
    let results: Vec<Value> = reports.iter().flat_map(|(report, sources)| results(report, &rules, sources)).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "mlmesh",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn codes(report: &Report) -> impl Iterator<Item = (&'static str, &'static Code)> {
    let allowed = report.allowed().iter().map(|allowed| &allowed.diagnostic);
    report.diagnostics().iter().chain(allowed).map(|diagnostic| (diagnostic.code.name, diagnostic.code))
}

fn results(report: &Report, rules: &BTreeMap<&str, &Code>, sources: &Sources) -> Vec<Value> {
    let results = report.diagnostics().iter().map(|one| result(one, index(one.code, rules), sources));
    let allowed = report.allowed().iter().map(|one| suppressed(one, index(one.diagnostic.code, rules), sources));
    results.chain(allowed).collect()
}

fn index(code: &Code, rules: &BTreeMap<&str, &Code>) -> Option<usize> {
    rules.keys().position(|name| *name == code.name)
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary },
        "fullDescription": { "text": code.why },
        "help": { "text": code.explanation() },
        "defaultConfiguration": { "level": code.level.word() },
    })
}

fn result(diagnostic: &Diagnostic, rule: Option<usize>, sources: &Sources) -> Value {
    let help = diagnostic.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
    let related = diagnostic.secondary.iter().enumerate().map(|(id, label)| related(id, label, sources));
    let mut result = json!({
        "ruleId": diagnostic.code.name,
        "ruleIndex": rule,
        "level": diagnostic.severity.word(),
        "message": { "text": format!("{}{help}", diagnostic.message) },
        "locations": [location(diagnostic.primary.span, sources)],
        "relatedLocations": related.collect::<Vec<_>>(),
    });
    if let Some(suggestion) = &diagnostic.suggestion {
        let span = suggestion.edit.span;
        result["fixes"] = json!([{
            "description": { "text": diagnostic.help.as_deref().unwrap_or("write this") },
            "artifactChanges": [{
                "artifactLocation": artifact(span, sources),
                "replacements": [{ "deletedRegion": region(span, sources), "insertedContent": { "text": suggestion.edit.text } }],
            }],
        }]);
    }
    result
}

fn related(id: usize, label: &Label, sources: &Sources) -> Value {
    let mut location = location(label.span, sources);
    location["id"] = json!(id);
    location["message"] = json!({ "text": label.text });
    location
}

/// What the manifest allows is a result too, with the reason of the manifest as its justification.
fn suppressed(allowed: &Allowed, rule: Option<usize>, sources: &Sources) -> Value {
    let mut result = result(&allowed.diagnostic, rule, sources);
    result["suppressions"] = json!([{ "kind": "inSource", "justification": allowed.reason }]);
    result
}

fn location(span: Span, sources: &Sources) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(span, sources), "region": region(span, sources) } })
}

fn region(span: Span, sources: &Sources) -> Value {
    let Region { start, end, .. } = Region::of(span, sources);
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// The file as a URI reference: whatever a reference cannot hold is percent-encoded.
fn artifact(span: Span, sources: &Sources) -> Value {
    let file = sources.get(span.source).name().replace('\\', "/");
    let uri: String =
        file.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    json!({ "uri": uri })
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)
}
