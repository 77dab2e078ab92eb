//! Which of an app's routes stand in which object. Inside of one object the order decides between two
//! rules that match alike; between objects their age does, which nobody knows. So routes that only their
//! order tells apart stay together, and what is in different objects can share no request.

use std::collections::BTreeMap;

use crate::mesh::pairs;
use crate::mesh::{App, Mesh, Method, Route};
use crate::objects::Map;
use crate::upstream::gateway;
use crate::upstream::overlap::Overlap;

use super::terms;

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

/// How many rules one route becomes: one for each variant, and one for everyone else.
pub(super) fn rules_of_a_route(app: &App) -> usize {
    app.variants.len() + 1
}

/// The objects of the main port's routes.
pub(super) fn groups<'a>(mesh: &Mesh, app: &'a App) -> Vec<Group<'a>> {
    let open = app.routes.iter().all(|route| route.method != Method::Any || !route.path.is_everything());
    let mut groups = vec![Group { annotations: Map::new(), routes: Vec::new(), catch_all: open }];
    for together in inseparable(mesh, app) {
        let annotations = terms::annotations(mesh, app, together[0]);
        let rules = |group: &Group<'_>| (group.routes.len() + usize::from(group.catch_all)) * rules_of_a_route(app);
        let room = |group: &&mut Group<'a>| {
            let more = together.len() * rules_of_a_route(app);
            group.annotations == annotations && rules(group) + more <= gateway::MOST_RULES
        };
        match groups.iter_mut().find(room) {
            Some(group) => group.routes.extend(together),
            None => groups.push(Group { annotations, routes: together, catch_all: false }),
        }
    }
    let at = |route: &&Route| app.routes.iter().position(|other| std::ptr::eq(other, *route));
    groups.retain(|group| group.catch_all || !group.routes.is_empty());
    groups.iter_mut().for_each(|group| group.routes.sort_by_key(at));
    groups
}

/// The routes, each with those that only their order tells it apart from. Where all of them fit into one
/// object there is nothing to tell apart.
pub(super) fn inseparable<'a>(mesh: &Mesh, app: &'a App) -> Vec<Vec<&'a Route>> {
    let mut kinds: BTreeMap<Map, Vec<&Route>> = BTreeMap::new();
    for route in &app.routes {
        kinds.entry(terms::annotations(mesh, app, route)).or_default().push(route);
    }
    let fits = |routes: &Vec<&Route>| (routes.len() + 1) * rules_of_a_route(app) <= gateway::MOST_RULES;
    if kinds.values().all(fits) {
        return app.routes.iter().map(|route| vec![route]).collect();
    }
    let mut together: Vec<Vec<&Route>> = app.routes.iter().map(|route| vec![route]).collect();
    pairs::each(app, |pair| {
        if pair.is_tied() && pair.overlap() != Overlap::Never {
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
pub(super) fn tied<'a>(mesh: &Mesh, app: &'a App) -> Vec<Tied<'a>> {
    let mut tied = Vec::new();
    let own = |route: &Route| app.routes.iter().find(|one| one.name == route.name).expect("a pair is of the app's routes");
    let annotations: Vec<Map> = app.routes.iter().map(|route| terms::annotations(mesh, app, route)).collect();
    if annotations.windows(2).all(|pair| pair[0] == pair[1]) {
        return tied;
    }
    pairs::each(app, |pair| {
        let [one, other] = [pair.first, pair.other].map(|route| terms::annotations(mesh, app, route));
        if one == other || !pair.is_tied() {
            return;
        }
        let overlap = pair.overlap();
        if overlap != Overlap::Never {
            tied.push(Tied { first: own(pair.first), other: own(pair.other), overlap });
        }
    });
    tied
}
