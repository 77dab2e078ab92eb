//! A grant: an authentication and the policy that asks for it. Policies add up, so each kind of caller
//! has one of its own; inside one policy two authentications would be asked for at once.

use std::collections::BTreeSet;

use crate::mesh::{Access, App, Mesh, Who, names};
use crate::objects::linkerd::{
    AuthorizationPolicySpec, MeshTlsAuthenticationSpec, Network, NetworkAuthenticationSpec, Reference,
};
use crate::objects::{Object, Origin, Spec, Text};
use crate::targets::metadata;
use crate::upstream::linkerd;
use crate::value::InboundPolicy;

use super::reference;

/// Everyone with a mesh identity.
const ANY_IDENTITY: &str = "*";

/// Every address.
const ANY_NETWORK: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Who is let in.
#[derive(Default)]
pub(super) struct Granted {
    /// Accounts and namespaces of this cluster.
    refs: BTreeSet<(&'static str, String, Option<String>)>,
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
                self.refs.insert(("ServiceAccount", account.clone(), Some(namespace.clone())));
            }
            Who::Namespace(namespace) => drop(self.refs.insert(("Namespace", namespace.clone(), None))),
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
    let refs = refs.into_iter().map(|(kind, name, namespace)| Reference { group: "", kind, name, namespace });
    let refs: Vec<Reference> = refs.collect();
    let identities: Vec<String> = identities.into_iter().collect();
    let [of_refs, of_identities, of_networks] = names::grants(base);
    let mut objects = Vec::new();
    let mut grant = |name: String, kind: &'static str, authentication: Spec| {
        let policy = AuthorizationPolicySpec {
            target_ref: target.clone(),
            required_authentication_refs: vec![reference(kind, name.clone())],
        };
        objects.push(Object::new(metadata::of_app(name.clone(), app), authentication, origin.clone()));
        objects.push(Object::new(metadata::of_app(name, app), policy, origin.clone()));
    };
    if !refs.is_empty() {
        grant(of_refs, "MeshTLSAuthentication", MeshTlsAuthenticationSpec::IdentityRefs(refs).into());
    }
    if !identities.is_empty() {
        grant(of_identities, "MeshTLSAuthentication", MeshTlsAuthenticationSpec::Identities(identities).into());
    }
    if !networks.is_empty() {
        let networks = networks.into_iter().map(|cidr| Network { cidr }).collect();
        grant(of_networks, "NetworkAuthentication", NetworkAuthenticationSpec { networks }.into());
    }
    objects
}
