//! Who may call, and how the mesh knows them.

use ipnet::IpNet;

use crate::spanned::{Span, Spanned};
use crate::upstream::addresses::Addresses;
use crate::value::InboundPolicy;

/// Who may call.
#[derive(Debug)]
pub(crate) enum Access {
    /// These and nobody else.
    Only(Spanned<Vec<Caller>>),
    /// Whom the namespace admits.
    Inbound(Spanned<InboundPolicy>),
    /// Whom the mesh admits where nothing is said, if that is stated.
    Default(Option<Spanned<InboundPolicy>>),
}

impl Access {
    /// Those who are named; nobody where a policy decides.
    #[must_use]
    pub(crate) fn callers(&self) -> &[Caller] {
        match self {
            Self::Only(callers) => callers,
            Self::Inbound(_) | Self::Default(_) => &[],
        }
    }

    /// Whether whoever has no identity is let in from any node, as the kubelet must be, for all that is known here.
    #[must_use]
    pub(crate) fn admits_nodes(&self) -> bool {
        match self {
            Self::Only(callers) => {
                let networks = callers.iter().filter_map(|caller| caller.who.networks()).flatten().copied();
                Addresses::of(networks).covers(&Addresses::everywhere())
            }
            Self::Inbound(_) | Self::Default(_) => self.policy().is_none_or(|policy| match policy.value {
                InboundPolicy::AllUnauthenticated | InboundPolicy::ClusterUnauthenticated | InboundPolicy::Audit => true,
                InboundPolicy::AllAuthenticated | InboundPolicy::ClusterAuthenticated | InboundPolicy::Deny => false,
            }),
        }
    }

    /// Whether everyone is let in, as far as is known.
    #[must_use]
    pub(crate) fn admits_all(&self) -> bool {
        match self {
            Self::Only(_) => false,
            Self::Inbound(_) | Self::Default(_) => self
                .policy()
                .is_none_or(|policy| matches!(policy.value, InboundPolicy::AllUnauthenticated | InboundPolicy::Audit)),
        }
    }

    /// Where it is written who may call, if that is written.
    #[must_use]
    pub(crate) fn place(&self) -> Option<Span> {
        match self {
            Self::Only(callers) => Some(callers.span),
            Self::Inbound(_) | Self::Default(_) => self.policy().map(|policy| policy.span),
        }
    }

    /// The policy that decides where no callers are named, if it is known.
    #[must_use]
    pub(crate) fn policy(&self) -> Option<Spanned<InboundPolicy>> {
        match self {
            Self::Only(_) => None,
            Self::Inbound(policy) => Some(*policy),
            Self::Default(policy) => *policy,
        }
    }

    /// Whether somebody may be let in, for all that is known here: a network may cover anyone, and a policy of the
    /// namespace other than `deny` lets in more than are named.
    #[must_use]
    pub(crate) fn may_admit(&self, who: &Who) -> bool {
        match self {
            Self::Only(callers) => callers.iter().any(|caller| caller.who.covers(who)),
            Self::Inbound(_) | Self::Default(_) => self.policy().is_none_or(|policy| policy.value != InboundPolicy::Deny),
        }
    }
}

impl Who {
    /// From where it calls, where that is how it is known.
    #[must_use]
    pub(crate) fn networks(&self) -> Option<&[IpNet]> {
        match self {
            Self::Networks(networks) => Some(networks),
            Self::Account { .. } | Self::Namespace(_) | Self::Foreign { .. } => None,
        }
    }

    /// Whether whoever is known as `other` is admitted where this one is. A network covers everyone of whom it is not
    /// known where they are.
    #[must_use]
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Networks(_), _) => true,
            (Self::Namespace(all), Self::Account { namespace, .. }) => all == namespace,
            (
                Self::Foreign { namespace: all, account: None, trust_domain: of },
                Self::Foreign { namespace, trust_domain, .. },
            ) => all == namespace && of == trust_domain,
            (one, other) => one == other,
        }
    }
}

/// Somebody who may call.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// By which name, and where it was named.
    pub name: Spanned<String>,
    /// How the mesh knows it.
    pub who: Who,
}

/// How the mesh knows a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// By its service account in this cluster.
    Account {
        /// Where the account is.
        namespace: String,
        /// The account.
        account: String,
    },
    /// As anyone in a namespace of this cluster.
    Namespace(String),
    /// By an identity of another trust domain.
    Foreign {
        /// Where the account is.
        namespace: String,
        /// The account; `None` is anyone in the namespace.
        account: Option<String>,
        /// The other trust domain.
        trust_domain: String,
    },
    /// By where it calls from: it has no identity.
    Networks(Vec<IpNet>),
}
