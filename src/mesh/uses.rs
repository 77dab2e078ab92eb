//! What a person made use of, and where: the list that is held against what the chosen targets can do.

use crate::mesh::{Access, App, Callee, Mesh, Namespace, Port, Provider, Route};
use crate::spanned::{Span, Spanned};
use crate::support::Feature;
use crate::value::{InboundPolicy, Protocol, RetryCondition, Traffic};

/// A feature, and where it was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) feature: Feature,
    pub(crate) span: Span,
}

impl Mesh {
    /// Every feature that is used, wherever it is used.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut uses = Uses(Vec::new());
        let by_access = self.cluster.provider() == Provider::Linkerd && self.cluster.traffic.value != Traffic::GatewayApi;
        let for_access = self.cluster.gateway_api.filter(|_| by_access);
        uses.add(Feature::GatewayApi, for_access.map(|version| version.span));
        uses.of_inbound(self.cluster.inbound);
        self.namespaces.iter().for_each(|namespace| uses.of_namespace(namespace));
        self.external.iter().for_each(|outside| uses.add(Feature::OutsideHost, Some(outside.host.span)));
        for callee in self.callees() {
            callee.app().into_iter().for_each(|app| uses.of_app(app));
            for port in callee.ports().iter() {
                port.routes.iter().for_each(|route| uses.of_route(callee, port, route));
            }
        }
        uses.0
    }
}

/// The uses that were found.
struct Uses(Vec<Use>);

impl Uses {
    fn add(&mut self, feature: Feature, span: Option<Span>) {
        self.0.extend(span.map(|span| Use { feature, span }));
    }

    fn of_namespace(&mut self, namespace: &Namespace) {
        self.add(Feature::Inbound, namespace.inbound.map(|inbound| inbound.span));
        self.of_inbound(namespace.inbound);
    }

    fn of_inbound(&mut self, inbound: Option<Spanned<InboundPolicy>>) {
        let feature = inbound.and_then(|inbound| match inbound.value {
            InboundPolicy::ClusterUnauthenticated | InboundPolicy::ClusterAuthenticated => Some(Feature::InboundOfCluster),
            InboundPolicy::Audit => Some(Feature::Audit),
            InboundPolicy::AllUnauthenticated | InboundPolicy::AllAuthenticated | InboundPolicy::Deny => None,
        });
        if let Some((feature, inbound)) = feature.zip(inbound) {
            self.add(feature, Some(inbound.span));
        }
    }

    fn of_app(&mut self, app: &App) {
        let split = app.routing.split().map(|split| split.span);
        self.add(Feature::Split, split);
        self.add(Feature::SplitOfBytes, split.filter(|_| !app.ports.main.has_requests()));
        for port in app.ports.additional.iter().filter(|port| !port.has_requests()) {
            self.add(Feature::SplitOfFurtherBytes, split.map(|_| port.protocol.span));
        }
        self.add(Feature::Mirror, app.mirror.as_ref().map(|mirror| mirror.span));
        self.add(Feature::RetryBudget, app.retry_budget.map(|budget| budget.span));
        self.add(Feature::CircuitBreaker, app.circuit_breaker.map(|breaker| breaker.span));
        let has_grpc = app.ports.iter().any(|port| port.protocol.value == Protocol::Grpc);
        for variant in &app.variants {
            let feature = if has_grpc { Feature::VariantsOfGrpc } else { Feature::Variants };
            self.add(feature, Some(variant.name.span));
        }
        for port in app.ports.iter() {
            self.add(Feature::Callers, callers(Some(&port.access)));
            self.add(Feature::RateLimit, port.rate_limit.as_ref().map(|limit| limit.span));
        }
    }

    fn of_route(&mut self, callee: Callee<'_>, port: &Port, route: &Route) {
        let plain = callee.app().is_none() || !port.is_closed() || route.path.is_of_whole_segments();
        self.add(Feature::RouteCallers, callers(route.callers.as_ref()));
        self.add(Feature::RouteCallersByExpression, Some(route.path.span).filter(|_| !plain));
        route.timeouts.iter().for_each(|timeout| self.add(timeout.feature, Some(timeout.span)));
        self.add(Feature::Stream, route.stream.map(|stream| stream.span));
        let Some(retry) = &route.retry else { return };
        let outside = callee.app().is_none();
        let over_http = route.grpc && !outside && port.protocol.value != Protocol::Grpc;
        let on = retry.on.as_ref();
        let of_http = on.filter(|on| on.iter().any(|one| matches!(one, RetryCondition::Http(..)))).map(|on| on.span);
        let of_grpc = on.filter(|on| on.iter().any(|one| matches!(one, RetryCondition::Grpc(_)))).map(|on| on.span);
        self.add(Feature::Retry, Some(retry.span));
        self.add(Feature::RetryLimit, retry.limit.map(|limit| limit.span));
        self.add(Feature::RetryTimeout, retry.timeout.map(|timeout| timeout.span));
        self.add(Feature::RetryOfGrpcOverHttp, Some(retry.span).filter(|_| over_http));
        self.add(Feature::RetryOfGrpcOutside, Some(retry.span).filter(|_| route.grpc && outside));
        self.add(Feature::RetryStatuses, of_http);
        self.add(Feature::HttpStatusesOfGrpc, of_http.filter(|_| route.grpc));
        self.add(Feature::RetryGrpcStatuses, of_grpc);
    }
}

fn callers(access: Option<&Access>) -> Option<Span> {
    match access {
        Some(Access::Only(callers)) => Some(callers.span),
        Some(Access::Inbound(_) | Access::Default(_)) | None => None,
    }
}
