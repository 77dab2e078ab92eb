//! What a caller would notice of another output for the same apps: other terms of a route, other doors.

use std::collections::{BTreeMap, BTreeSet};

use super::route::RetryAnswer;
use super::{Asker, Part, Target, askers, decide, doors, targets_of, terms_to, world};
use crate::gate::Sound;
use crate::mesh::Callee;
use crate::objects::Unit;
use crate::proxy::{Client, Terms, World};

/// One line for each route whose terms or whose callers differ.
pub(crate) fn differences(before: Sound<'_>, after: Sound<'_>) -> Vec<String> {
    let units: [Vec<Unit>; 2] = [before, after].map(|sound| sound.units().collect());
    let [before, after] = [before.mesh(), after.mesh()];
    let worlds = [world(before, &units[0]), world(after, &units[1])];
    let askers = askers(before);
    let meshed = askers.iter().map(|asker| &asker.client).find(|client| client.identity.is_some());
    let mut found = Vec::new();
    // The kubelet finds its way in either mesh, so only others would notice.
    let moves = before.cluster.provider() != after.cluster.provider();
    let targets = before.apps.iter().flat_map(|app| targets_of(before, Callee::App(app)));
    for target in targets.filter(|target| !moves || target.part != Part::Probe) {
        let what = format!("{} ({})", target.name, target.request);
        let of_terms = meshed.into_iter().flat_map(|client| other_terms(&worlds, client, &target));
        found.extend(of_terms.map(|difference| format!("{what}: {difference}")));
        found.extend(other_doors(&worlds, &askers, &target).into_iter().map(|difference| format!("{what}: {difference}")));
    }
    found
}

/// The terms that differ, each once for all requests of a target.
fn other_terms(worlds: &[World<'_>; 2], client: &Client, target: &Target<'_>) -> Vec<String> {
    let place = (target.callee, target.port);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for sample in target.shown() {
        let [old, new] = [&worlds[0], &worlds[1]].map(|world| parts(terms_to(world, client, place, sample.request())));
        for ((part, old), (_, new)) in old.into_iter().zip(new).filter(|(old, new)| old != new) {
            let difference = format!("{part} `{old}` becomes `{new}`");
            if seen.insert(difference.clone()) {
                found.push(difference);
            }
        }
    }
    found
}

/// Who is let in now and was not, and the other way round.
fn other_doors(worlds: &[World<'_>; 2], askers: &[Asker], target: &Target<'_>) -> Vec<String> {
    let both = [&worlds[0], &worlds[1]].map(|world| (world, doors(world, target.callee, target.port, target.shown())));
    let others: Vec<&Asker> = askers.iter().filter(|asker| asker.name != target.callee.name().value).collect();
    let mut changed: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for asker in &others {
        let [old, new] = both.each_ref().map(|(world, doors)| decide(world, doors, &asker.client).verdict.word());
        if old != new {
            changed.entry((old, new)).or_default().push(&asker.name);
        }
    }
    let lines = changed.into_iter().map(|((old, new), names)| format!("{} {old} becomes {new}", listed(&names, others.len())));
    lines.collect()
}

/// Some of so many names.
fn listed(names: &[&str], all: usize) -> String {
    const MOST: usize = 4;
    match names.len() {
        count if count == all => "everyone".to_owned(),
        count if count > MOST => format!("{} and {} more", names[..MOST - 1].join(", "), count - MOST + 1),
        _ => names.join(", "),
    }
}

/// The terms, each under a name, as a person reads them.
fn parts(terms: Terms) -> Vec<(&'static str, String)> {
    let backends: Vec<String> = terms.backends.iter().map(|(service, weight)| format!("{service} {weight}")).collect();
    let mut parts: Vec<_> =
        terms.timeouts.named().into_iter().map(|(name, set)| (name, or_none(set.map(str::to_owned)))).collect();
    parts.push(("retry", or_none(terms.retry.map(|retry| RetryAnswer::from(retry).to_string()))));
    parts.push(("destinations", backends.join(", ")));
    parts
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "none".to_owned())
}
