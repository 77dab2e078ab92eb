//! The method of a request.

use crate::value::declare::words;

words! {
    /// The method of a request; `any` is every one.
    pub(crate) enum Method {
        /// GET.
        Get = "get",
        /// HEAD.
        Head = "head",
        /// POST.
        Post = "post",
        /// PUT.
        Put = "put",
        /// PATCH.
        Patch = "patch",
        /// DELETE.
        Delete = "delete",
        /// OPTIONS.
        Options = "options",
        /// Every method.
        Any = "any",
    }
}

impl Method {
    /// The method as a request says it; `None` for every method.
    #[must_use]
    pub(crate) fn token(self) -> Option<&'static str> {
        match self {
            Self::Get => Some("GET"),
            Self::Head => Some("HEAD"),
            Self::Post => Some("POST"),
            Self::Put => Some("PUT"),
            Self::Patch => Some("PATCH"),
            Self::Delete => Some("DELETE"),
            Self::Options => Some("OPTIONS"),
            Self::Any => None,
        }
    }
}
