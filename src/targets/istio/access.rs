//! Who may call: one AuthorizationPolicy for an app of which anything is said, and how its ports are
//! spoken to. As soon as a policy selects a pod, Istio refuses whatever no rule admits, so a port that is
//! open has a rule that says so; of an app of which nothing is said the mesh's own policies decide. The probes of the
//! kubelet need no rule: Istio sends them past its policies (istio.io, ops/configuration/mesh/app-health-check).

use std::collections::{BTreeMap, BTreeSet};

use crate::mesh::{Access, App, Mesh, Namespace, Owner, Port, Route, Who, names};
use crate::objects::apps::LabelSelector;
use crate::objects::istio::{
    AuthorizationPolicySpec, From, Mtls, Operation, PeerAuthenticationSpec, PortKey, Rule, SourceMatch, To,
};
use crate::objects::{Map, Object, Origin, Rest, Text};
use crate::targets::metadata;
use crate::upstream::istio;
use crate::value::{InboundPolicy, Path, Piece};

/// The modes of mutual TLS: whether who speaks without an identity is refused.
const STRICT: &str = "STRICT";
const PERMISSIVE: &str = "PERMISSIVE";

/// Every identity.
const ANYONE: &str = "*";

/// What every policy says that lets somebody in.
const ALLOW: &str = "ALLOW";

/// A policy without a rule for all pods of a namespace that denies whoever is not named, those of other people too.
pub(super) fn of_namespace(namespace: &Namespace) -> Option<Object> {
    let inbound = namespace.inbound.filter(|inbound| inbound.value == InboundPolicy::Deny)?;
    if !namespace.inject || namespace.owner != Owner::Manifest {
        return None;
    }
    let metadata = metadata::within(namespace, names::DENY_ALL.to_owned(), Map::new());
    let spec = policy_of(None, Vec::new());
    Some(Object::new(metadata, spec, Origin::new("namespaces", &namespace.name).key("inbound", inbound.span)))
}

pub(super) fn access(mesh: &Mesh, app: &App) -> Vec<Object> {
    let is_silent = app.ports.iter().all(|port| wants_identity(port).is_none());
    if !app.namespace.inject || is_silent {
        return Vec::new();
    }
    let (metadata, origin) = (metadata::of_app(app.name.value.clone(), app), metadata::app_origin(app));
    vec![Object::new(metadata.clone(), peers(app), origin.clone()), Object::new(metadata, policy(mesh, app), origin)]
}

/// Whether everyone who may call a port has an identity, so that nobody needs to speak without one; `None` where the
/// file says nothing of the port.
fn wants_identity(port: &Port) -> Option<bool> {
    if port.is_closed() {
        return Some(!port.routes.iter().any(|route| admits_anonymous(port.access_of(route))));
    }
    let is_said = !matches!(port.access, Access::Default(_));
    is_said.then(|| !admits_anonymous(&port.access))
}

fn admits_anonymous(access: &Access) -> bool {
    match access {
        Access::Only(callers) => callers.iter().any(|caller| caller.who.networks().is_some()),
        Access::Inbound(_) | Access::Default(_) => {
            access.policy().is_some_and(|policy| policy.value == InboundPolicy::AllUnauthenticated)
        }
    }
}

/// The mode of the pod, and those of the ports that differ; where nothing is said of one of the ports, only those of the
/// others.
fn peers(app: &App) -> PeerAuthenticationSpec {
    let wanted = app.ports.iter().filter_map(|port| Some((port.numbers.container, wants_identity(port)?)));
    let modes: BTreeMap<u16, &'static str> =
        wanted.map(|(port, strict)| (port, if strict { STRICT } else { PERMISSIVE })).collect();
    let of_all = if modes.values().any(|mode| *mode == STRICT) { STRICT } else { PERMISSIVE };
    let of_pod = Some(of_all).filter(|_| modes.len() == app.ports.iter().count());
    let other = modes.into_iter().filter(|(_, mode)| Some(*mode) != of_pod);
    PeerAuthenticationSpec {
        selector: Some(metadata::app_labels(&app.name).into()),
        mtls: of_pod.map(mtls),
        port_level_mtls: other.map(|(port, mode)| (PortKey(port), mtls(mode))).collect(),
        rest: Rest::new(),
    }
}

fn mtls(mode: &'static str) -> Mtls {
    Mtls { mode: Some(mode.into()), rest: Rest::new() }
}

fn policy(mesh: &Mesh, app: &App) -> AuthorizationPolicySpec {
    let mut rules = Vec::new();
    for port in app.ports.iter() {
        if port.is_closed() {
            rules.extend(routes(mesh, port));
        } else {
            rules.extend(sources(mesh, &port.access).map(|from| rule(port, from, None, Vec::new())));
        }
    }
    policy_of(Some(metadata::app_labels(&app.name)), rules)
}

/// A policy that lets in whom one of the rules means; without labels it is for every pod of its namespace.
fn policy_of(labels: Option<Map>, rules: Vec<Rule>) -> AuthorizationPolicySpec {
    let selector = labels.map(LabelSelector::from);
    AuthorizationPolicySpec { selector, action: Some(ALLOW.into()), rules: rules.into(), rest: Rest::new() }
}

/// One rule for each route.
fn routes(mesh: &Mesh, port: &Port) -> Vec<Rule> {
    port.routes.iter().filter_map(|route| of_route(mesh, port, route)).collect()
}

fn of_route(mesh: &Mesh, port: &Port, route: &Route) -> Option<Rule> {
    let from = sources(mesh, port.access_of(route))?;
    Some(rule(port, from, route.method.token(), vec![path(&route.path)?]))
}

fn rule(port: &Port, from: Vec<From>, methods: Option<&'static str>, paths: Vec<String>) -> Rule {
    let operation = Operation {
        ports: vec![port.numbers.container.to_string()].into(),
        methods: methods.into_iter().map(Text::from).collect(),
        paths: paths.into(),
        rest: Rest::new(),
    };
    let to = To { operation: Some(operation), rest: Rest::new() };
    Rule { from: from.into(), to: vec![to].into(), rest: Rest::new() }
}

/// Who is let in; an empty list is everyone, `None` nobody.
fn sources(mesh: &Mesh, access: &Access) -> Option<Vec<From>> {
    let mut principals: BTreeSet<String> = BTreeSet::new();
    let mut blocks: BTreeSet<String> = BTreeSet::new();
    let own = &mesh.cluster.trust_domain;
    match (access, access.policy().map(|policy| policy.value)) {
        (Access::Only(callers), _) => {
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
        (Access::Inbound(_) | Access::Default(_), Some(InboundPolicy::AllUnauthenticated)) => return Some(Vec::new()),
        (Access::Inbound(_) | Access::Default(_), Some(InboundPolicy::AllAuthenticated)) => {
            principals.insert(ANYONE.to_owned());
        }
        // Nobody: what Istio cannot say was refused, and so was a default that nothing states.
        (Access::Inbound(_) | Access::Default(_), _) => {}
    }
    let mut from = Vec::new();
    if !principals.is_empty() {
        from.push(source(SourceMatch { principals: principals.into_iter().collect(), ..SourceMatch::default() }));
    }
    if !blocks.is_empty() {
        from.push(source(SourceMatch { ip_blocks: blocks.into_iter().collect(), ..SourceMatch::default() }));
    }
    Some(from).filter(|from| !from.is_empty())
}

fn source(source: SourceMatch) -> From {
    From { source: Some(source), rest: Rest::new() }
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
