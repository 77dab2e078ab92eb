//! Versions that get requests besides the split: by a header, or as copies.

use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::value::{HeaderName, HeaderValue, Share};

table! {
    /// Requests that go to one version, whatever the split says.
    pub(crate) struct Variant {
        /// The version that gets them.
        required version: Spanned<String>,
        /// Which requests these are.
        required when: When,
    }

    /// Requests by a header.
    pub(crate) struct When {
        /// The header's name.
        required header: Spanned<HeaderName>,
        /// What it says, exactly.
        required is: Spanned<HeaderValue>,
    }

    /// A version that gets copies of requests, whose answers nobody sees.
    pub(crate) struct Mirror {
        /// The version.
        required version: Spanned<String>,
        /// The share of the requests that is copied.
        optional share: Spanned<Share> = Share(1.0),
    }
}
