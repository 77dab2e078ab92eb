//! The ServiceProfile, one for each Service that has routes or a split, named by its DNS name: only
//! under that name does a proxy look for it.

use crate::mesh::{App, Mesh, Retry, Route, names};
use crate::objects::core::ResourceQuantity;
use crate::objects::linkerd::{
    ProfileRoute, RequestMatch, ResponseClass, ResponseMatch, RetryBudget, ServiceProfileSpec, StatusRange, WeightedDst,
};
use crate::objects::{Map, Metadata, Object, Rest};
use crate::targets::metadata;
use crate::value::{Method, RetryCondition};

/// Tells the SMI extension to leave a profile alone.
const SKIP: &str = "smi.linkerd.io/skip";

pub(super) fn profile(mesh: &Mesh, app: &App) -> Option<Object> {
    if app.routes().next().is_none() && app.routing.split().is_none() {
        return None;
    }
    let namespace = &app.namespace.name.value;
    let weighted = app.routing.split().into_iter().flat_map(|split| &split.weights).map(|(version, weight)| WeightedDst {
        authority: names::fqdn(&names::workload(&app.name, Some(version)), namespace, mesh),
        weight: ResourceQuantity::String(weight.value.to_string().into()),
        rest: Rest::new(),
    });
    // Without the annotation, the extension clears the weights when a TrafficSplit of this Service is deleted.
    let skip = mesh.cluster.profile_weights_owner().written((SKIP.into(), "true".into()));
    let annotations: Map = skip.into_iter().collect();
    let spec = ServiceProfileSpec {
        routes: app.routes().map(route).collect(),
        retry_budget: app.retry_budget.map(|budget| RetryBudget {
            retry_ratio: budget.ratio.0,
            min_retries_per_second: budget.min_per_second.value,
            ttl: budget.ttl.to_string(),
            rest: Rest::new(),
        }),
        dst_overrides: weighted.collect(),
        rest: Rest::new(),
    };
    let name = names::fqdn(&app.name, namespace, mesh);
    let metadata = Metadata { annotations: annotations.into(), ..metadata::of_app(name, app) };
    Some(Object::new(metadata, spec, metadata::app_origin(app)))
}

fn route(route: &Route) -> ProfileRoute {
    ProfileRoute {
        name: route.name.value.clone(),
        condition: RequestMatch {
            method: Some(route.method).filter(|method| *method != Method::Any).map(|method| method.word().to_uppercase()),
            path_regex: Some(format!("^{}$", route.path.regex())),
            rest: Rest::new(),
        },
        timeout: route.timeouts.request.map(|timeout| timeout.to_string()),
        is_retryable: route.retry.is_some().then_some(true),
        response_classes: route.retry.as_ref().map(|retry| response_classes(retry)).unwrap_or_default().into(),
        rest: Rest::new(),
    }
}

/// A profile retries what counts as a failure. Every 5xx does unless a class says otherwise, so the
/// statuses that were named become failures, and the remaining 5xx do not.
fn response_classes(retry: &Retry) -> Vec<ResponseClass> {
    let named = retry.on.iter().flat_map(|on| on.iter()).filter_map(|condition| match condition {
        RetryCondition::Http(first, last) => Some((*first, *last)),
        RetryCondition::Grpc(_) => None,
    });
    let named: std::collections::BTreeSet<(u16, u16)> = named.collect();
    if named.is_empty() || (named.len() == 1 && named.contains(&(500, 599))) {
        return Vec::new();
    }
    named.into_iter().map(|(first, last)| class(first, last, true)).chain([class(500, 599, false)]).collect()
}

fn class(min: u16, max: u16, is_failure: bool) -> ResponseClass {
    let status = StatusRange { min: Some(min), max: Some(max), rest: Rest::new() };
    let condition = ResponseMatch { status: Some(status), rest: Rest::new() };
    ResponseClass { condition, is_failure: Some(is_failure), rest: Rest::new() }
}
