//! Reading where the requests of a model go: `stable`, `split` or `rollout`, its versions bound.

use std::cmp::Reverse;

use crate::diagnostic::{Diagnostic, Report, as_key, codes, listing, quoted};
use crate::manifest::{Field, Model, Rollout as WrittenRollout, Split as WrittenSplit};
use crate::mesh::{Position, Rollout, Routing, Split};
use crate::spanned::Spanned;

codes! {
    UNKNOWN_VERSION = "unknown-version", Error, "a version that the model does not have",
        "A weight for a version that is not deployed is a share of requests that fail: nothing answers at its Service.";
    NO_STABLE_VERSION = "no-stable-version", Error, "several versions, and none that is stable",
        "Callers without a proxy know no split; they go wherever the model's own Service points. If that were all versions, \
         they would get a random one and the weights would be a lie, so one version has to be named.";
    SPLIT_AND_ROLLOUT = "split-and-rollout", Error, "a split and a rollout at once",
        "A rollout is a split that moves. Two statements of the same weights could only contradict each other.";
    STEP_OUT_OF_RANGE = "step-out-of-range", Error, "a rollout that stands at a step it does not have",
        "Step 0 is before the first one, n is the n-th, and one more than there are steps is promoted.";
    ROLLOUT_TO_ITSELF = "rollout-to-itself", Error, "a rollout from a version to the same version",
        "Such a rollout moves nothing, whatever its weights say.";
}

/// Where the requests of a model go.
pub(crate) fn resolve(name: &Spanned<String>, model: &Model, report: &mut Report) -> Routing {
    if let (Some(rollout), Some(other)) =
        (model.rollout.as_ref(), model.split.as_ref().map(|split| split.span).or(model.stable.as_ref().map(|s| s.span)))
    {
        let diagnostic =
            Diagnostic::new(&SPLIT_AND_ROLLOUT, other, "a rollout says this already").also(rollout.span, "the rollout");
        report.push(diagnostic.help("leave out `split` and `stable`, or the rollout"));
        return Routing::Single(None);
    }
    match (model.rollout.as_ref(), model.split.as_ref()) {
        (Some(rollout), _) => at_step(model, rollout, report),
        (None, Some(split)) => standing(model, split, report),
        (None, None) => Routing::Single(stable(name, model, report)),
    }
}

fn stable(name: &Spanned<String>, model: &Model, report: &mut Report) -> Option<String> {
    if let Some(stable) = model.stable.as_ref() {
        return known(model, stable, report);
    }
    let mut versions = model.versions.keys();
    let first = versions.next()?;
    let Some(second) = versions.next() else { return Some(first.value.clone()) };
    if model.stable.is_invalid() || model.rollout.is_invalid() {
        return None;
    }
    let message = format!("`{name}` has several versions and no `stable` one");
    let diagnostic = Diagnostic::new(&NO_STABLE_VERSION, name.span, message).also(first.span, "one").also(second.span, "another");
    let known = listing(model.versions.keys().map(|version| version.as_str()));
    report.push(diagnostic.help(format!(
        "set `stable` to the version that takes the requests today ({known}), and add `split` or a rollout to divide them"
    )));
    None
}

fn standing(model: &Model, split: &Spanned<WrittenSplit>, report: &mut Report) -> Routing {
    let stable = match &model.stable {
        Field::Given(stable) => known(model, stable, report),
        Field::Invalid => None,
        Field::Absent => {
            let message = "a split needs a `stable` version for callers without a proxy";
            report.push(Diagnostic::new(&NO_STABLE_VERSION, split.span, message).help(stable_help(split)));
            None
        }
    };
    let mut weights = Vec::new();
    let mut whole = true;
    for (version, weight) in &split.value {
        let version = weighted(model, split, version, report);
        match (version, weight.value.0) {
            (Some(version), Some(percent)) => weights.push((version, Spanned::new(percent, weight.span))),
            _ => whole = false,
        }
    }
    if whole { Routing::Split { stable, split: Split { span: split.span, weights } } } else { Routing::Single(stable) }
}

/// The version that most requests go to is the one that is trusted.
fn stable_help(split: &WrittenSplit) -> String {
    let heaviest = split.iter().min_by_key(|(_, weight)| Reverse(weight.value.0)).map_or("VERSION", |(version, _)| version);
    format!("add `stable = \"{heaviest}\"`, or another version that is known to be good")
}

fn at_step(model: &Model, rollout: &Spanned<WrittenRollout>, report: &mut Report) -> Routing {
    let (Some(from), Some(to), Some(steps)) = (rollout.from.as_ref(), rollout.to.as_ref(), rollout.steps.as_ref()) else {
        return Routing::Single(None);
    };
    let last = u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    let Spanned { value: step, span } = rollout.step();
    if step > last {
        let message = format!("this rollout has {} steps, so it stands between 0 and {last}", steps.len());
        report.push(
            Diagnostic::new(&STEP_OUT_OF_RANGE, span, message).help(format!("{last} is promoted, 0 is before the first step")),
        );
    }
    if from == to {
        let message = format!("this rollout goes from `{from}` to `{to}`");
        report.push(
            Diagnostic::new(&ROLLOUT_TO_ITSELF, to.span, message)
                .also(from.span, "from here")
                .help("name the version that shall take over"),
        );
        return Routing::Single(None);
    }
    let weights: Vec<Option<Spanned<u32>>> = steps
        .iter()
        .map(|step| {
            let weight = step.weight.given()?;
            weight.value.0.map(|percent| Spanned::new(percent, weight.span))
        })
        .collect();
    let Some(to_key) = known(model, to, report) else { return Routing::Single(None) };
    let position = match step {
        0 => Position::Start,
        step if step == last => Position::Promoted,
        step => Position::Step(step),
    };
    let is_deleted = position == Position::Promoted && !model.versions.contains_key(from.as_str());
    let from_key = if is_deleted { None } else { known(model, from, report) };
    Routing::Rollout(Rollout::at(steps.span, (from_key, to_key), weights, position))
}

/// The version of this name, or a report that there is none.
pub(crate) fn known(model: &Model, version: &Spanned<String>, report: &mut Report) -> Option<String> {
    let found = model.versions.contains_key(version.as_str()).then(|| version.value.clone());
    if found.is_none() && model.versions.is_complete() {
        let versions = model.versions.keys().map(|version| version.as_str());
        report.push_near(unknown(version), version, versions, "its versions", quoted);
    }
    found
}

/// The version of a weight; what is suggested has no weight yet.
fn weighted(model: &Model, split: &WrittenSplit, version: &Spanned<String>, report: &mut Report) -> Option<String> {
    let found = model.versions.contains_key(version.as_str()).then(|| version.value.clone());
    if found.is_none() && model.versions.is_complete() {
        let free = model.versions.keys().map(|version| version.as_str()).filter(|version| !split.contains_key(version));
        report.push_near(unknown(version), version, free, "versions without a weight", as_key);
    }
    found
}

fn unknown(version: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(&UNKNOWN_VERSION, version.span, format!("this model has no version `{version}`"))
}
