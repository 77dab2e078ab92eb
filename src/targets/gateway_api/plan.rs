//! Which of an app's routes stand in which object. Inside of one object the order decides between two
//! rules that match alike; between objects their age does, which nobody knows. So routes that only their
//! order tells apart stay together, and what is in different objects can share no request.

use crate::mesh::pairs::{self, Pair};
use crate::mesh::{App, Mesh, Method, Route};
use crate::objects::Map;
use crate::upstream::gateway;
use crate::upstream::overlap::Overlap;

use super::terms;

/// How the main port's routes become objects.
pub(super) struct Plan<'a> {
    app: &'a App,
    /// The annotations of each route, in the order of the routes.
    annotations: Vec<Map>,
    /// Routes of every method that must name each of them.
    contested: Vec<&'a Route>,
}

/// One object: its annotations, and the routes whose rules it holds, in their order.
pub(super) struct Group<'a> {
    pub(super) annotations: Map,
    pub(super) routes: Vec<&'a Route>,
    /// Whether it takes what no route matches: the first one does, unless a route takes everything.
    pub(super) catch_all: bool,
}

/// Two routes that would have to be in one object and cannot be.
pub(super) struct Tied<'a> {
    pub(super) first: &'a Route,
    pub(super) other: &'a Route,
    pub(super) overlap: Overlap,
}

impl<'a> Plan<'a> {
    pub(super) fn of(mesh: &Mesh, app: &'a App) -> Self {
        let annotations = app.routes.iter().map(|route| terms::annotations(mesh, app, route)).collect();
        Self { app, annotations, contested: contested(app) }
    }

    /// How many rules one route becomes: one for each variant, and one for everyone else.
    pub(super) fn rules_of_a_route(&self) -> usize {
        self.app.variants.len() + 1
    }

    /// Whether this route of every method has to name each: one behind it that names a method would be
    /// taken in its place.
    pub(super) fn is_contested(&self, route: &Route) -> bool {
        self.contested.iter().any(|one| std::ptr::eq(*one, route))
    }

    pub(super) fn annotations(&self, route: &Route) -> &Map {
        let at = self.app.routes.iter().position(|one| std::ptr::eq(one, route)).expect("it is a route of the app");
        &self.annotations[at]
    }

    /// The objects, the one that takes the rest first.
    pub(super) fn groups(&self) -> Vec<Group<'a>> {
        let open = self.app.routes.iter().all(|route| route.method != Method::Any || !route.path.is_everything());
        let mut groups = vec![Group { annotations: Map::new(), routes: Vec::new(), catch_all: open }];
        for together in self.inseparable() {
            let annotations = self.annotations(together[0]);
            let room = |group: &&mut Group<'a>| {
                let all = group.routes.iter().chain(&together).copied();
                group.annotations == *annotations && self.fits(all, group.catch_all)
            };
            match groups.iter_mut().find(room) {
                Some(group) => group.routes.extend(together),
                None => groups.push(Group { annotations: annotations.clone(), routes: together, catch_all: false }),
            }
        }
        let at = |route: &&Route| self.app.routes.iter().position(|other| std::ptr::eq(other, *route));
        groups.retain(|group| group.catch_all || !group.routes.is_empty());
        groups.iter_mut().for_each(|group| group.routes.sort_by_key(at));
        groups
    }

    /// Whether one object can hold these routes, and the rest where it takes that too.
    pub(super) fn fits<'r>(&self, routes: impl Iterator<Item = &'r Route>, catch_all: bool) -> bool {
        let (mut rules, mut matches) = (usize::from(catch_all), usize::from(catch_all));
        for route in routes {
            rules += 1;
            matches += if self.is_contested(route) { gateway::METHODS.len() } else { 1 };
        }
        rules * self.rules_of_a_route() <= gateway::MOST_RULES && matches * self.rules_of_a_route() <= gateway::MOST_MATCHES
    }

    /// The routes, each with those that only their order tells it apart from. Where all routes of a kind
    /// fit into one object there is nothing to tell apart.
    pub(super) fn inseparable(&self) -> Vec<Vec<&'a Route>> {
        let of_kind = |kind: &Map| {
            let kind = kind.clone();
            self.app.routes.iter().zip(&self.annotations).filter(move |(_, own)| **own == kind).map(|(route, _)| route)
        };
        if self.annotations.iter().all(|kind| self.fits(of_kind(kind), true)) {
            return self.app.routes.iter().map(|route| vec![route]).collect();
        }
        let mut together: Vec<Vec<&Route>> = self.app.routes.iter().map(|route| vec![route]).collect();
        pairs::each(self.app, |pair| {
            if self.only_order_decides(pair) && pair.overlap() != Overlap::Never {
                let at = |route: &Route| together.iter().position(|routes| routes.iter().any(|one| std::ptr::eq(*one, route)));
                let (Some(first), Some(other)) = (at(pair.first), at(pair.other)) else { return };
                if first != other {
                    let moved = together.remove(first.max(other));
                    together[first.min(other)].extend(moved);
                }
            }
        });
        together
    }

    /// The pairs of routes that one request can match, that only their order tells apart, and whose
    /// annotations differ.
    pub(super) fn tied(&self) -> Vec<Tied<'a>> {
        let mut tied = Vec::new();
        if self.annotations.windows(2).all(|pair| pair[0] == pair[1]) {
            return tied;
        }
        pairs::each(self.app, |pair| {
            if self.annotations(pair.first) == self.annotations(pair.other) || !self.only_order_decides(pair) {
                return;
            }
            let overlap = pair.overlap();
            if overlap != Overlap::Never {
                tied.push(Tied { first: pair.first, other: pair.other, overlap });
            }
        });
        tied
    }

    /// A route that names every method is outranked by none that names one.
    fn only_order_decides(&self, pair: &Pair<'_, '_>) -> bool {
        pair.is_tied() || self.is_contested(pair.other) && pair.share_a_method() && pair.is_of_one_length()
    }
}

/// Routes of every method that come before one that names a method and matches the same path, as `/`
/// does before what takes everything.
fn contested(app: &App) -> Vec<&Route> {
    let root = |route: &&Route| route.method == Method::Any && route.path.literal() == Some("/");
    let mut contested: Vec<&Route> = app.routes.iter().filter(root).collect();
    if app.routes.iter().all(|route| route.method != Method::Any) {
        return contested;
    }
    pairs::each(app, |pair| {
        let named = pair.first.method == Method::Any && pair.other.method != Method::Any;
        if named && pair.is_tied() && pair.overlap() != Overlap::Never {
            contested.push(pair.first);
        }
    });
    contested
}
