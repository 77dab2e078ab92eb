//! Who may call: the names in `callers`, bound to how the mesh knows their bearers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Report, codes, quoted};
use crate::manifest::Identity;
use crate::mesh::directory::{Bearer, Directory};
use crate::mesh::{Access, Caller, Namespace, Who};
use crate::spanned::{Span, Spanned};
use crate::value::InboundPolicy;

codes! {
    UNKNOWN_CALLER = "unknown-caller", Error, "a caller that this file does not know",
        "Linkerd accepts a policy for an identity that nobody has; the caller that was meant is then denied.";
    INVALID_IDENTITY = "invalid-identity", Error, "an identity that says not who it is",
        "A caller is known by its service account in a namespace, by its namespace alone, or, without a proxy, by its \
         networks. An authorization without any of them would admit everyone (policy-controller, inbound/index.rs).";
    NETWORKS_OF_MESHED = "networks-of-meshed", Error, "networks of a caller that has an identity",
        "Linkerd asks for an identity or for a network; a list of both asks for both at once, which is seldom meant. \
         `networks` is for callers without a proxy.";
    UNMESHED_WITHOUT_NETWORKS = "unmeshed-without-networks", Error, "a caller without a proxy and without a network",
        "A caller without a proxy has no identity, so only its network tells it from anyone else. A grant without either \
         admits everyone.";
}

/// Finds out how the mesh knows a caller.
pub(crate) struct Callers<'a> {
    pub(crate) directory: &'a Directory<'a>,
    pub(crate) namespaces: &'a BTreeMap<String, Arc<Namespace>>,
    pub(crate) trust_domain: &'a str,
    /// Whom the mesh admits where nothing is said, if that is stated.
    pub(crate) inbound: Option<Spanned<InboundPolicy>>,
}

impl Callers<'_> {
    /// The callers of a list; `None` where there is no list.
    pub(crate) fn resolve(&self, written: Option<&Spanned<Vec<Spanned<String>>>>, report: &mut Report) -> Option<Access> {
        let written = written?;
        let callers = written.iter().filter_map(|name| self.caller(name, report)).collect();
        Some(Access::Only(Spanned::new(callers, written.span)))
    }

    pub(crate) fn caller(&self, name: &Spanned<String>, report: &mut Report) -> Option<Caller> {
        let Some(bearer) = self.directory.get(name) else {
            if self.directory.is_complete() {
                let message = format!("`{name}` is no model, service, job or identity of this file");
                let diagnostic = Diagnostic::new(&UNKNOWN_CALLER, name.span, message);
                report.push_near(diagnostic, name, self.directory.names(), "names of this file", quoted);
            }
            // Who was meant is not known, so nobody can be said to be shut out.
            return Some(Caller { name: name.clone(), who: Who::Networks(Vec::new()) });
        };
        let who = match bearer {
            Bearer::Endpoint(endpoint) => Some(self.deployed(name, endpoint.namespace.as_ref())),
            Bearer::Job(namespace) => Some(self.deployed(name, namespace)),
            Bearer::Outside(_) => {
                let message = format!("`{name}` is outside of the cluster and calls nobody here");
                let diagnostic = Diagnostic::new(&UNKNOWN_CALLER, name.span, message);
                report.push(diagnostic.help("leave it out; who calls from outside is an identity with `networks`"));
                return None;
            }
            Bearer::Identity(identity) => self.identity(identity),
        };
        Some(Caller { name: name.clone(), who: who? })
    }

    fn deployed(&self, name: &Spanned<String>, namespace: Option<&Spanned<String>>) -> Who {
        let known = namespace.and_then(|namespace| self.namespaces.get(namespace.as_str()));
        let namespace = known.map_or(name, |known| &known.name).value.clone();
        Who::Account { namespace, account: name.value.clone() }
    }

    fn identity(&self, identity: &Identity) -> Option<Who> {
        if let Some(networks) = identity.networks.as_ref() {
            return Some(Who::Networks(networks.iter().map(|network| network.value.0).collect()));
        }
        let namespace = identity.namespace.as_ref()?.value.clone();
        let account = identity.service_account.as_ref().map(|account| account.value.clone());
        let foreign = identity.trust_domain.as_ref().filter(|domain| domain.value != self.trust_domain);
        Some(match (foreign, account) {
            (Some(domain), account) => Who::Foreign { namespace, account, trust_domain: domain.value.clone() },
            (None, Some(account)) => Who::Account { namespace, account },
            (None, None) => Who::Namespace(namespace),
        })
    }
}

/// Reports an identity that says not, or twice, who it is.
pub(crate) fn check_identity(name: &Spanned<String>, identity: &Identity, report: &mut Report) {
    // What cannot be read of it may be what tells who it is.
    if identity.meshed.is_invalid() || identity.networks.is_invalid() {
        return;
    }
    let meshed = identity.meshed().value;
    if let Some(account) = identity.service_account.as_ref().filter(|account| account.contains(".serviceaccount.identity.")) {
        let message = format!("`{name}` has a whole identity for its service account");
        let help = "write the parts: `namespace = \"NAMESPACE\"` and `service-account = \"NAME\"`";
        report.push(diagnostic(&INVALID_IDENTITY, account.span, message, help));
    }
    match (identity.networks.as_ref(), meshed) {
        (Some(networks), true) => report.push(diagnostic(
            &NETWORKS_OF_MESHED,
            networks.span,
            format!("`{name}` has an identity, and networks besides"),
            "leave the networks out, or say `meshed = false`",
        )),
        (None, false) => report.push(diagnostic(
            &UNMESHED_WITHOUT_NETWORKS,
            identity.meshed.given().map_or(name.span, |meshed| meshed.span),
            format!("nothing tells `{name}` from anyone else"),
            "say where it calls from, such as `networks = [\"10.0.0.0/8\"]`",
        )),
        (Some(networks), false) if networks.is_empty() => report.push(diagnostic(
            &UNMESHED_WITHOUT_NETWORKS,
            networks.span,
            format!("`{name}` has no network"),
            "name at least one network, such as \"10.0.0.0/8\"",
        )),
        (Some(_), false) => {
            let extra = identity.service_account.as_ref().or(identity.trust_domain.as_ref());
            report.extend(extra.map(|extra| {
                let message = format!("`{name}` has no proxy, so it has no identity");
                diagnostic(&INVALID_IDENTITY, extra.span, message, "leave this out")
            }));
        }
        (None, true) if identity.namespace.is_absent() => report.push(diagnostic(
            &INVALID_IDENTITY,
            name.span,
            format!("`{name}` does not say who it is"),
            "add `namespace`, and `service-account` unless all of the namespace is meant",
        )),
        (None, true) => {}
    }
}

fn diagnostic(code: &'static Code, span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(code, span, message).help(help)
}
