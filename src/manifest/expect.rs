//! `[expect]`: what a person wants to be sure of.

use crate::manifest::app::Weight;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::value::{Duration, Named};

table! {
    /// What must hold; each is held against what the proxies will do with the rendered objects.
    pub(crate) struct Expect {
        /// Who must be let in, each as `CALLER -> NAME.ROUTE`, `CALLER -> NAME.PORT` or `CALLER -> NAME`.
        many can: Vec<Spanned<String>>,
        /// Who must not be let in, written alike. `meshed` and `unmeshed` are strangers with and without a proxy.
        many cannot: Vec<Spanned<String>>,
        /// How long a request may take, each `"CALLER -> NAME.ROUTE" = "5s"`.
        many timeout: Named<Spanned<Duration>>,
        /// The share of a version in whole percent, each `"MODEL.VERSION" = 10`.
        many weight: Named<Spanned<Weight>>,
    }
}
