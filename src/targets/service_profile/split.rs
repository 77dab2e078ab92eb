//! The TrafficSplit: one for each model that is split. Weights are whole percent: Linkerd only looks
//! at their ratio, and large ones overflow in its proxy.

use crate::mesh::{App, names};
use crate::objects::smi::{Backend, TrafficSplitSpec};
use crate::objects::{Object, Rest};
use crate::targets::metadata;

pub(super) fn split(app: &App) -> Option<Object> {
    let split = app.routing.split()?;
    let name = app.name.value.clone();
    let backends = split.weights.iter().map(|(version, weight)| Backend {
        service: names::workload(&app.name, Some(version)),
        weight: weight.value,
        rest: Rest::new(),
    });
    let spec = TrafficSplitSpec { service: name.clone(), backends: backends.collect(), rest: Rest::new() };
    Some(Object::new(metadata::of_app(name, app), spec, metadata::app_origin(app)))
}
