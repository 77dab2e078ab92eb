//! The upstream schemas of a folder, and the judgement of one object by them.
//!
//! A kind may have several copies, one per vendored release of its upstream (`gateway-api/v1.2.1-standard` and
//! `gateway-api/v1.6.1-standard`): an object must please every one of them, and a version that one of the releases
//! does not serve is not served.

mod builtin;
mod closed;
mod crd;
mod defaults;
mod formats;
mod indent;
mod lists;
mod load;
#[cfg(test)]
mod rehearsal;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

pub use load::{LEFT_OUT_FILES, LoadError};
pub use rules::{LEFT_OUT_RULES, Unjudged};

use crate::fault::Fault;
use crate::object::Object;
use crate::tree::judge_tree;
use crate::values;

/// Every schema of a folder, ready to judge.
pub struct Schemas {
    kinds: BTreeMap<GroupKind, BTreeMap<String, Kind>>,
    /// The releases of each group: a kind must be served by all of them.
    releases: BTreeMap<String, BTreeSet<String>>,
    engine: rules::Engine,
    unjudged: BTreeSet<Unjudged>,
    counts: Counts,
}

/// What a folder of schemas holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Schemas: one per served version of a kind and release.
    pub schemas: usize,
    /// CEL rules at their places in those schemas.
    pub rules: usize,
    /// CEL rules with a text of their own.
    pub distinct_rules: usize,
}

/// The judgement of one object.
#[derive(Debug, Default)]
pub struct Verdict {
    pub faults: Vec<Fault>,
    /// How often a CEL rule was run.
    pub rule_runs: usize,
    /// The texts of the CEL rules that were run.
    pub rules_run: BTreeSet<String>,
    /// The rules that failed to run on an object that its schema accepts.
    pub unjudged: BTreeSet<Unjudged>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKind {
    group: String,
    kind: String,
}

/// One version of one kind.
struct Kind {
    scope: Scope,
    copies: Vec<Copy>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Namespaced,
    Cluster,
}

/// The schema of one version of one kind as one release has it.
struct Copy {
    release: String,
    validator: Validator,
    /// The schema as published, for defaults and CEL; built-in kinds have neither.
    published: Option<Value>,
    rules: rules::RuleTree,
}

impl Schemas {
    /// The faults of one object. A rule that cannot be run on it is a fault too.
    pub fn judge(&self, object: &Object) -> Vec<Fault> {
        let verdict = self.examine(object);
        let unjudged = verdict.unjudged.iter().map(|rule| Fault::at(object, &rule.place, rule.to_string()));
        let mut faults: Vec<Fault> = unjudged.collect();
        faults.splice(0..0, verdict.faults);
        faults
    }

    /// Every fault of a tree: of its objects one by one, then between them.
    pub fn judge_all(&self, objects: &[Object]) -> Vec<Fault> {
        let alone = objects.iter().flat_map(|object| self.judge(object));
        alone.chain(judge_tree(objects)).collect()
    }

    /// The faults of one object, with the account of the rules that were run.
    pub fn examine(&self, object: &Object) -> Verdict {
        let kind = match self.find(object) {
            Ok(kind) => kind,
            Err(message) => return Verdict { faults: vec![Fault::at(object, "", message)], ..Verdict::default() },
        };
        let mut verdict = Verdict::default();
        let complaints = kind.copies.iter().map(|copy| (copy, self.examine_copy(copy, object, &mut verdict)));
        verdict.faults = merge(object, complaints.collect());
        let judged: BTreeSet<String> = verdict.faults.iter().map(|fault| fault.pointer.clone()).collect();
        let values = values::judge(object, kind.scope == Scope::Cluster);
        verdict.faults.extend(values.into_iter().filter(|fault| !judged.contains(&fault.pointer)));
        verdict
    }

    /// The rules that cannot be judged, found when the schemas were loaded.
    pub fn unjudged(&self) -> &BTreeSet<Unjudged> {
        &self.unjudged
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn find(&self, object: &Object) -> Result<&Kind, String> {
        let (api_version, kind) = (object.api_version(), object.kind());
        if api_version.is_empty() || kind.is_empty() {
            return Err("an object needs a text as `apiVersion` and as `kind`".to_owned());
        }
        let key = GroupKind { group: object.group().to_owned(), kind: kind.to_owned() };
        let versions = self.kinds.get(&key).ok_or_else(|| format!("no schema serves `{api_version}` `{kind}`"))?;
        let version = api_version.rsplit('/').next().unwrap_or_default();
        let found = versions.get(version).ok_or_else(|| {
            let served: Vec<&str> = versions.keys().map(String::as_str).collect();
            format!("no schema serves `{api_version}` `{kind}`; served are {}", served.join(", "))
        })?;
        self.in_every_release(&key.group, found).map(|()| found)
    }

    fn in_every_release(&self, group: &str, kind: &Kind) -> Result<(), String> {
        let serving: BTreeSet<&String> = kind.copies.iter().map(|copy| &copy.release).collect();
        let missing = self.releases.get(group).into_iter().flatten().find(|release| !serving.contains(release));
        missing.map_or(Ok(()), |release| Err(format!("{release} does not serve this version of the kind")))
    }

    /// What one copy holds against the object: pointer and message.
    fn examine_copy(&self, copy: &Copy, object: &Object, verdict: &mut Verdict) -> Vec<Complaint> {
        let mut value = object.value.clone();
        let filled = copy.published.as_ref().map(|schema| defaults::apply(schema, &mut value)).unwrap_or_default();
        let mut complaints: Vec<Complaint> = copy.validator.iter_errors(&value).map(|e| complaint(&e)).collect();
        if let Some(schema) = &copy.published {
            let outcome = self.engine.run(&copy.rules, schema, &value);
            verdict.rule_runs += outcome.runs;
            verdict.rules_run.extend(outcome.rules_run);
            if complaints.is_empty() {
                verdict.unjudged.extend(outcome.unjudged);
            }
            complaints.extend(outcome.broken);
        }
        let message = "a default that the API server writes into a list, where it differs from Git for ever";
        complaints.extend(filled.into_iter().map(|pointer| (pointer, message.to_owned())));
        complaints
    }
}

/// A place and what is wrong there.
type Complaint = (String, String);

fn complaint(error: &jsonschema::ValidationError<'_>) -> Complaint {
    (error.instance_path().to_string(), message(error))
}

fn message(error: &jsonschema::ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| format!("`{name}`")).collect();
            format!("unknown field {}", names.join(", "))
        }
        ValidationErrorKind::Required { property } => {
            format!("`{}` is missing", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::Format { format } => format!("`{}` is not a {format}", plain(error.instance())),
        ValidationErrorKind::OneOfMultipleValid { .. } => "more than one of the alternatives is given".to_owned(),
        ValidationErrorKind::OneOfNotValid { .. } => "none of the alternatives fits".to_owned(),
        _ => shortened(&error.to_string()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn shortened(message: &str) -> String {
    const LONGEST: usize = 300;
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// One fault per complaint; where the releases differ, it says which of them complain.
fn merge(object: &Object, complaints: Vec<(&Copy, Vec<Complaint>)>) -> Vec<Fault> {
    let copies = complaints.len();
    let mut merged: Vec<(Complaint, BTreeSet<&str>)> = Vec::new();
    for (copy, complaints) in complaints {
        for complaint in complaints {
            match merged.iter_mut().find(|(known, _)| *known == complaint) {
                Some((_, releases)) => drop(releases.insert(&copy.release)),
                None => merged.push((complaint, BTreeSet::from([copy.release.as_str()]))),
            }
        }
    }
    let faults = merged.into_iter().map(|((pointer, message), releases)| {
        let releases: Vec<&str> = releases.into_iter().collect();
        let by = if releases.len() < copies { format!(" (by {})", releases.join(", ")) } else { String::new() };
        Fault::at(object, pointer, message + &by)
    });
    faults.collect()
}
