//! What a ServiceProfile says, and the weights of a TrafficSplit beside it (linkerd2-proxy,
//! linkerd/service-profiles; linkerd-smi, pkg/adaptor).

use crate::objects::Metadata;
use crate::objects::core::ResourceQuantity;
use crate::objects::linkerd::{ProfileRoute, ResponseClass, RetryBudget, ServiceProfileSpec};
use crate::proxy::{Request, Retry, Terms, Timeouts, World, range};

const SKIP: &str = "smi.linkerd.io/skip";

/// What a proxy allows where a profile has no budget (linkerd2, controller/api/destination).
const DEFAULT_BUDGET: (f64, u32) = (0.2, 10);

/// The terms of a request by the profile of its Service; `None` where none has routes or weights.
pub(super) fn terms(world: &World<'_>, namespace: &str, service: &str, request: Request<'_>) -> Option<Terms> {
    let name = world.fqdn(namespace, service);
    let (metadata, profile) = world.profiles.get(&(namespace, name.as_str()))?;
    let backends = backends(world, metadata, profile, namespace, service);
    // A profile that holds nothing but a budget is not looked at.
    if profile.routes.is_empty() && backends.is_empty() {
        return None;
    }
    let backends = if backends.is_empty() { vec![(service.to_owned(), 1)] } else { backends };
    let Some(route) = profile.routes.iter().find(|route| is_match(world, route, request)) else {
        return Some(Terms { backends, ..Terms::default() });
    };
    Some(Terms {
        route: Some(route.name.clone()),
        timeouts: Timeouts::of_request(route.timeout.clone()),
        retry: route.is_retryable.unwrap_or_default().then(|| retry(route, profile.retry_budget.as_ref())),
        backends,
        ..Terms::default()
    })
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
            let overrides = profile.dst_overrides.iter();
            overrides.map(|dst| (world.short_name(namespace, &dst.authority), weight(&dst.weight))).collect()
        }
    };
    weights.into_iter().filter(|(_, weight)| *weight > 0).collect()
}

/// The whole path must match; an expression that is not anchored is anchored by Linkerd.
fn is_match(world: &World<'_>, route: &ProfileRoute, request: Request<'_>) -> bool {
    // Without an expression every path matches.
    let regex = route.condition.path_regex.as_deref().unwrap_or(".*");
    let start = if regex.starts_with('^') { "" } else { "^" };
    let end = if regex.ends_with('$') { "" } else { "$" };
    let expression = world.expressions.get(&format!("{start}{regex}{end}"));
    let path = expression.is_some_and(|expression| expression.is_match(request.path));
    path && route.condition.method.as_deref().is_none_or(|method| method == request.method)
}

fn retry(route: &ProfileRoute, budget: Option<&RetryBudget>) -> Retry {
    let budget = budget.map_or(DEFAULT_BUDGET, |budget| (budget.retry_ratio, budget.min_retries_per_second));
    let failures = route.response_classes.iter().filter(|class| is_failure(class)).filter_map(statuses);
    let mut on: Vec<String> = failures.map(|(min, max)| range(min, max)).collect();
    let mut successes = route.response_classes.iter().filter(|class| !is_failure(class)).filter_map(statuses);
    let decided = successes.any(|(min, _)| min <= 500);
    if !decided {
        on.push(range(500, 599));
    }
    Retry { on, limit: None, try_timeout: None, budget: Some(budget) }
}

fn is_failure(class: &ResponseClass) -> bool {
    class.is_failure.unwrap_or_default()
}

/// The statuses of a class; the proxy drops one that lacks an end.
fn statuses(class: &ResponseClass) -> Option<(u16, u16)> {
    let status = class.condition.status.as_ref()?;
    status.min.zip(status.max)
}

fn weight(weight: &ResourceQuantity) -> u32 {
    match weight {
        ResourceQuantity::String(text) => text.parse().unwrap_or(0),
        ResourceQuantity::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()).unwrap_or(0),
    }
}
