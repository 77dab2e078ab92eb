//! How grave a person takes a diagnostic.

use crate::value::declare::words;

words! {
    /// How grave a diagnostic is taken.
    pub(crate) enum LintLevel {
        /// It is not reported; this wants a reason.
        Allow = "allow",
        /// It is reported.
        Warn = "warn",
        /// It is an error.
        Deny = "deny",
    }
}
