//! The calls of a mesh as a graph. A node is what is called: a route of an app, or an app as a whole.

use std::collections::BTreeMap;
use std::iter;

use crate::mesh::{Call, Callee, Job, Mesh, Route};

/// What is called: one route of an app, or all of the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) callee: Callee<'a>,
    pub(crate) route: Option<&'a Route>,
}

/// By whom a call is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    Node(Node<'a>),
    Job(&'a Job),
}

impl<'a> Node<'a> {
    /// Which node it is; no two have the same.
    pub(crate) fn key(self) -> (&'a str, Option<&'a str>) {
        (self.callee.name().as_str(), self.route.map(|route| route.name.as_str()))
    }

    /// `APP.ROUTE`, or `APP`.
    pub(crate) fn name(self) -> String {
        let (app, route) = self.key();
        route.map_or_else(|| app.to_owned(), |route| format!("{app}.{route}"))
    }

    /// The calls that are made to serve it.
    pub(crate) fn calls(self) -> Box<dyn Iterator<Item = &'a Call> + 'a> {
        match (self.callee, self.route) {
            (_, Some(Route { calls: Some(calls), .. })) => Box::new(calls.iter()),
            (Callee::App(app), Some(route)) if app.is_probed(route) => Box::new(iter::empty()),
            (Callee::App(app), Some(_)) => Box::new(app.calls.iter()),
            (Callee::App(app), None) => Box::new(app.all_calls()),
            (Callee::External(_), _) => Box::new(iter::empty()),
        }
    }

    /// The routes that a call of it can meet.
    pub(crate) fn routes(self) -> impl Iterator<Item = &'a Route> {
        self.callee.routes().filter(move |route| self.route.is_none_or(|own| std::ptr::eq(own, *route)))
    }
}

impl<'a> Origin<'a> {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Node(node) => node.name(),
            Self::Job(job) => job.name.value.clone(),
        }
    }

    pub(crate) fn calls(self) -> Box<dyn Iterator<Item = &'a Call> + 'a> {
        match self {
            Self::Node(node) => node.calls(),
            Self::Job(job) => Box::new(job.calls.iter()),
        }
    }

    /// How often its client libraries send a call, at most.
    pub(crate) fn sends(self) -> u64 {
        let retries = match self {
            Self::Node(node) => node.callee.app().and_then(|app| app.client_retries),
            Self::Job(job) => job.client_retries,
        };
        retries.map_or(0, |retries| u64::from(retries.value)) + 1
    }
}

impl Mesh {
    /// What a call names; `None` for a further port, of which nothing is known.
    pub(crate) fn called_by(&self, call: &Call) -> Option<Node<'_>> {
        let callee = self.callee(&call.callee)?;
        match &call.part {
            None => Some(Node { callee, route: None }),
            Some(part) => {
                let route = callee.routes().find(|route| route.name.as_str() == part)?;
                Some(Node { callee, route: Some(route) })
            }
        }
    }

    /// Everything that makes calls: every route, every app without routes, every job.
    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin<'_>> {
        let routes = self.apps.iter().flat_map(|app| app.routes().map(move |route| (Callee::App(app), route)));
        let routes = routes.map(|(callee, route)| Node { callee, route: Some(route) });
        let whole = self.apps.iter().filter(|app| app.routes().next().is_none());
        let whole = whole.map(|app| Node { callee: Callee::App(app), route: None });
        routes.chain(whole).map(Origin::Node).chain(self.jobs.iter().map(Origin::Job))
    }
}

/// So long a path is followed; no request lives through a longer one.
const DEEPEST: usize = 200;

/// A value of a node that rests on those of the nodes that it calls, found once for each node. In a
/// cycle, which is reported by itself, a node that is being looked at counts as unknown.
pub(crate) struct Walk<'a, T> {
    mesh: &'a Mesh,
    depth: usize,
    known: BTreeMap<(&'a str, Option<&'a str>), Option<T>>,
    of: Of<'a, T>,
}

/// Makes a node's value of those of its calls; `None` where nothing is known.
type Of<'a, T> = fn(Node<'a>, Vec<(&'a Call, T)>) -> Option<T>;

impl<'a, T: Clone> Walk<'a, T> {
    pub(crate) fn new(mesh: &'a Mesh, of: Of<'a, T>) -> Self {
        Self { mesh, depth: 0, known: BTreeMap::new(), of }
    }

    /// The value of what a call names.
    pub(crate) fn callee(&mut self, call: &'a Call) -> Option<T> {
        let node = self.mesh.called_by(call)?;
        if let Some(known) = self.known.get(&node.key()) {
            return known.clone();
        }
        if self.depth == DEEPEST {
            return None;
        }
        self.known.insert(node.key(), None);
        self.depth += 1;
        let below = self.below(node.calls());
        self.depth -= 1;
        let value = (self.of)(node, below);
        self.known.insert(node.key(), value.clone());
        value
    }

    /// Each of these calls with the value of what it names, where that is known.
    pub(crate) fn below(&mut self, calls: impl Iterator<Item = &'a Call>) -> Vec<(&'a Call, T)> {
        calls.filter_map(|call| Some((call, self.callee(call)?))).collect()
    }
}
