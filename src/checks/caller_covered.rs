//! A caller that another one of the same list covers.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Access, Mesh, Who};

codes! {
    CALLER_COVERED = "caller-covered", Warning, "a caller that a wider one beside it covers",
        "Linkerd admits whoever any of the grants admits. Beside a whole namespace, a single account of that namespace says \
         nothing, and the list reads narrower than it is. (linkerd2, policy-controller/k8s/index/src/inbound)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for callers in mesh.apps.iter().flat_map(|app| app.accesses()) {
        let Access::Only(callers) = callers else { continue };
        for narrow in &callers.value {
            let wider = callers.iter().find(|wide| covers(&wide.who, &narrow.who));
            if let Some(wide) = wider {
                let message = format!("`{}` already admits `{}`, with everyone else there", wide.name, narrow.name);
                let diagnostic =
                    Diagnostic::new(&CALLER_COVERED, narrow.name.span, message).also(wide.name.span, "the wider one");
                report.push(diagnostic.help("leave one of the two out"));
            }
        }
    }
}

fn covers(wide: &Who, narrow: &Who) -> bool {
    match (wide, narrow) {
        (Who::Namespace(wide), Who::Account { namespace, .. }) => wide == namespace,
        (
            Who::Foreign { namespace: wide, account: None, trust_domain: of },
            Who::Foreign { namespace, account: Some(_), trust_domain },
        ) => wide == namespace && of == trust_domain,
        _ => false,
    }
}
