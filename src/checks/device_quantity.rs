//! A device that is shared out, or asked for without a limit.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::kubernetes;
use crate::value::Quantity;

codes! {
    DEVICE_QUANTITY = "device-quantity", Error, "a device that is shared out, or asked for without a limit",
        "Devices such as GPUs come whole, need a limit, and what is asked for must be the limit: there is no \
         overcommitment of them. The API server refuses anything else. (kubernetes, pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

const WHOLE: i128 = 1_000_000_000;

fn check(pod: &Pod, report: &mut Report) {
    for (resource, amount) in pod.requests.iter().chain(&pod.limits).filter(|(resource, _)| kubernetes::is_device(resource)) {
        if amount.value.nanos % WHOLE != 0 {
            let message = format!("`{resource}` must be a whole number");
            let help = format!("use {}, or share the device on the node", rounded_up(amount));
            report.push(Diagnostic::new(&DEVICE_QUANTITY, amount.span, message).help(help));
        }
    }
    for (resource, request) in pod.requests.iter().filter(|(resource, _)| kubernetes::is_device(resource)) {
        if pod.limits.get(resource.as_str()).is_none_or(|limit| limit.value.nanos != request.value.nanos) {
            let message = format!("`{resource}` must have the same request and limit");
            let diagnostic = Diagnostic::new(&DEVICE_QUANTITY, resource.span, message);
            let help = format!("set `limits = {{ \"{resource}\" = {} }}`; the request may be omitted", rounded_up(request));
            report.push(diagnostic.help(help));
        }
    }
}

/// The least number of whole devices that is enough.
fn rounded_up(amount: &Quantity) -> i128 {
    (amount.nanos + WHOLE - 1) / WHOLE
}
