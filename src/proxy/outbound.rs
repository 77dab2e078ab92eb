//! Where a caller's proxy sends a request, and on what terms (linkerd2-proxy, app/outbound and
//! service-profiles; linkerd2, controller/api/destination; linkerd-smi, pkg/adaptor).

use regex::Regex;

use super::{Client, Request, World};
use crate::objects::Metadata;
use crate::objects::linkerd::{ProfileRoute, RetryBudget, ServiceProfileSpec};

const SKIP: &str = "smi.linkerd.io/skip";

/// The terms of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// The route that matches.
    pub(crate) route: Option<String>,
    /// How long the whole request may take.
    pub(crate) timeout: Option<String>,
    /// When a failed request is tried again.
    pub(crate) retry: Option<Retry>,
    /// The Services that it goes to, with their weights.
    pub(crate) backends: Vec<(String, u32)>,
}

/// When and how often a failed request is tried again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retry {
    /// The statuses that count as failed, from the first to the last.
    pub(crate) statuses: Vec<(u16, u16)>,
    /// How many retries there may be for each request, over time.
    pub(crate) ratio: f64,
    /// So many a second are always allowed.
    pub(crate) min_per_second: u32,
}

/// What a proxy allows where a profile has no budget (linkerd2, controller/api/destination).
const DEFAULT_BUDGET: (f64, u32) = (0.2, 10);

/// What happens to a request of this client to a Service.
pub(crate) fn terms(world: &World<'_>, client: &Client, namespace: &str, service: &str, request: Request<'_>) -> Terms {
    let itself = Terms { backends: vec![(service.to_owned(), 1)], ..Terms::default() };
    let name = format!("{service}.{namespace}.svc.{}", world.settings.domain);
    // Without a proxy a caller knows the Service alone.
    let found = world.profiles.get(&(namespace, name.as_str())).filter(|_| client.identity.is_some());
    let Some((metadata, profile)) = found else { return itself };
    let backends = backends(world, metadata, profile, namespace, service);
    // A profile that holds nothing but a budget is not looked at.
    if profile.routes.is_empty() && backends.is_empty() {
        return itself;
    }
    let backends = if backends.is_empty() { itself.backends } else { backends };
    let Some(route) = profile.routes.iter().find(|route| is_match(route, request)) else {
        return Terms { backends, ..Terms::default() };
    };
    Terms {
        route: Some(route.name.clone()),
        timeout: route.timeout.clone(),
        retry: route.is_retryable.then(|| retry(route, profile.retry_budget.as_ref())),
        backends,
    }
}

/// The weights of the split, which the extension copies into the profile unless it is told to skip it;
/// a weight of 0 is none.
fn backends(
    world: &World<'_>,
    metadata: &Metadata,
    profile: &ServiceProfileSpec,
    namespace: &str,
    service: &str,
) -> Vec<(String, u32)> {
    let split = world.splits.get(&(namespace, service)).filter(|_| !metadata.annotations.contains_key(SKIP));
    let weights: Vec<(String, u32)> = match split {
        Some(split) => split.backends.iter().map(|backend| (backend.service.clone(), backend.weight)).collect(),
        None => {
            let end = format!(".{namespace}.svc.{}", world.settings.domain);
            let short = |authority: &str| authority.strip_suffix(&end).unwrap_or(authority).to_owned();
            let weight = |weight: &str| weight.parse().unwrap_or(0);
            profile.dst_overrides.iter().map(|dst| (short(&dst.authority), weight(&dst.weight))).collect()
        }
    };
    weights.into_iter().filter(|(_, weight)| *weight > 0).collect()
}

/// The whole path must match; an expression that is not anchored is anchored by Linkerd.
fn is_match(route: &ProfileRoute, request: Request<'_>) -> bool {
    let regex = &route.condition.path_regex;
    let start = if regex.starts_with('^') { "" } else { "^" };
    let end = if regex.ends_with('$') { "" } else { "$" };
    let path = Regex::new(&format!("{start}{regex}{end}")).is_ok_and(|regex| regex.is_match(request.path));
    path && route.condition.method.as_deref().is_none_or(|method| method == request.method)
}

fn retry(route: &ProfileRoute, budget: Option<&RetryBudget>) -> Retry {
    let (ratio, min_per_second) = budget.map_or(DEFAULT_BUDGET, |budget| (budget.retry_ratio, budget.min_retries_per_second));
    let mut statuses: Vec<(u16, u16)> = Vec::new();
    for class in &route.response_classes {
        let status = &class.condition.status;
        if class.is_failure {
            statuses.push((status.min, status.max));
        }
    }
    let decided = route.response_classes.iter().any(|class| !class.is_failure && class.condition.status.min <= 500);
    if !decided {
        statuses.push((500, 599));
    }
    Retry { statuses, ratio, min_per_second }
}
