//! Settings that have nothing to act on.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Callee, Mesh, Provider, RateOverride, Route, Who};
use crate::spanned::Span;

codes! {
    UNUSED_SETTING = "unused-setting", Warning, "a setting that has nothing to act on",
        "Some settings are only compared with others: `max-body` with `retry`, `load` with `capacity`, `client-retries` with \
         the timeouts of what is called. Alone they check nothing, and a reader would think that they do. The same is true of \
         what another setting always forestalls: an `idle-timeout` behind a shorter `timeout`, a variant that goes where all \
         requests go.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let of_linkerd = mesh.cluster.of_linkerd.iter().filter(|_| mesh.cluster.provider() == Provider::Istio);
    of_linkerd.for_each(|span| unused(*span, "Istio's output does not hang on this", "leave it out", report));
    mesh.callees().flat_map(Callee::routes).for_each(|route| of_route(route, report));
    mesh.apps.iter().for_each(|app| of_overrides(app, report));
    for app in &mesh.apps {
        let capacities = app.versions.iter().filter_map(|version| version.scale.capacity);
        if let Some(load) = app.load.filter(|_| capacities.clone().next().is_none()) {
            unused(load.span, "no `capacity` says what a pod can take", "add `capacity` beside it, or leave it out", report);
        }
        for capacity in capacities.filter(|_| app.load.is_none() && app.retry_budget.is_none()) {
            unused(
                capacity.span,
                "no `load` and no retry budget says what comes",
                "add `load` to the app, or leave it out",
                report,
            );
        }
        if let Some(retries) = app.client_retries.filter(|_| !calls_any(app)) {
            unused(retries.span, "this app calls nobody", "say whom it calls, or leave it out", report);
        }
        for variant in app.variants.iter().filter(|variant| takes_all(app, &variant.version)) {
            unused(variant.name.span, "all requests go to its version anyway", "name another version, or leave it out", report);
        }
    }
    for key in mesh.apps.iter().flat_map(|app| &app.overruled) {
        unused(
            key.span,
            &format!("every version sets `{key}` itself"),
            "remove it here, or in the versions that should inherit it",
            report,
        );
    }
    for outside in &mesh.external {
        if outside.called_from.is_empty() {
            unused(
                outside.host.span,
                "nothing with a proxy calls this host",
                "add it to the `calls` of who calls it, or remove it",
                report,
            );
        }
        for call in outside.ports.routes().filter_map(|route| route.calls.as_ref()?.first()) {
            unused(call.written.span, "nothing is known of what a service outside calls", "leave it out", report);
        }
    }
    for job in mesh.jobs.iter().filter(|job| job.calls.is_empty()) {
        if let Some(retries) = job.client_retries {
            unused(retries.span, "this job calls nobody", "say whom it calls, or leave it out", report);
        }
    }
}

/// A limit of its own for a caller that may not call.
fn of_overrides(app: &App, report: &mut Report) {
    for port in app.ports.iter() {
        let accesses = port.routes.iter().filter_map(|route| route.callers.as_ref()).chain([&port.access]);
        for RateOverride { caller, namespace, account, rate } in port.rate_limit.iter().flat_map(|limit| &limit.overrides) {
            let who = Who::Account { namespace: namespace.clone(), account: account.clone() };
            if !accesses.clone().any(|access| access.may_admit(&who)) {
                let message = format!("`{caller}` may not call this port");
                unused(rate.span, &message, "remove the limit, or add the caller to `callers`", report);
            }
        }
    }
}

fn of_route(route: &Route, report: &mut Report) {
    if let Some(body) = route.max_body.as_ref().filter(|_| route.retry.is_none()) {
        unused(body.span, "nothing is retried here, so no body is too large", "leave it out, or say `retry = true`", report);
    }
    // A deadline of nothing and one of a stream are errors of their own.
    let stream = route.stream.is_some_and(|stream| stream.value);
    let over = route.timeouts.request.map(|timeout| timeout.value).filter(|over| over.millis() > 0 && !stream);
    if let Some(idle) = route.timeouts.idle.filter(|idle| over.is_some_and(|over| over <= idle.value)) {
        unused(idle.span, "the whole request is over before", "make it shorter than `timeout`, or leave it out", report);
    }
}

/// Whether every request goes to this version, with or without a header. A rollout comes to that by itself.
fn takes_all(app: &App, version: &str) -> bool {
    match app.routing.split() {
        _ if app.routing.rollout().is_some_and(|rollout| rollout.from.is_some()) => false,
        Some(split) => split.weights.iter().all(|(key, weight)| (key == version) == (weight.value > 0)),
        None => app.routing.stable() == Some(version),
    }
}

fn calls_any(app: &App) -> bool {
    app.all_calls().next().is_some()
}

fn unused(span: Span, message: &str, help: &str, report: &mut Report) {
    report.push(Diagnostic::new(&UNUSED_SETTING, span, message).help(help));
}
