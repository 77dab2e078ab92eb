//! Two routes of one app that one request may match.

use crate::mesh::{App, Method, Route};
use crate::upstream::overlap::{Expression, Overlap};

/// Two routes, the one that a request tries first first.
pub(crate) struct Pair<'a, 'e> {
    pub(crate) first: &'a Route,
    pub(crate) other: &'a Route,
    of_first: &'e Expression,
    of_other: &'e Expression,
}

/// Looks at each pair of an app's routes.
pub(crate) fn each<'a>(app: &'a App, mut look: impl FnMut(&Pair<'a, '_>)) {
    let expressions = app.expressions();
    let routes: Vec<(&Route, &Expression)> = app.routes.iter().zip(&expressions).collect();
    for (at, (other, of_other)) in routes.iter().enumerate() {
        for (first, of_first) in &routes[..at] {
            look(&Pair { first, other, of_first, of_other });
        }
    }
}

impl Pair<'_, '_> {
    /// Whether a method can be taken by both.
    pub(crate) fn share_a_method(&self) -> bool {
        self.first.method == self.other.method || [self.first.method, self.other.method].contains(&Method::Any)
    }

    /// Whether neither the length of what they match nor the method decides between them, so that only
    /// their order does: a match that names a method outranks one that does not (linkerd2-proxy,
    /// linkerd/http/route/src/http/match.rs).
    pub(crate) fn is_tied(&self) -> bool {
        (self.first.method == self.other.method || self.first.method == Method::Any) && self.is_of_one_length()
    }

    /// Whether what they match of a path can be of one length. `/{x*}` is a prefix of length 1, which any
    /// longer match outranks (the same file).
    pub(crate) fn is_of_one_length(&self) -> bool {
        let length = !self.other.path.is_everything() || self.first.path.literal() == Some("/");
        length && self.first.path.may_share(&self.other.path)
    }

    /// A path that both match.
    pub(crate) fn overlap(&self) -> Overlap {
        self.of_first.overlaps(self.of_other)
    }

    /// Whether one of them takes every path of the other.
    pub(crate) fn is_nested(&self) -> bool {
        self.of_first.covers(self.of_other) == Some(true) || self.of_other.covers(self.of_first) == Some(true)
    }
}
