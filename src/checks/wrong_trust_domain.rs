//! An identity whose trust domain is the cluster's DNS domain.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Who};

codes! {
    WRONG_TRUST_DOMAIN = "wrong-trust-domain", Warning, "an identity of a trust domain that this cluster does not have",
        "Identities end in the trust domain, which need not be the DNS domain. Linkerd accepts an identity that nobody can \
         have, and the caller that was meant is denied. (linkerd2, policy-controller/k8s/index/src/cluster_info.rs)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    let cluster = &mesh.cluster;
    if cluster.trust_domain == cluster.domain {
        return;
    }
    let mut named = BTreeMap::new();
    for caller in mesh.apps.iter().flat_map(|app| app.accesses()).flat_map(|access| access.callers()) {
        if matches!(&caller.who, Who::Foreign { trust_domain, .. } if *trust_domain == cluster.domain) {
            named.entry(caller.name.as_str()).or_insert(caller.name.span);
        }
    }
    for (name, span) in named {
        let message = format!("`{name}` has the cluster's DNS domain `{}` for its trust domain", cluster.domain);
        let help = format!(
            "this cluster's trust domain is `{}`: leave `trust-domain` out for callers of this cluster",
            cluster.trust_domain
        );
        report.push(Diagnostic::new(&WRONG_TRUST_DOMAIN, span, message).help(help));
    }
}
