//! Who may call a port that names no callers.

use crate::value::declare::words;

words! {
    /// Linkerd's default for a port that names no callers.
    pub(crate) enum InboundPolicy {
        /// Everyone, meshed or not.
        AllUnauthenticated = "all-unauthenticated",
        /// Everyone with a mesh identity, from anywhere.
        AllAuthenticated = "all-authenticated",
        /// Everyone in the cluster's networks.
        ClusterUnauthenticated = "cluster-unauthenticated",
        /// Everyone with a mesh identity in the cluster's networks.
        ClusterAuthenticated = "cluster-authenticated",
        /// Nobody who is not named.
        Deny = "deny",
        /// Everyone; what `deny` would refuse is logged.
        Audit = "audit",
    }
}
