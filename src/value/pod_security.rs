//! The levels of the Pod Security Standards.

use crate::value::declare::words;

words! {
    /// A level of the Pod Security Standards.
    pub(crate) enum PodSecurity {
        /// No restriction.
        Privileged = "privileged",
        /// No known privilege escalation.
        Baseline = "baseline",
        /// Hardened pods alone.
        Restricted = "restricted",
    }

    /// A level whose security context can be asked for.
    pub(crate) enum RestrictedLevel {
        /// The hardened one.
        Restricted = "restricted",
    }
}
