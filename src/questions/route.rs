//! Where a request goes: which route matches at the caller, on what terms, to which Services, and whether
//! their pods let it in.

use std::fmt;

use serde::Serialize;

use super::access::unknown;
use super::{Asker, askers, terms_to, world};
use crate::gate::Sound;
use crate::mesh::{App, Callee};
use crate::objects::Unit;
use crate::proxy::{Client, Decision, Request, Retry, Terms, Timeouts, Verdict, World, receive};

/// What becomes of one request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteAnswer {
    /// The route whose terms hold; none: no route matches, or the caller has no proxy.
    pub route: Option<String>,
    /// How long it may take.
    #[serde(flatten)]
    pub timeouts: Timeouts,
    /// When it is tried again; none: never.
    pub retry: Option<RetryAnswer>,
    /// Where it goes.
    pub backends: Vec<BackendAnswer>,
    /// Where a copy of it goes, whose answer nobody sees; none: nowhere.
    pub copies: Option<CopyAnswer>,
}

/// A Service that gets copies of requests.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CopyAnswer {
    /// The Service.
    pub service: String,
    /// Of how many requests in a hundred.
    pub percent: f64,
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetryAnswer {
    /// The statuses that count as failed, each as `500`, `500-599` or the name of a gRPC status.
    pub on: Vec<String>,
    /// How often one request is tried again; none: as often as the budget allows.
    pub limit: Option<u32>,
    /// How long one try may take; none: as long as the request.
    pub try_timeout: Option<String>,
    /// What bounds all retries together; none: nothing does.
    pub budget: Option<BudgetAnswer>,
}

/// What bounds the retries of one client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetAnswer {
    /// How many retries there may be for each request, over time.
    pub ratio: f64,
    /// So many a second are always allowed.
    pub min_per_second: u32,
}

impl From<Retry> for RetryAnswer {
    fn from(retry: Retry) -> Self {
        let budget = retry.budget.map(|(ratio, min_per_second)| BudgetAnswer { ratio, min_per_second });
        Self { on: retry.on, limit: retry.limit, try_timeout: retry.try_timeout, budget }
    }
}

/// As a person reads it.
impl fmt::Display for RetryAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "on {}", self.on.join(", "))?;
        if let Some(limit) = self.limit {
            write!(f, "; {limit} more for one request")?;
        }
        if let Some(timeout) = &self.try_timeout {
            write!(f, "; each try {timeout} at most")?;
        }
        if let Some(BudgetAnswer { ratio, min_per_second }) = &self.budget {
            let more = ratio * 100.0;
            write!(f, "; at most {more:.0} % more requests, and {min_per_second} a second from each client")?;
        }
        Ok(())
    }
}

/// A Service that takes a share of the requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackendAnswer {
    /// The Service.
    pub service: String,
    /// Its share, against those of the others.
    pub weight: u32,
    /// Whether its pods let the request in.
    pub verdict: Verdict,
    /// The object that decided, or what is missing.
    pub rule: String,
}

/// What becomes of a request from one name to another, on the main port.
///
/// # Errors
/// Says which name was probably meant.
pub(crate) fn answer(sound: Sound<'_>, from: &str, to: &str, asked: Request<'_>) -> Result<RouteAnswer, String> {
    let mesh = sound.mesh();
    let askers = askers(mesh);
    let names = askers.iter().map(|asker| asker.name.as_str());
    let Asker { client, .. } = askers.iter().find(|asker| asker.name == from).ok_or_else(|| unknown("caller", from, names))?;
    let callees = mesh.callees().map(|callee| callee.name().as_str());
    let units: Vec<Unit> = sound.units().collect();
    let world = world(mesh, &units);
    // A query is no part of what routes match.
    let request = Request { path: asked.path.split(['?', '#']).next().unwrap_or(asked.path), ..asked };
    let callee = mesh.callee(to).ok_or_else(|| unknown("callee", to, callees))?;
    let terms = terms_to(&world, client, (callee, callee.ports().main.numbers.service), request);
    Ok(terms.answered(|(service, weight)| {
        let Decision { verdict, rule } = match callee {
            Callee::External(_) => Decision { verdict: Verdict::Allowed, rule: "it is outside of the cluster".to_owned() },
            Callee::App(app) => admission(&world, client, app, &service, request),
        };
        BackendAnswer { service, weight, verdict, rule }
    }))
}

/// What the pods behind a Service do with a request; where they do not agree, the first that refuses it.
fn admission(world: &World<'_>, client: &Client, app: &App, service: &str, request: Request<'_>) -> Decision {
    let pods = world.behind(&app.namespace.name, service, app.ports.main.numbers.service);
    let decisions = pods.into_iter().map(|(pod, port)| receive(world, pod, port, request).decide(world, client));
    let refused = decisions.reduce(|one, other| if one.verdict == Verdict::Allowed { other } else { one });
    refused.unwrap_or_else(|| Decision { verdict: Verdict::Denied, rule: format!("no pods are behind the Service {service}") })
}

impl Terms {
    fn answered(self, backend: impl Fn((String, u32)) -> BackendAnswer) -> RouteAnswer {
        RouteAnswer {
            route: self.route,
            timeouts: self.timeouts,
            retry: self.retry.map(RetryAnswer::from),
            backends: self.backends.into_iter().map(backend).collect(),
            copies: self.copies.map(|(service, percent)| CopyAnswer { service, percent }),
        }
    }
}
