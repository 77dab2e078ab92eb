//! A grant: an authentication and the policy that asks for it. Policies add up, so each kind of caller
//! has one of its own; inside one policy two authentications would be asked for at once.

use std::collections::BTreeSet;

use crate::mesh::{Access, App, Mesh, Who, names};
use crate::objects::linkerd::{
    AuthorizationPolicySpec, MeshTlsAuthenticationSpec, Network, NetworkAuthenticationSpec, Reference,
};
use crate::objects::{Object, Origin, Rest, Spec, Text};
use crate::targets::metadata;
use crate::upstream::linkerd;
use crate::value::InboundPolicy;

use super::reference;

/// Everyone with a mesh identity.
const ANY_IDENTITY: &str = "*";

/// Every address.
const ANY_NETWORK: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Somebody of this cluster, as policies refer to them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Principal {
    Namespace(String),
    Account { name: String, namespace: String },
}

/// Who is let in.
#[derive(Default)]
pub(super) struct Granted {
    /// Accounts and namespaces of this cluster.
    refs: BTreeSet<Principal>,
    /// Identities as texts.
    identities: BTreeSet<String>,
    /// Wherever somebody calls from.
    networks: BTreeSet<Text>,
}

impl Granted {
    /// Everyone, such as the kubelet.
    pub(super) fn everyone() -> Self {
        Self { networks: ANY_NETWORK.map(Text::from).into(), ..Self::default() }
    }

    /// Everyone whom the access of a port or a route means. The policies of the cluster's networks cannot be said of a
    /// route, which a check has refused.
    pub(super) fn of(mesh: &Mesh, access: &Access) -> Self {
        match (access, access.policy().map(|policy| policy.value)) {
            (Access::Only(callers), _) => {
                let mut granted = Self::default();
                callers.iter().for_each(|caller| granted.add(mesh, &caller.who));
                granted
            }
            (Access::Inbound(_) | Access::Default(_), Some(InboundPolicy::AllUnauthenticated)) => Self::everyone(),
            (Access::Inbound(_) | Access::Default(_), Some(InboundPolicy::AllAuthenticated)) => {
                Self { identities: [ANY_IDENTITY.to_owned()].into(), ..Self::default() }
            }
            (Access::Inbound(_) | Access::Default(_), _) => Self::default(),
        }
    }

    fn add(&mut self, mesh: &Mesh, who: &Who) {
        match who {
            Who::Account { namespace, account } => {
                self.refs.insert(Principal::Account { name: account.clone(), namespace: namespace.clone() });
            }
            Who::Namespace(namespace) => drop(self.refs.insert(Principal::Namespace(namespace.clone()))),
            Who::Foreign { namespace, account, trust_domain } => {
                let account = account.as_deref().unwrap_or(ANY_IDENTITY);
                let control_plane = &mesh.cluster.control_plane_namespace;
                self.identities.insert(linkerd::identity(account, namespace, control_plane, trust_domain));
            }
            Who::Networks(cidrs) => self.networks.extend(cidrs.iter().map(|cidr| Text::from(cidr.to_string()))),
        }
    }
}

/// Lets them call `target`; `base` is what the objects are called after.
pub(super) fn grants(app: &App, base: &str, target: &Reference, granted: Granted, origin: &Origin) -> Vec<Object> {
    let Granted { refs, identities, networks } = granted;
    let [of_refs, of_identities, of_networks] = names::grants(base);
    let mut authentications: Vec<(String, Spec)> = Vec::new();
    if !refs.is_empty() {
        let identity_refs = refs.into_iter().map(reference_to).collect();
        let spec = MeshTlsAuthenticationSpec { identity_refs, ..MeshTlsAuthenticationSpec::default() };
        authentications.push((of_refs, spec.into()));
    }
    if !identities.is_empty() {
        let identities = identities.into_iter().collect();
        let spec = MeshTlsAuthenticationSpec { identities, ..MeshTlsAuthenticationSpec::default() };
        authentications.push((of_identities, spec.into()));
    }
    if !networks.is_empty() {
        let networks = networks.into_iter().map(|cidr| Network { cidr, rest: Rest::new() }).collect();
        authentications.push((of_networks, NetworkAuthenticationSpec { networks, rest: Rest::new() }.into()));
    }
    authentications.into_iter().flat_map(|(name, spec)| grant(app, name, spec, target, origin)).collect()
}

/// An authentication, and the policy of the same name that asks for it.
fn grant(app: &App, name: String, authentication: Spec, target: &Reference, origin: &Origin) -> [Object; 2] {
    let policy = AuthorizationPolicySpec {
        target_ref: target.clone(),
        required_authentication_refs: vec![reference(authentication.kind().name, name.clone())],
        rest: Rest::new(),
    };
    let metadata = metadata::of_app(name, app);
    [Object::new(metadata.clone(), authentication, origin.clone()), Object::new(metadata, policy, origin.clone())]
}

fn reference_to(principal: Principal) -> Reference {
    match principal {
        Principal::Namespace(name) => in_core("Namespace", name, None),
        Principal::Account { name, namespace } => account(name, namespace),
    }
}

/// A service account of this cluster.
pub(super) fn account(name: String, namespace: String) -> Reference {
    in_core("ServiceAccount", name, Some(namespace))
}

/// Without a group, which stands for the core one.
fn in_core(kind: &'static str, name: String, namespace: Option<String>) -> Reference {
    Reference { group: None, kind: kind.into(), name, namespace, rest: Rest::new() }
}
