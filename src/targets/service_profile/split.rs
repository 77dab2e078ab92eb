//! The TrafficSplit: one for each model that is split. Weights are whole percent: Linkerd only looks
//! at their ratio, and large ones overflow in its proxy.

use crate::mesh::{App, names};
use crate::objects::smi::{Backend, TrafficSplitSpec};
use crate::objects::{Map, Metadata, Object, Spec};
use crate::targets::app_origin;

pub(super) fn split(app: &App) -> Option<Object> {
    let split = app.routing.split()?;
    let backend = |(version, weight): &(String, crate::spanned::Spanned<u32>)| Backend {
        service: names::workload(&app.name, Some(version)),
        weight: weight.value,
    };
    let labels = Map::from([("app".into(), app.name.value.clone().into())]);
    let name = app.name.value.clone();
    Some(Object {
        metadata: Metadata {
            name: name.clone(),
            namespace: Some(app.namespace.name.value.clone()),
            labels,
            annotations: Map::new(),
        },
        spec: Spec::TrafficSplit(TrafficSplitSpec { service: name, backends: split.weights.iter().map(backend).collect() }),
        origin: app_origin(app, ""),
    })
}
