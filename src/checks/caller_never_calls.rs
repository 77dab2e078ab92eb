//! A caller that is admitted and never calls.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    CALLER_NEVER_CALLS = "caller-never-calls", Warning, "a caller that is admitted, and does not say that it calls",
        "A permission that nobody uses is the one that an intruder uses. Only callers of this file that declare some calls \
         are looked at: of the others nothing is known.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let calls: BTreeSet<(&str, &str)> = mesh.calls().map(|(caller, _, call)| (caller.as_str(), call.callee.as_str())).collect();
    for app in &mesh.apps {
        for caller in app.accesses().flat_map(|access| access.callers()) {
            let name = caller.name.as_str();
            if name != app.name.as_str() && declares_calls(name, &calls) && !calls.contains(&(name, app.name.as_str())) {
                let message = format!("`{name}` may call `{}`, and does not say that it does", app.name);
                let diagnostic = Diagnostic::new(&CALLER_NEVER_CALLS, caller.name.span, message);
                report.push(diagnostic.help(format!("add \"{}\" to the `calls` of `{name}`, or leave it out here", app.name)));
            }
        }
    }
}

fn declares_calls<'a>(caller: &'a str, calls: &BTreeSet<(&'a str, &'a str)>) -> bool {
    calls.range((caller, "")..).next().is_some_and(|(first, _)| *first == caller)
}
