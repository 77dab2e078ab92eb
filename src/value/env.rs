//! The value of an environment variable.

use crate::spanned::Spanned;

/// Where the value of an environment variable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EnvValue {
    /// This text.
    Text(String),
    /// A key of a Secret.
    Secret {
        /// The Secret.
        name: Spanned<String>,
        /// The key in it.
        key: Spanned<String>,
    },
    /// A key of a ConfigMap.
    ConfigMap {
        /// The ConfigMap.
        name: Spanned<String>,
        /// The key in it.
        key: Spanned<String>,
    },
}

impl Default for EnvValue {
    fn default() -> Self {
        Self::Text(String::new())
    }
}
