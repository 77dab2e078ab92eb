//! Which routes of a place stand in which object. Inside of one object the order decides between two rules that match
//! alike; between objects their age does, which nobody knows. So routes that only their order tells apart stay together,
//! and what is in different objects can share no request.
//!
//! The names hold while the table changes: the place's own object has its name and takes the rest, every route that
//! wants annotations has an object of its name, and so has one that the place's own has no room for.

use std::collections::{BTreeMap, BTreeSet};

use crate::mesh::pairs::{self, Pair};
use crate::mesh::{Mesh, Route, Variant};
use crate::objects::Map;
use crate::upstream::gateway;
use crate::upstream::overlap::Overlap;
use crate::value::Method;

use super::place::Routes;
use super::terms;

/// How the routes of a place become objects.
pub(super) struct Plan<'a> {
    variants: &'a [Variant],
    /// The routes in their order.
    routes: &'a [Route],
    /// The annotations of each route, by its name.
    annotations: BTreeMap<&'a str, Map>,
    /// The names of the routes of every method that must name each of them.
    contested: BTreeSet<&'a str>,
}

/// One object: its annotations, and the routes whose rules it holds, in their order.
pub(super) struct Group<'a> {
    /// The route that it is called after; `None` is the place's own object.
    pub(super) own: Option<&'a Route>,
    pub(super) annotations: Map,
    pub(super) routes: Vec<&'a Route>,
    /// Whether it takes what no route matches: the place's own does, unless a route takes everything.
    pub(super) catch_all: bool,
}

/// Two routes that would have to be in one object and cannot be.
pub(super) struct Tied<'a> {
    pub(super) first: &'a Route,
    pub(super) other: &'a Route,
    pub(super) overlap: Overlap,
}

impl<'a> Plan<'a> {
    /// The plan for the routes of a port.
    pub(super) fn of(mesh: &Mesh, of_port: Routes<'a>) -> Self {
        let Routes { routes, variants, .. } = of_port;
        let annotations = routes.iter().map(|route| (route.name.as_str(), terms::annotations(mesh, of_port, route))).collect();
        Self { variants, routes, annotations, contested: contested(routes) }
    }

    /// How many rules one route becomes: one for each variant, and one for everyone else.
    pub(super) fn rules_of_a_route(&self) -> usize {
        self.variants.len() + 1
    }

    /// Whether this route of every method has to name each: one behind it that names a method would be
    /// taken in its place.
    pub(super) fn is_contested(&self, route: &Route) -> bool {
        self.contested.contains(route.name.as_str())
    }

    pub(super) fn annotations(&self, route: &Route) -> &Map {
        &self.annotations[route.name.as_str()]
    }

    /// The objects, the place's own first.
    pub(super) fn groups(&self) -> Vec<Group<'a>> {
        let is_open = self.routes.iter().all(|route| route.method != Method::Any || !route.path.is_everything());
        let mut main = Group { own: None, annotations: Map::new(), routes: Vec::new(), catch_all: is_open };
        let mut others = Vec::new();
        for together in self.inseparable() {
            // Annotations apply to a whole object, so routes with the same ones may share it, and others may not.
            let first = together[0];
            let annotations = self.annotations(first);
            if annotations.is_empty() && self.fits(main.routes.iter().chain(&together).copied(), main.catch_all) {
                main.routes.extend(together);
            } else {
                let annotations = annotations.clone();
                others.push(Group { own: Some(first), annotations, routes: together, catch_all: false });
            }
        }
        let main = Some(main).filter(|main| main.catch_all || !main.routes.is_empty());
        main.into_iter().chain(others).collect()
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

    /// The routes, each with those that only their order tells it apart from. Where all routes without annotations fit
    /// into the place's own object they need not be told apart.
    pub(super) fn inseparable(&self) -> Vec<Vec<&'a Route>> {
        let plain = self.routes.iter().filter(|route| self.annotations(route).is_empty());
        let plain_fit = self.fits(plain, true);
        let mut tied: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        pairs::each(self.routes, |pair| {
            let (first, other) = (self.annotations(pair.first), self.annotations(pair.other));
            let is_needed = first == other && !(plain_fit && first.is_empty());
            if is_needed && self.only_order_decides(pair) && pair.may_meet() {
                let (first, other) = (pair.first.name.as_str(), pair.other.name.as_str());
                tied.entry(first).or_default().push(other);
                tied.entry(other).or_default().push(first);
            }
        });
        together(self.routes, &tied)
    }

    /// The pairs of routes that one request can match, that only their order tells apart, and whose
    /// annotations differ.
    pub(super) fn tied(&self) -> Vec<Tied<'a>> {
        let mut tied = Vec::new();
        pairs::each(self.routes, |pair| {
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

    /// Whether neither the length of the match nor the method decides: of two that match one request, one that names
    /// the method comes before one that does not.
    fn only_order_decides(&self, pair: &Pair<'_, '_>) -> bool {
        pair.share_a_method() && pair.is_of_one_length() && self.names_methods(pair.first) == self.names_methods(pair.other)
    }

    fn names_methods(&self, route: &Route) -> bool {
        route.method != Method::Any || self.is_contested(route)
    }
}

/// The routes, each with those that it is tied to, at once or through others.
fn together<'a>(routes: &'a [Route], tied: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<Vec<&'a Route>> {
    let mut set_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sets: Vec<Vec<&Route>> = Vec::new();
    for route in routes {
        if let Some(set) = set_of.get(route.name.as_str()) {
            sets[*set].push(route);
            continue;
        }
        // Everything that is tied to this route, also through others, gets the number of its set.
        let mut open = vec![route.name.as_str()];
        while let Some(name) = open.pop() {
            if set_of.insert(name, sets.len()).is_none() {
                open.extend(tied.get(name).into_iter().flatten());
            }
        }
        sets.push(vec![route]);
    }
    sets
}

/// The routes of every method that come before one that names a method, or before another contested one, and match the
/// same path at the same length; and those that match `/`, where what takes the rest matches as much. (linkerd2-proxy,
/// linkerd/http/route/src/http/match.rs)
fn contested(routes: &[Route]) -> BTreeSet<&str> {
    let of_every_method = routes.iter().filter(|route| route.method == Method::Any);
    let at_root = of_every_method.filter(|route| route.path.takes_root() && !route.path.is_everything());
    let mut contested: BTreeSet<&str> = at_root.map(|route| route.name.as_str()).collect();
    let mut before_another: Vec<(&str, &str)> = Vec::new();
    pairs::each(routes, |pair| {
        if pair.first.method != Method::Any || !pair.is_of_one_length() || !pair.may_meet() {
            return;
        }
        if pair.other.method == Method::Any {
            before_another.push((&pair.first.name, &pair.other.name));
        } else {
            contested.insert(&pair.first.name);
        }
    });
    // The pairs of the last route come last: whether it is contested is known when an earlier one is looked at.
    for (first, other) in before_another.into_iter().rev() {
        if contested.contains(other) {
            contested.insert(first);
        }
    }
    contested
}
