//! Retries that the budget always allows, and that the pods cannot take.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Version};

codes! {
    RETRY_FLOOR = "retry-floor", Warning, "retries that the budget always allows, and that the pods cannot take",
        "`min-per-second` holds for each caller's proxy by itself, and those retries come on top of whatever the ratio allows. \
         A hundred pods that may each try ten times a second are a thousand requests a second, just when the model is \
         struggling. (linkerd2-proxy, linkerd/retry/src/budget.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let clients = client_proxies(mesh);
    for app in &mesh.apps {
        let (Some(budget), Some(clients)) = (app.retry_budget, clients.get(app.name.as_str())) else { continue };
        let Some(most) = app.versions.iter().map(capacity).sum::<Option<u64>>() else { continue };
        let floor = u64::from(budget.min_per_second.value) * clients;
        if floor > most {
            let message =
                format!("{clients} client proxies may always retry {floor} times a second, and the pods can take {most}");
            let diagnostic = Diagnostic::new(&RETRY_FLOOR, budget.min_per_second.span, message);
            report.push(diagnostic.help("lower `min-per-second`: it is for each client proxy"));
        }
    }
}

/// How many requests a second the pods of a version can take.
fn capacity(version: &Version) -> Option<u64> {
    version.scale.capacity.map(|capacity| u64::from(capacity.value.0) * u64::from(version.scale.replicas.least()))
}

/// How many proxies of this file call each app, when every caller is at its largest.
fn client_proxies(mesh: &Mesh) -> BTreeMap<&str, u64> {
    let mut clients: BTreeMap<&str, u64> = BTreeMap::new();
    for app in &mesh.apps {
        let pods: u64 = app.versions.iter().map(|version| u64::from(version.scale.replicas.most())).sum();
        let callees: std::collections::BTreeSet<&str> = app.all_calls().map(|call| call.callee.as_str()).collect();
        callees.into_iter().for_each(|callee| *clients.entry(callee).or_default() += pods);
    }
    for job in &mesh.jobs {
        let callees: std::collections::BTreeSet<&str> = job.calls.iter().map(|call| call.callee.as_str()).collect();
        callees.into_iter().for_each(|callee| *clients.entry(callee).or_default() += 1);
    }
    clients
}
