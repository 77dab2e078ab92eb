//! Settings that have nothing to act on.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{App, Mesh, Provider};
use crate::spanned::Span;

codes! {
    UNUSED_SETTING = "unused-setting", Warning, "a setting that has nothing to act on",
        "Some settings are only compared with others: `max-body` with `retry`, `load` with `capacity`, `client-retries` with \
         the timeouts of what is called. Alone they check nothing, and a reader would think that they do.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let mut unused = |span: Span, message: &str, help: &str| {
        report.push(Diagnostic::new(&UNUSED_SETTING, span, message).help(help));
    };
    let of_linkerd = mesh.cluster.of_linkerd.iter().filter(|_| mesh.cluster.provider() == Provider::Istio);
    of_linkerd.for_each(|span| unused(*span, "Istio's output does not hang on this", "leave it out"));
    for app in &mesh.apps {
        for route in app.routes.iter().filter(|route| route.retry.is_none()) {
            if let Some(body) = &route.max_body {
                unused(body.span, "nothing is retried here, so no body is too large", "leave it out, or say `retry = true`");
            }
        }
        let capacities = || app.versions.iter().filter_map(|version| version.scale.capacity);
        if let Some(load) = app.load.filter(|_| capacities().next().is_none()) {
            unused(load.span, "no `capacity` says what a pod can take", "add `capacity` beside it, or leave it out");
        }
        for capacity in capacities().filter(|_| app.load.is_none() && app.retry_budget.is_none()) {
            unused(capacity.span, "no `load` and no retry budget says what comes", "add `load` to the app, or leave it out");
        }
        if let Some(retries) = app.client_retries.filter(|_| !calls_any(app)) {
            unused(retries.span, "this app calls nobody", "say whom it calls, or leave it out");
        }
    }
    for outside in &mesh.outside {
        if outside.called_from.is_empty() {
            unused(outside.host.span, "nothing with a proxy calls this host", "say who calls it in `calls`, or leave it out");
        }
        for call in outside.app.routes.iter().filter_map(|route| route.calls.as_ref()?.first()) {
            unused(call.written.span, "nothing is known of what a service outside calls", "leave it out");
        }
    }
    for job in mesh.jobs.iter().filter(|job| job.calls.is_empty()) {
        if let Some(retries) = job.client_retries {
            unused(retries.span, "this job calls nobody", "say whom it calls, or leave it out");
        }
    }
}

fn calls_any(app: &App) -> bool {
    app.all_calls().next().is_some()
}
