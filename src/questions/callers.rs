//! Everyone who can be asked about, and how the mesh knows them.

use crate::mesh::{Mesh, Namespace, Who};
use crate::proxy::{Client, Identity};
use crate::upstream::addresses::Addresses;

/// Any workload with a proxy that the manifest does not name.
pub(crate) const MESHED: &str = "meshed";

/// Anyone in the cluster without a proxy.
pub(crate) const UNMESHED: &str = "unmeshed";

/// Somebody who can be asked about.
pub(crate) struct Asker {
    /// A name of the manifest, or `meshed` or `unmeshed` for a stranger.
    pub(crate) name: String,
    /// How the mesh knows it, as a person reads it.
    pub(crate) principal: String,
    pub(crate) client: Client,
}

/// What the manifest deploys, the identities that it names, and strangers with and without a proxy.
pub(crate) fn askers(mesh: &Mesh) -> Vec<Asker> {
    let apps = mesh.apps.iter().map(|app| (&app.name, &app.namespace));
    let jobs = mesh.jobs.iter().map(|job| (&job.name, &job.namespace));
    let mut askers: Vec<Asker> = apps.chain(jobs).map(|(name, namespace)| deployed(mesh, name, namespace)).collect();
    askers.extend(mesh.identities.iter().map(|caller| elsewhere(mesh, &caller.name, &caller.who)));
    askers.sort_by(|one, other| one.name.cmp(&other.name));
    askers.push(Asker {
        name: MESHED.to_owned(),
        principal: "any other identity of the mesh".to_owned(),
        client: meshed(mesh, identity(mesh, "someone", "elsewhere")),
    });
    askers.push(Asker {
        name: UNMESHED.to_owned(),
        principal: "no identity, from the networks of the cluster".to_owned(),
        client: Client { identity: None, addresses: of_cluster(mesh) },
    });
    askers
}

fn deployed(mesh: &Mesh, name: &str, namespace: &Namespace) -> Asker {
    if !namespace.inject {
        return Asker {
            name: name.to_owned(),
            principal: format!("no identity: {} is not injected", namespace.name),
            client: Client { identity: None, addresses: of_cluster(mesh) },
        };
    }
    let client = meshed(mesh, identity(mesh, name, &namespace.name));
    Asker { name: name.to_owned(), principal: account(name, &namespace.name), client }
}

/// Of a whole namespace, someone.
fn elsewhere(mesh: &Mesh, name: &str, who: &Who) -> Asker {
    const SOMEONE: &str = "someone";
    let (principal, client) = match who {
        Who::Account { namespace, account } => {
            (self::account(account, namespace), meshed(mesh, identity(mesh, account, namespace)))
        }
        Who::Namespace(namespace) => {
            (format!("every service account of {namespace}"), meshed(mesh, identity(mesh, SOMEONE, namespace)))
        }
        Who::Foreign { namespace, account, trust_domain } => {
            let principal = match account {
                Some(account) => format!("{} of {trust_domain}", self::account(account, namespace)),
                None => format!("every service account of {namespace} of {trust_domain}"),
            };
            let identity = Identity {
                account: account.as_deref().unwrap_or(SOMEONE).to_owned(),
                namespace: namespace.clone(),
                trust_domain: trust_domain.clone(),
            };
            (principal, Client { identity: Some(identity), addresses: Addresses::everywhere() })
        }
        Who::Networks(networks) => {
            let addresses = Addresses::of(networks.iter().copied());
            (format!("no identity, from {addresses}"), Client { identity: None, addresses })
        }
    };
    Asker { name: name.to_owned(), principal, client }
}

fn account(name: &str, namespace: &str) -> String {
    format!("service account {namespace}/{name}")
}

fn meshed(mesh: &Mesh, identity: Identity) -> Client {
    Client { identity: Some(identity), addresses: of_cluster(mesh) }
}

fn identity(mesh: &Mesh, account: &str, namespace: &str) -> Identity {
    let trust_domain = mesh.cluster.trust_domain.clone();
    Identity { account: account.to_owned(), namespace: namespace.to_owned(), trust_domain }
}

fn of_cluster(mesh: &Mesh) -> Addresses {
    Addresses::of(mesh.cluster.networks.iter().copied())
}
