//! Two routes of one app that one request may match.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::mesh::Route;
use crate::upstream::overlap::{Expression, Overlap};
use crate::value::{Method, Path};

/// Two routes, the one that a request tries first first.
pub(crate) struct Pair<'a, 'e> {
    pub(crate) first: &'a Route,
    pub(crate) other: &'a Route,
    of_first: &'e Expression,
    of_other: &'e Expression,
}

/// Looks at each pair of routes of which neither the beginnings nor the segments show that no request matches both.
pub(crate) fn each<'a>(routes: &'a [Route], mut look: impl FnMut(&Pair<'a, '_>)) {
    let expressions: Vec<Expression> = routes.iter().map(|route| Expression::new(route.path.regex())).collect();
    let mut by_beginning: BTreeMap<String, Vec<(usize, &Route)>> = BTreeMap::new();
    for (at, (other, of_other)) in routes.iter().zip(&expressions).enumerate() {
        let beginning = beginning(other, of_other);
        for (at, first) in sharing(&by_beginning, &beginning) {
            if first.path.may_meet(&other.path) {
                look(&Pair { first, other, of_first: &expressions[at], of_other });
            }
        }
        by_beginning.entry(beginning).or_default().push((at, other));
    }
}

fn beginning(route: &Route, expression: &Expression) -> String {
    match &route.path.value {
        Path::Template(_) => route.path.beginning().to_owned(),
        Path::Regex(_) => expression.beginning(),
    }
}

/// The routes, in their order, whose paths begin with this text or with a beginning of it.
fn sharing<'a>(by_beginning: &BTreeMap<String, Vec<(usize, &'a Route)>>, text: &str) -> Vec<(usize, &'a Route)> {
    let shorter = (0..text.len()).filter_map(|end| by_beginning.get(text.get(..end)?));
    let from = by_beginning.range::<str, _>((Bound::Included(text), Bound::Unbounded));
    let longer = from.take_while(|(beginning, _)| beginning.starts_with(text)).map(|(_, routes)| routes);
    let mut sharing: Vec<(usize, &Route)> = shorter.chain(longer).flatten().copied().collect();
    sharing.sort_unstable_by_key(|(at, _)| *at);
    sharing
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
        !self.other.path.is_everything() || self.first.path.takes_root()
    }

    /// A path that both match.
    pub(crate) fn overlap(&self) -> Overlap {
        self.of_first.overlaps(self.of_other)
    }

    /// Whether the first takes every path of the other.
    pub(crate) fn is_covered(&self) -> bool {
        self.of_first.covers(self.of_other) == Some(true)
    }

    /// Whether one of them takes every path of the other.
    pub(crate) fn is_nested(&self) -> bool {
        self.is_covered() || self.of_other.covers(self.of_first) == Some(true)
    }
}
