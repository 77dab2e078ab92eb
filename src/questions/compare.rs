//! What a caller would notice of another output for the same apps: other terms of a route, other doors.

use std::collections::BTreeMap;

use super::route::RetryAnswer;
use super::{Part, ask, clients, rendered, request, targets_of, world};
use crate::mesh::Mesh;
use crate::proxy::{Terms, terms};

/// One line for each route whose terms or whose callers differ.
pub(crate) fn differences(before: &Mesh, after: &Mesh) -> Vec<String> {
    let units = [rendered(before), rendered(after)];
    let worlds = [world(before, &units[0]), world(after, &units[1])];
    let clients = clients(before);
    let mut found = Vec::new();
    // The kubelet finds its way in either mesh, so only others would notice.
    let moves = before.cluster.provider() != after.cluster.provider();
    let targets = before.apps.iter().flat_map(|app| targets_of(before, app));
    for target in targets.filter(|target| !moves || target.part != Part::Probe) {
        let place = (target.app.namespace.name.as_str(), target.app.name.as_str(), target.port);
        let what = format!("{} ({})", target.name, target.request);
        if let Some((_, meshed)) = clients.iter().find(|(_, client)| client.identity.is_some()) {
            let [old, new] = [&worlds[0], &worlds[1]].map(|world| parts(terms(world, meshed, place, request(&target))));
            for ((part, old), (_, new)) in old.into_iter().zip(new).filter(|(old, new)| old != new) {
                found.push(format!("{what}: {part} `{old}` becomes `{new}`"));
            }
        }
        let mut doors: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        let others = clients.iter().filter(|(name, _)| *name != target.app.name.value);
        for (name, client) in others.clone() {
            let [old, new] = [&worlds[0], &worlds[1]].map(|world| ask(world, client, &target).verdict.word());
            if old != new {
                doors.entry((old, new)).or_default().push(name);
            }
        }
        let all = others.count();
        let line =
            |((old, new), names): ((&str, &str), Vec<&str>)| format!("{what}: {} {old} becomes {new}", listed(&names, all));
        found.extend(doors.into_iter().map(line));
    }
    found
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
fn parts(terms: Terms) -> [(&'static str, String); 4] {
    let none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    let backends: Vec<String> = terms.backends.iter().map(|(service, weight)| format!("{service} {weight}")).collect();
    [
        ("timeout", none(terms.timeout)),
        ("idle timeout", none(terms.idle_timeout)),
        ("retry", none(terms.retry.map(|retry| RetryAnswer::from(retry).to_string()))),
        ("destinations", backends.join(", ")),
    ]
}
