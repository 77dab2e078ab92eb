//! An amount of CPU or memory that no node has.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};

codes! {
    HUGE_QUANTITY = "huge-quantity", Error, "an amount of CPU or memory that no node has",
        "Kubernetes accepts any amount and leaves the pod pending until a node has it. A slip in the unit is a factor of \
         thousand or more: `500M` of CPU is 500 million cores, `500m` is half a core.";
}

/// More than any machine that can be rented: in 2026 the largest has 1,920 virtual CPUs and 32 TiB of memory.
const MAX_CPU: i128 = 10_000 * 1_000_000_000;
const MAX_MEMORY: i128 = (1 << 50) * 1_000_000_000;

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (resource, amount) in pod.requests.iter().chain(&pod.limits) {
        let (max, example) = match resource.as_str() {
            "cpu" => (MAX_CPU, "half a core is \"500m\", two cores are \"2\""),
            "memory" => (MAX_MEMORY, "half a gibibyte is \"512Mi\", four are \"4Gi\""),
            _ => continue,
        };
        if amount.nanos > max {
            let message = format!("no node has `{}` of {resource}", amount.value.text);
            report.push(Diagnostic::new(&HUGE_QUANTITY, amount.span, message).help(format!("correct the unit: {example}")));
        }
    }
}
