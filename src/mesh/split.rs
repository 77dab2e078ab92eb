//! How requests are split between versions. A rollout vanishes here: what is left is the split of the
//! step at which it stands, and the version that is stable there.

use std::cmp::Reverse;

use crate::diagnostic::{Diagnostic, Report, as_key, codes, listing, quoted};
use crate::manifest::{Model, Rollout, Split as WrittenSplit, Step, Weight};
use crate::mesh::Split;
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
    ROLLOUT_GOES_BACKWARDS = "rollout-goes-backwards", Error, "a step that takes traffic away again",
        "A rollout moves requests from one version to the other. A step with less weight than the one before is a rollback, \
         which has a command of its own.";
    ROLLOUT_NEVER_COMPLETES = "rollout-never-completes", Warning, "a rollout whose last step is not 100",
        "Promotion would jump from the last weight to everything, without a step at which the new version alone was seen \
         to carry the load.";
    ROLLOUT_TO_ITSELF = "rollout-to-itself", Error, "a rollout from a version to the same version",
        "Such a rollout moves nothing, whatever its weights say.";
}

/// What is stable, and how requests are split.
#[derive(Default)]
pub(crate) struct Traffic {
    pub(crate) stable: Option<String>,
    pub(crate) split: Option<Split>,
    /// The splits of a rollout's steps.
    pub(crate) steps: Vec<Split>,
}

/// Where the requests of a model go.
pub(crate) fn resolve(name: &Spanned<String>, model: &Model, report: &mut Report) -> Traffic {
    if let (Some(rollout), Some(other)) =
        (&model.rollout, model.split.as_ref().map(|split| split.span).or(model.stable.as_ref().map(|s| s.span)))
    {
        let diagnostic =
            Diagnostic::new(&SPLIT_AND_ROLLOUT, other, "a rollout says this already").also(rollout.span, "the rollout");
        report.push(diagnostic.help("leave out `split` and `stable`, or the rollout"));
        return Traffic::default();
    }
    match (&model.rollout, &model.split) {
        (Some(rollout), _) => at_step(model, rollout, report),
        (None, Some(split)) => standing(model, split, report),
        (None, None) => Traffic { stable: stable(name, model, report), ..Traffic::default() },
    }
}

fn stable(name: &Spanned<String>, model: &Model, report: &mut Report) -> Option<String> {
    if let Some(stable) = &model.stable {
        return known(model, stable, report);
    }
    let mut versions = model.versions.keys();
    let first = versions.next()?;
    let Some(second) = versions.next() else { return Some(first.value.clone()) };
    if report.is_unread(model.span, "stable") {
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

fn standing(model: &Model, split: &Spanned<WrittenSplit>, report: &mut Report) -> Traffic {
    let stable = match &model.stable {
        Some(stable) => known(model, stable, report),
        None if report.is_unread(model.span, "stable") => None,
        None => {
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
    Traffic { stable, split: whole.then_some(Split { span: split.span, weights }), steps: Vec::new() }
}

/// The version that most requests go to is the one that is trusted.
fn stable_help(split: &WrittenSplit) -> String {
    let lightest_last = |(_, weight): &(&Spanned<String>, &Spanned<Weight>)| Reverse(weight.value.0);
    let heaviest = split.iter().min_by_key(lightest_last).map_or("VERSION", |(version, _)| version);
    format!("add `stable = \"{heaviest}\"`, or another version that is known to be good")
}

fn at_step(model: &Model, rollout: &Spanned<Rollout>, report: &mut Report) -> Traffic {
    let (Some(from), Some(to), Some(steps)) = (&rollout.from, &rollout.to, &rollout.steps) else { return Traffic::default() };
    let last = u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    let step = rollout.step.map_or(0, |step| step.value);
    if step > last {
        let span = rollout.step.map_or(rollout.span, |step| step.span);
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
        return Traffic::default();
    }
    check_steps(steps, report);
    let promoted = step == last;
    let deleted = promoted && !model.versions.contains_key(from.as_str());
    let Some(to_key) = known(model, to, report) else { return Traffic::default() };
    let span = steps.span;
    if deleted {
        return Traffic {
            stable: Some(to_key.clone()),
            split: Some(Split { span, weights: vec![(to_key, Spanned::new(100, span))] }),
            steps: Vec::new(),
        };
    }
    let Some(from_key) = known(model, from, report) else { return Traffic::default() };
    let moved = |weight: Spanned<u32>| {
        let rest = Spanned::new(100 - weight.value.min(100), weight.span);
        let mut weights = vec![(from_key.clone(), rest), (to_key.clone(), weight)];
        weights.sort_by(|one, other| one.0.cmp(&other.0));
        Split { span, weights }
    };
    let split = moved(weight_at(step, promoted, steps));
    let steps = (1..last).map(|step| moved(weight_at(step, false, steps))).collect();
    Traffic { stable: Some(if promoted { to_key } else { from_key }), split: Some(split), steps }
}

fn check_steps(steps: &Spanned<Vec<Step>>, report: &mut Report) {
    let weights: Vec<Spanned<u32>> = steps
        .iter()
        .filter_map(|step| step.weight)
        .map(|weight| Spanned::new(weight.value.0.unwrap_or(0), weight.span))
        .collect();
    if weights.len() < steps.len() || steps.iter().any(|step| step.weight.is_some_and(|weight| weight.value.0.is_none())) {
        return;
    }
    for pair in weights.windows(2).filter(|pair| pair[1].value < pair[0].value) {
        let message = format!("this step goes back from {} to {}", pair[0], pair[1]);
        let diagnostic = Diagnostic::new(&ROLLOUT_GOES_BACKWARDS, pair[1].span, message).also(pair[0].span, "the step before");
        report.push(diagnostic.help("let the weights rise, up to 100"));
    }
    match weights.last() {
        Some(last) if last.value == 100 => {}
        Some(last) => {
            let message = format!("the last step gives {last} percent, not 100");
            report.push(Diagnostic::new(&ROLLOUT_NEVER_COMPLETES, last.span, message).help("add a step `{ weight = 100 }`"));
        }
        None => report.push(
            Diagnostic::new(&ROLLOUT_NEVER_COMPLETES, steps.span, "this rollout has no steps")
                .help("add a step `{ weight = 100 }`"),
        ),
    }
}

fn weight_at(step: u32, promoted: bool, steps: &Spanned<Vec<Step>>) -> Spanned<u32> {
    match step {
        0 => Spanned::new(0, steps.span),
        _ if promoted => Spanned::new(100, steps.span),
        _ => {
            let weight = steps.get(step as usize - 1).and_then(|step| step.weight);
            weight.map_or(Spanned::new(0, steps.span), |weight| Spanned::new(weight.value.0.unwrap_or(0), weight.span))
        }
    }
}

/// The version of this name, or a report that there is none.
pub(crate) fn known(model: &Model, version: &Spanned<String>, report: &mut Report) -> Option<String> {
    let found = model.versions.contains_key(version.as_str()).then(|| version.value.clone());
    if found.is_none() {
        let versions = model.versions.keys().map(|version| version.as_str());
        report.push(unknown(version).help_with_names(version, versions, "its versions", quoted));
    }
    found
}

/// The version of a weight; what is suggested has no weight yet.
fn weighted(model: &Model, split: &WrittenSplit, version: &Spanned<String>, report: &mut Report) -> Option<String> {
    let found = model.versions.contains_key(version.as_str()).then(|| version.value.clone());
    if found.is_none() {
        let free = model.versions.keys().map(|version| version.as_str()).filter(|version| !split.contains_key(version));
        report.push(unknown(version).help_with_names(version, free, "versions without a weight", as_key));
    }
    found
}

fn unknown(version: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(&UNKNOWN_VERSION, version.span, format!("this model has no version `{version}`"))
}
