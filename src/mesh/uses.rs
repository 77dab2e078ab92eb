//! What a person made use of, and where: the list that is held against what the chosen targets can do.

use crate::mesh::{Access, InboundPolicy, Mesh, RetryCondition};
use crate::spanned::Span;

/// Something that a target honours, weakens or ignores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Feature {
    /// Requests are split between versions.
    Split,
    /// A route has a timeout.
    Timeout,
    /// A route is retried.
    Retry,
    /// A retry says which HTTP statuses count.
    RetryStatuses,
    /// A retry says which gRPC statuses count.
    RetryGrpcStatuses,
    /// A retry says how often.
    RetryLimit,
    /// Retries have a budget.
    RetryBudget,
    /// A port names its callers.
    Callers,
    /// A route names its callers.
    RouteCallers,
    /// A namespace says whom its ports admit.
    Inbound,
    /// A namespace admits everyone and logs what `deny` would refuse.
    Audit,
    /// The cluster has the Gateway API's CRDs.
    GatewayApi,
}

/// A feature, and where it was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) feature: Feature,
    pub(crate) span: Span,
}

impl Mesh {
    /// Every feature that is used, wherever it is used.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        let mut add = |feature, span: Option<Span>| uses.extend(span.map(|span| Use { feature, span }));
        add(Feature::GatewayApi, self.cluster.gateway_api.map(|version| version.span));
        for namespace in &self.namespaces {
            let audit = namespace.inbound.filter(|inbound| inbound.value == InboundPolicy::Audit);
            add(Feature::Inbound, namespace.inbound.map(|inbound| inbound.span));
            add(Feature::Audit, audit.map(|inbound| inbound.span));
        }
        for app in &self.apps {
            add(Feature::Split, app.split.as_ref().map(|split| split.span));
            add(Feature::RetryBudget, app.retry_budget.map(|budget| budget.span));
            for port in &app.ports {
                add(Feature::Callers, callers(Some(&port.access)));
            }
            for route in &app.routes {
                add(Feature::RouteCallers, callers(route.callers.as_ref()));
                add(Feature::Timeout, route.timeout.map(|timeout| timeout.span));
                add(Feature::Retry, route.retry.as_ref().map(|retry| retry.span));
                let Some(retry) = &route.retry else { continue };
                add(Feature::RetryLimit, retry.limit.map(|limit| limit.span));
                let statuses = |grpc: bool| {
                    let on = retry.on.as_ref().filter(|on| on.iter().any(|one| matches!(one, RetryCondition::Grpc(_)) == grpc));
                    on.map(|on| on.span)
                };
                add(Feature::RetryStatuses, statuses(false));
                add(Feature::RetryGrpcStatuses, statuses(true));
            }
        }
        uses
    }
}

fn callers(access: Option<&Access>) -> Option<Span> {
    match access {
        Some(Access::Only(callers)) => Some(callers.span),
        _ => None,
    }
}
