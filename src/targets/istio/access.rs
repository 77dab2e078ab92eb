//! Who may call: one AuthorizationPolicy for an app in which anything is closed, and how its ports are
//! spoken to. As soon as a policy selects a pod, Istio refuses whatever no rule admits, so a port that is
//! open has a rule that says so. The probes of the kubelet need none: Istio sends them past its policies
//! (istio.io, ops/configuration/mesh/app-health-check).

use std::collections::{BTreeMap, BTreeSet};

use crate::mesh::{Access, App, InboundPolicy, Mesh, Path, Piece, Port, Route, Who};
use crate::objects::apps::LabelSelector;
use crate::objects::istio::{AuthorizationPolicySpec, From, Mtls, Operation, PeerAuthenticationSpec, Rule, SourceMatch, To};
use crate::objects::{Object, Spec};
use crate::targets::app_origin;
use crate::upstream::istio;

use super::{app_label, metadata};

const STRICT: Mtls = Mtls { mode: "STRICT" };
const PERMISSIVE: Mtls = Mtls { mode: "PERMISSIVE" };

/// Every identity.
const ANYONE: &str = "*";

pub(super) fn access(mesh: &Mesh, app: &App) -> Vec<Object> {
    if !app.namespace.inject {
        return Vec::new();
    }
    let mut objects = vec![object(app, Spec::PeerAuthentication(peers(app)))];
    if app.is_closed() || app.ports.iter().any(|port| !is_open(&port.access)) {
        objects.push(object(app, Spec::IstioAuthorizationPolicy(policy(mesh, app))));
    }
    objects
}

fn object(app: &App, spec: Spec) -> Object {
    Object { metadata: metadata(&app.name, app), spec, origin: app_origin(app, "") }
}

fn is_open(access: &Access) -> bool {
    matches!(access, Access::Inbound(InboundPolicy::AllUnauthenticated))
}

/// Whether everyone who may call a port has an identity, so that nobody needs to speak without one.
fn wants_identity(app: &App, at: usize) -> bool {
    let anonymous = |access: &Access| match access {
        Access::Inbound(policy) => *policy == InboundPolicy::AllUnauthenticated,
        Access::Only(callers) => callers.iter().any(|caller| matches!(caller.who, Who::Networks(_))),
    };
    let closed = at == 0 && app.is_closed();
    if closed { !app.routes.iter().any(|route| anonymous(app.access_of(route))) } else { !anonymous(&app.ports[at].access) }
}

fn peers(app: &App) -> PeerAuthenticationSpec {
    let selector = LabelSelector { match_labels: app_label(app) };
    let strict: Vec<bool> = (0..app.ports.len()).map(|at| wants_identity(app, at)).collect();
    let all = strict.iter().all(|strict| *strict);
    let none = strict.iter().all(|strict| !strict);
    let open = app.ports.iter().zip(&strict).filter(|(_, strict)| !**strict).map(|(port, _)| port.numbers.container);
    PeerAuthenticationSpec {
        selector,
        mtls: if none { PERMISSIVE } else { STRICT },
        port_level_mtls: if all || none { BTreeMap::new() } else { open.map(|port| (port, PERMISSIVE)).collect() },
    }
}

fn policy(mesh: &Mesh, app: &App) -> AuthorizationPolicySpec {
    let mut rules = Vec::new();
    for (at, port) in app.ports.iter().enumerate() {
        if at == 0 && app.is_closed() {
            rules.extend(routes(mesh, app));
        } else {
            rules.extend(sources(mesh, &port.access).map(|from| rule(port, from, Vec::new(), Vec::new())));
        }
    }
    AuthorizationPolicySpec { selector: LabelSelector { match_labels: app_label(app) }, action: "ALLOW", rules }
}

/// One rule for each route.
fn routes(mesh: &Mesh, app: &App) -> Vec<Rule> {
    let of_route = |route: &Route| {
        let from = sources(mesh, app.access_of(route))?;
        Some(rule(app.main_port(), from, route.method.token().into_iter().collect(), vec![path(&route.path)?]))
    };
    app.routes.iter().filter_map(of_route).collect()
}

fn rule(port: &Port, from: Vec<From>, methods: Vec<&'static str>, paths: Vec<String>) -> Rule {
    Rule { from, to: [To { operation: Operation { ports: [port.numbers.container.to_string()], methods, paths } }] }
}

/// Who is let in; an empty list is everyone, `None` nobody.
fn sources(mesh: &Mesh, access: &Access) -> Option<Vec<From>> {
    let mut principals: BTreeSet<String> = BTreeSet::new();
    let mut blocks: BTreeSet<String> = BTreeSet::new();
    match access {
        Access::Inbound(InboundPolicy::AllUnauthenticated) => return Some(Vec::new()),
        Access::Inbound(InboundPolicy::AllAuthenticated) => drop(principals.insert(ANYONE.to_owned())),
        // Nobody: what Istio cannot say was refused.
        Access::Inbound(_) => {}
        Access::Only(callers) => {
            let own = &mesh.cluster.trust_domain;
            for caller in callers.iter() {
                match &caller.who {
                    Who::Account { namespace, account } => {
                        principals.insert(istio::principal(own, namespace, Some(account)));
                    }
                    Who::Namespace(namespace) => drop(principals.insert(istio::principal(own, namespace, None))),
                    Who::Foreign { namespace, account, trust_domain } => {
                        principals.insert(istio::principal(trust_domain, namespace, account.as_deref()));
                    }
                    Who::Networks(networks) => blocks.extend(networks.iter().map(ToString::to_string)),
                }
            }
        }
    }
    let mut from = Vec::new();
    if !principals.is_empty() {
        from.push(From { source: SourceMatch::Principals(principals.into_iter().collect()) });
    }
    if !blocks.is_empty() {
        from.push(From { source: SourceMatch::IpBlocks(blocks.into_iter().collect()) });
    }
    Some(from).filter(|from| !from.is_empty())
}

/// A path in the words of a policy; `None` for what has none, which was refused.
fn path(path: &Path) -> Option<String> {
    let Path::Template(template) = path else { return None };
    let only_rest = !template.pieces.iter().any(|piece| matches!(piece, Piece::Parameter));
    let words = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.as_str(),
        Piece::Parameter => "{*}",
        Piece::Rest if only_rest => "*",
        Piece::Rest => "{**}",
    });
    Some(words.collect())
}
