//! Who decides what a field says in the cluster. A target writes a field only where the manifest owns it: two writers of
//! one field undo each other's work at every sync.

use crate::mesh::{Cluster, Replicas};
use crate::value::Traffic;

/// Who writes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The manifest.
    Manifest,
    /// Another team or tool, which creates the object.
    Elsewhere,
    /// The autoscaler of the version.
    Autoscaler,
    /// Linkerd's SMI extension, which copies a TrafficSplit into the ServiceProfile.
    SmiExtension,
}

impl Owner {
    /// The value, if the manifest owns its field.
    pub(crate) fn written<T>(self, value: T) -> Option<T> {
        (self == Self::Manifest).then_some(value)
    }
}

impl Replicas {
    /// Who writes the number of pods of a Deployment.
    #[must_use]
    pub(crate) fn owner(&self) -> Owner {
        match self {
            Self::Fixed(_) => Owner::Manifest,
            Self::Auto(_) => Owner::Autoscaler,
        }
    }
}

impl Cluster {
    /// Who writes the weights of a ServiceProfile.
    #[must_use]
    pub(crate) fn profile_weights_owner(&self) -> Owner {
        if self.traffic.value == Traffic::Smi { Owner::SmiExtension } else { Owner::Manifest }
    }
}
