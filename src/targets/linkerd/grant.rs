//! A grant: an authentication and the policy that asks for it. Policies add up, so each kind of caller
//! has one of its own; inside one policy two authentications would be asked for at once.

use std::collections::BTreeSet;

use crate::mesh::{Access, App, InboundPolicy, Mesh, Who, names};
use crate::objects::linkerd::{
    AuthorizationPolicySpec, MeshTlsAuthenticationSpec, Network, NetworkAuthenticationSpec, Reference,
};
use crate::objects::{Object, Spec, Text};
use crate::targets::app_origin;
use crate::upstream::linkerd;

use super::{metadata, reference};

/// Everyone with a mesh identity.
const ANY_IDENTITY: &str = "*";

/// Every address.
const ANY_NETWORK: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Lets everyone in `access` call `target`; `base` is what the objects are called after.
pub(super) fn grants(mesh: &Mesh, app: &App, base: &str, target: &Reference, access: &Access, within: &str) -> Vec<Object> {
    let mut refs: BTreeSet<(&'static str, &str, Option<&str>)> = BTreeSet::new();
    let mut identities: BTreeSet<String> = BTreeSet::new();
    let mut networks: BTreeSet<Text> = BTreeSet::new();
    match access {
        Access::Inbound(InboundPolicy::AllUnauthenticated) => networks.extend(ANY_NETWORK.map(Text::from)),
        Access::Inbound(InboundPolicy::AllAuthenticated) => identities.extend([ANY_IDENTITY.to_owned()]),
        // Nobody: the policies of the cluster's networks cannot be said of a route, which a check has refused.
        Access::Inbound(_) => {}
        Access::Only(callers) => {
            for caller in callers.iter() {
                match &caller.who {
                    Who::Account { namespace, account } => drop(refs.insert(("ServiceAccount", account, Some(namespace)))),
                    Who::Namespace(namespace) => drop(refs.insert(("Namespace", namespace, None))),
                    Who::Foreign { namespace, account, trust_domain } => {
                        let account = account.as_deref().unwrap_or(ANY_IDENTITY);
                        identities.insert(linkerd::identity(
                            account,
                            namespace,
                            &mesh.cluster.control_plane_namespace,
                            trust_domain,
                        ));
                    }
                    Who::Networks(cidrs) => networks.extend(cidrs.iter().map(|cidr| Text::from(cidr.to_string()))),
                }
            }
        }
    }
    let refs = refs.into_iter().map(|(kind, name, namespace)| Reference {
        group: "",
        kind,
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
    });
    let refs: Vec<Reference> = refs.collect();
    let identities: Vec<String> = identities.into_iter().collect();
    let [of_refs, of_identities, of_networks] = names::grants(base);
    let mut objects = Vec::new();
    let mut grant = |name: String, kind: &'static str, authentication: Spec| {
        let origin = || app_origin(app, within);
        let policy =
            AuthorizationPolicySpec { target_ref: target.clone(), required_authentication_refs: [reference(kind, name.clone())] };
        objects.push(Object { metadata: metadata(name.clone(), app), spec: authentication, origin: origin() });
        objects.push(Object { metadata: metadata(name, app), spec: Spec::AuthorizationPolicy(policy), origin: origin() });
    };
    if !refs.is_empty() {
        grant(of_refs, "MeshTLSAuthentication", Spec::MeshTlsAuthentication(MeshTlsAuthenticationSpec::IdentityRefs(refs)));
    }
    if !identities.is_empty() {
        grant(
            of_identities,
            "MeshTLSAuthentication",
            Spec::MeshTlsAuthentication(MeshTlsAuthenticationSpec::Identities(identities)),
        );
    }
    if !networks.is_empty() {
        let networks = networks.into_iter().map(|cidr| Network { cidr }).collect();
        grant(of_networks, "NetworkAuthentication", Spec::NetworkAuthentication(NetworkAuthenticationSpec { networks }));
    }
    objects
}

/// Everyone, for the probes of the kubelet.
pub(super) fn everyone() -> Access {
    Access::Inbound(InboundPolicy::AllUnauthenticated)
}
