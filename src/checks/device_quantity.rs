//! A device that is shared out, or asked for without a limit.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod, Quantity};
use crate::spanned::Spanned;
use crate::upstream::kubernetes;

codes! {
    DEVICE_QUANTITY = "device-quantity", Error, "a device that is shared out, or asked for without a limit",
        "Devices such as GPUs come whole, need a limit, and what is asked for must be the limit: there is no \
         overcommitment of them. The API server refuses anything else. (kubernetes, pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    const WHOLE: i128 = 1_000_000_000;
    let devices = |(resource, _): &(&Spanned<String>, &Spanned<Quantity>)| kubernetes::is_device(resource);
    for (resource, amount) in pod.requests.iter().chain(&pod.limits).filter(devices) {
        if amount.value.nanos % WHOLE != 0 {
            let diagnostic = Diagnostic::new(&DEVICE_QUANTITY, amount.span, format!("`{resource}` comes whole"));
            report.push(diagnostic.help("write a whole number"));
        }
    }
    for (resource, request) in pod.requests.iter().filter(devices) {
        if pod.limits.get(resource.as_str()).is_none_or(|limit| limit.value.nanos != request.value.nanos) {
            let message = format!("what is asked for of `{resource}` must be its limit");
            let diagnostic = Diagnostic::new(&DEVICE_QUANTITY, resource.span, message);
            report.push(
                diagnostic
                    .help(format!("write `limits = {{ \"{resource}\" = {} }}`; requests may be left out", request.value.text)),
            );
        }
    }
}
