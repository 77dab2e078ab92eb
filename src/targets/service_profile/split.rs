//! The TrafficSplit: one for each model that is split. Weights are whole percent: Linkerd only looks
//! at their ratio, and large ones overflow in its proxy.

use crate::mesh::{App, names};
use crate::objects::Object;
use crate::objects::smi::{Backend, TrafficSplitSpec};
use crate::targets::metadata;

pub(super) fn split(app: &App) -> Option<Object> {
    let split = app.routing.split()?;
    let backend = |(version, weight): &(String, crate::spanned::Spanned<u32>)| Backend {
        service: names::workload(&app.name, Some(version)),
        weight: weight.value,
    };
    let name = app.name.value.clone();
    let spec = TrafficSplitSpec { service: name.clone(), backends: split.weights.iter().map(backend).collect() };
    Some(Object::new(metadata::of_app(name, app), spec, metadata::app_origin(app)))
}
