//! How many pods there are, and how many may be missing.

use crate::mesh::{App, Autoscale, Mesh, Replicas, Scale, Version};
use crate::objects::apps::{RollingUpdate, Strategy};
use crate::objects::autoscaling::{HorizontalPodAutoscalerSpec, Metric, MetricTarget, ResourceMetric, ScaleTarget};
use crate::objects::core::IntOrString;
use crate::objects::policy::PodDisruptionBudgetSpec;
use crate::objects::{Object, Rest};
use crate::upstream::versions::CONTAINER_METRICS_SINCE;
use crate::value::Amount;

use super::{labels, of_version, version_name};

/// The number in the Deployment; none where an autoscaler owns it.
pub(super) fn replicas(replicas: &Replicas) -> Option<u32> {
    replicas.owner().written(replicas.least())
}

pub(super) fn strategy(scale: &Scale) -> Option<Strategy> {
    let rolling = scale.rolling_update?;
    let rolling_update = RollingUpdate {
        max_surge: rolling.max_surge.map(|surge| amount(surge.value)),
        max_unavailable: rolling.max_unavailable.map(|unavailable| amount(unavailable.value)),
        rest: Rest::new(),
    };
    Some(Strategy { r#type: Some("RollingUpdate".into()), rolling_update: Some(rolling_update), rest: Rest::new() })
}

fn amount(amount: Amount) -> IntOrString {
    match amount {
        Amount::Count(pods) => IntOrString::Int(pods),
        Amount::Percent(percent) => IntOrString::String(format!("{percent}%").into()),
    }
}

/// An autoscaler that looks at the app's own container: a proxy beside it asks for no CPU, and a
/// metric of the whole pod would fail for want of that.
pub(super) fn autoscaler(mesh: &Mesh, app: &App, version: &Version) -> Option<Object> {
    let Replicas::Auto(autoscale) = version.scale.replicas else { return None };
    let spec = HorizontalPodAutoscalerSpec {
        scale_target_ref: ScaleTarget {
            api_version: Some("apps/v1".into()),
            kind: "Deployment".into(),
            name: version_name(app, version),
            rest: Rest::new(),
        },
        min_replicas: Some(autoscale.min.value),
        max_replicas: autoscale.max.value,
        metrics: vec![metric(mesh, app, autoscale)].into(),
        rest: Rest::new(),
    };
    Some(of_version(app, version, spec))
}

fn metric(mesh: &Mesh, app: &App, autoscale: Autoscale) -> Metric {
    let average_utilization = autoscale.cpu.whole_percent().unwrap_or(100);
    let target = MetricTarget { r#type: "Utilization".into(), average_utilization: Some(average_utilization), rest: Rest::new() };
    let (of_container, rest) = (mesh.cluster.kubernetes.value >= CONTAINER_METRICS_SINCE, Rest::new());
    let container = of_container.then(|| app.name.value.clone());
    let cpu = Some(ResourceMetric { container, name: "cpu".into(), target, rest: Rest::new() });
    if of_container {
        Metric { r#type: "ContainerResource".into(), container_resource: cpu, resource: None, rest }
    } else {
        Metric { r#type: "Resource".into(), container_resource: None, resource: cpu, rest }
    }
}

/// One pod at a time may be evicted, and a broken one always. A single pod gets no budget: it would
/// block every drain of its node.
pub(super) fn disruption_budget(app: &App, version: &Version) -> Option<Object> {
    if version.scale.replicas.least() < 2 {
        return None;
    }
    let spec = PodDisruptionBudgetSpec {
        max_unavailable: Some(IntOrString::Int(1)),
        unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
        selector: Some(labels(app, version).into()),
        rest: Rest::new(),
    };
    Some(of_version(app, version, spec))
}
