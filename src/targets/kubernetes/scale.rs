//! How many pods there are, and how many may be missing.

use crate::mesh::{App, Autoscale, Mesh, Replicas, Scale, Version};
use crate::objects::Object;
use crate::objects::apps::{LabelSelector, RollingUpdate, Strategy};
use crate::objects::autoscaling::{HorizontalPodAutoscalerSpec, Metric, MetricSource, MetricTarget, ScaleTarget};
use crate::objects::core::IntOrString;
use crate::objects::policy::PodDisruptionBudgetSpec;
use crate::upstream::versions::CONTAINER_METRICS_SINCE;
use crate::value::Amount;

use super::{labels, of_version, version_name};

/// The number in the Deployment; none where an autoscaler owns it.
pub(super) fn fixed_replicas(scale: &Scale) -> Option<u32> {
    match scale.replicas {
        Replicas::Fixed(replicas) => Some(replicas),
        Replicas::Auto(_) => None,
    }
}

pub(super) fn strategy(scale: &Scale) -> Option<Strategy> {
    let rolling = scale.rolling_update?;
    let amount = |amount: Amount| match amount {
        Amount::Count(pods) => IntOrString::Int(pods),
        Amount::Percent(percent) => IntOrString::String(format!("{percent}%").into()),
    };
    Some(Strategy {
        r#type: "RollingUpdate",
        rolling_update: RollingUpdate {
            max_surge: rolling.max_surge.map(|surge| amount(surge.value)),
            max_unavailable: rolling.max_unavailable.map(|unavailable| amount(unavailable.value)),
        },
    })
}

/// An autoscaler that looks at the app's own container: a proxy beside it asks for no CPU, and a
/// metric of the whole pod would fail for want of that.
pub(super) fn autoscaler(mesh: &Mesh, app: &App, version: &Version) -> Option<Object> {
    let Replicas::Auto(autoscale) = version.scale.replicas else { return None };
    let spec = HorizontalPodAutoscalerSpec {
        scale_target_ref: ScaleTarget { api_version: "apps/v1", kind: "Deployment", name: version_name(app, version) },
        min_replicas: autoscale.min.value,
        max_replicas: autoscale.max.value,
        metrics: vec![metric(mesh, app, autoscale)],
    };
    Some(of_version(app, version, spec))
}

fn metric(mesh: &Mesh, app: &App, autoscale: Autoscale) -> Metric {
    let average_utilization = autoscale.cpu.whole_percent().unwrap_or(100);
    let target = MetricTarget { r#type: "Utilization", average_utilization };
    if mesh.cluster.kubernetes.value < CONTAINER_METRICS_SINCE {
        return Metric { r#type: "Resource", source: MetricSource::Resource { name: "cpu", target } };
    }
    let container = app.name.value.clone();
    Metric { r#type: "ContainerResource", source: MetricSource::ContainerResource { container, name: "cpu", target } }
}

/// One pod at a time may be evicted, and a broken one always. A single pod gets no budget: it would
/// block every drain of its node.
pub(super) fn disruption_budget(app: &App, version: &Version) -> Option<Object> {
    let spec = || PodDisruptionBudgetSpec {
        max_unavailable: 1,
        unhealthy_pod_eviction_policy: "AlwaysAllow",
        selector: LabelSelector { match_labels: labels(app, version) },
    };
    (version.scale.replicas.least() >= 2).then(|| of_version(app, version, spec()))
}
