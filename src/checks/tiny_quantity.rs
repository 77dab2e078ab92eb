//! An amount of memory or CPU that no container can run with.

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::mesh::{Mesh, Pod};
use crate::spanned::Spanned;
use crate::value::Quantity;

codes! {
    TINY_QUANTITY = "tiny-quantity", Error, "an amount of memory or CPU that no container can run with",
        "Kubernetes takes `memory = \"512m\"` for half a byte, rounded up to one, and `memory = \"4\"` for four bytes; the \
         container is killed as it starts. It refuses CPU in steps finer than 1m. (apimachinery, pkg/api/resource; \
         kubernetes, pkg/apis/core/validation)";
}

const MEBIBYTE: i128 = 1024 * 1024 * 1_000_000_000;
const THOUSANDTH: i128 = 1_000_000;

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (resource, amount) in pod.requests.iter().chain(&pod.limits) {
        match resource.as_str() {
            "memory" if (1..MEBIBYTE).contains(&amount.nanos) => report.push(tiny_memory(amount)),
            "cpu" if amount.nanos % THOUSANDTH != 0 => {
                let message = format!("`{}` is finer than a thousandth of a CPU", amount.value.text);
                report.push(
                    Diagnostic::new(&TINY_QUANTITY, amount.span, message).help("write whole thousandths, such as \"100m\""),
                );
            }
            _ => {}
        }
    }
}

/// `512m` and `512` were probably meant to be mebibytes.
fn tiny_memory(amount: &Spanned<Quantity>) -> Diagnostic {
    let text = &amount.value.text;
    let diagnostic = Diagnostic::new(&TINY_QUANTITY, amount.span, format!("`{text}` of memory is less than 1Mi"));
    let diagnostic = diagnostic.help("write it with its unit: \"512Mi\", \"4Gi\"; a small `m` is a thousandth of a byte");
    let number = text.trim_end_matches('m');
    let whole = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && number != "0";
    if whole { diagnostic.suggest(Safety::Guess, quoted(&format!("{number}Mi"))) } else { diagnostic }
}
