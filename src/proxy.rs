//! What the proxies of a mesh will do with the objects that are rendered: who is let in, and where a
//! request goes. It reads objects alone and never what was meant, so that a fault in the output shows in
//! its answers.

#![deny(clippy::wildcard_enum_match_arm)]

mod expressions;
mod istio;
mod labels;
mod linkerd;
mod timeouts;
mod world;

pub use timeouts::Timeouts;

use crate::objects::istio as istio_objects;
use crate::objects::linkerd::Reference;
use crate::upstream::addresses::Addresses;

pub(crate) use world::{Pod, World};

/// What the cluster's own settings are.
pub(crate) struct Settings {
    pub(crate) domain: String,
    pub(crate) trust_domain: String,
    pub(crate) control_plane_namespace: String,
    /// Whom the mesh admits where no object says anything, if that is known: the word of a policy.
    pub(crate) inbound: Option<&'static str>,
    /// The networks of its pods and nodes.
    pub(crate) networks: Addresses,
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its mesh identity; without a proxy it has none.
    pub(crate) identity: Option<Identity>,
    /// From where it may call, as far as that is known.
    pub(crate) addresses: Addresses,
}

/// A service account, as meshes know it.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) namespace: String,
    pub(crate) trust_domain: String,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Names in lowercase, and values.
    pub(crate) headers: &'a [(String, String)],
}

/// What becomes of a request, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    /// The rule that decided, or what is missing.
    pub(crate) rule: String,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It reaches the model.
    Allowed,
    /// From some addresses of the caller, or with some requests, it reaches the model.
    Partly,
    /// The mesh's own default decides, which the manifest does not state.
    ClusterDefault,
    /// It is refused: 403, or a closed connection.
    Denied,
    /// No route matches: 404.
    NotFound,
}

impl Verdict {
    /// Whether no request reaches the model.
    pub(crate) fn is_refusal(self) -> bool {
        match self {
            Self::Denied | Self::NotFound => true,
            Self::Allowed | Self::Partly | Self::ClusterDefault => false,
        }
    }

    /// The word that answers print.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Partly => "partly",
            Self::ClusterDefault => "cluster default",
            Self::Denied => "denied",
            Self::NotFound => "not found",
        }
    }
}

/// The terms of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// The route that matches.
    pub(crate) route: Option<String>,
    /// How long it may take.
    pub(crate) timeouts: Timeouts,
    /// When a failed request is tried again.
    pub(crate) retry: Option<Retry>,
    /// The Services that it goes to, with their weights.
    pub(crate) backends: Vec<(String, u32)>,
    /// The Service that gets a copy of it, and of how many in a hundred.
    pub(crate) copies: Option<(String, f64)>,
}

impl Terms {
    /// Those of a request of which nothing is said.
    fn to(destination: &str) -> Self {
        Self { backends: vec![(destination.to_owned(), 1)], ..Self::default() }
    }
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retry {
    /// The statuses that count as failed: `500-599`, `503`, or the name of a gRPC status.
    pub(crate) on: Vec<String>,
    /// How often one request is tried again; none: as often as the budget allows.
    pub(crate) limit: Option<u32>,
    /// How long one try may take.
    pub(crate) try_timeout: Option<String>,
    /// How many retries there may be for each request, over time, and how many a second there always may
    /// be.
    pub(crate) budget: Option<(f64, u32)>,
}

/// What the proxy of a pod makes of a request, whoever sends it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reception<'a> {
    /// This becomes of it.
    Settled(Decision),
    /// It becomes of it what its sender was granted.
    Granted {
        /// Why nobody without an identity is let in, if that is so.
        identity_only: Option<String>,
        /// Who is let in, each by its rule.
        grants: Vec<Grant<'a>>,
        /// What is missing where none of them is for the sender.
        refusal: String,
    },
}

/// A rule that lets somebody in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant<'a> {
    rule: String,
    to: Grantee<'a>,
}

/// Whom a rule lets in.
#[derive(Clone, Debug, PartialEq)]
enum Grantee<'a> {
    /// Whom a default policy of Linkerd means.
    Policy(&'a str),
    /// Whoever has what a policy of Linkerd in this namespace asks for.
    Linkerd(&'a str, Requires<'a>),
    /// Whom one of these sources of a rule of Istio means; everyone, where there is none.
    Istio(&'a [istio_objects::From]),
}

/// What a policy of Linkerd asks for.
type Requires<'a> = &'a [Reference];

/// What the proxy of a pod, if it has one, makes of a request at a port of its container.
pub(crate) fn receive<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    if linkerd::is_injected(world, pod) {
        linkerd::receive(world, pod, port, request)
    } else if istio::is_injected(world, pod) {
        istio::receive(world, pod, port, request)
    } else {
        Reception::allowed("its pods have no proxy".to_owned())
    }
}

impl Reception<'_> {
    fn allowed(rule: String) -> Self {
        Self::Settled(Decision { verdict: Verdict::Allowed, rule })
    }

    /// What becomes of the request of this client.
    pub(crate) fn decide(&self, world: &World<'_>, client: &Client) -> Decision {
        let (identity_only, grants, refusal) = match self {
            Self::Settled(decision) => return decision.clone(),
            Self::Granted { identity_only, grants, refusal } => (identity_only, grants, refusal),
        };
        if let Some(rule) = identity_only.as_ref().filter(|_| client.identity.is_none()) {
            return Decision { verdict: Verdict::Denied, rule: rule.clone() };
        }
        let mut admitted = Addresses::nowhere();
        let mut rules: Vec<&str> = Vec::new();
        for Grant { rule, to } in grants {
            let from = client.addresses.intersection(&to.admits(world, client));
            if from.covers(&client.addresses) {
                return Decision { verdict: Verdict::Allowed, rule: rule.clone() };
            }
            if !from.is_empty() {
                admitted = admitted.union(&from);
                rules.push(rule);
            }
        }
        match rules.as_slice() {
            [] => Decision { verdict: Verdict::Denied, rule: refusal.clone() },
            rules if admitted.covers(&client.addresses) => Decision { verdict: Verdict::Allowed, rule: rules.join(", ") },
            rules => Decision { verdict: Verdict::Partly, rule: format!("{}, from {admitted}", rules.join(", ")) },
        }
    }
}

impl Grantee<'_> {
    /// From where this client is let in.
    fn admits(&self, world: &World<'_>, client: &Client) -> Addresses {
        match self {
            Self::Policy(policy) => linkerd::admits(world, policy, client),
            Self::Linkerd(namespace, required) => linkerd::has_all(world, namespace, required, client),
            Self::Istio(sources) => istio::admits(sources, client),
        }
    }
}

/// What happens to a request of this client to a port of a Service, by its namespace and name. Without a
/// proxy a caller knows the Service alone.
pub(crate) fn terms(world: &World<'_>, client: &Client, target: (&str, &str, u16), request: Request<'_>) -> Terms {
    let by_proxy = client
        .identity
        .as_ref()
        .and_then(|identity| linkerd::terms(world, target, request).or_else(|| istio::terms(world, identity, target, request)));
    by_proxy.unwrap_or_else(|| Terms::to(target.1))
}

/// What happens to a request of this client, in a namespace, to a host outside of the cluster.
pub(crate) fn terms_outside(world: &World<'_>, client: &Client, target: (&str, &str, u16), request: Request<'_>) -> Terms {
    let by_proxy = client.identity.as_ref().and_then(|_| linkerd::terms_outside(world, target, request));
    by_proxy.unwrap_or_else(|| Terms::to(target.1))
}

/// A range of statuses as a person writes it.
fn range(first: u16, last: u16) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}
