//! Huge pages that the API server refuses.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::spanned::Spanned;
use crate::upstream::kubernetes;
use crate::value::Quantity;

codes! {
    HUGE_PAGES = "huge-pages", Error, "huge pages that the API server refuses",
        "Huge pages are whole pages, the limit is the request, and a container that has them asks for CPU or memory too. The API \
         server refuses the pod otherwise. (kubernetes, pkg/apis/core/validation; kubernetes.io, tasks/manage-hugepages)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (resource, amount) in pod.requests.iter().chain(&pod.limits) {
        if let Some(page) = kubernetes::huge_page(resource).filter(|page| *page > 0 && amount.nanos % page != 0) {
            let page = page / 1_000_000_000;
            let message = format!("`{}` is not a whole number of pages of {page} bytes", amount.text);
            report.push(Diagnostic::new(&HUGE_PAGES, amount.span, message).help("use a multiple of the size of the page"));
        }
    }
    for (resource, request) in pod.requests.iter().filter(|(resource, _)| kubernetes::huge_page(resource).is_some()) {
        let limit = pod.limits.get(resource.as_str());
        if limit.is_none_or(|limit| limit.nanos != request.nanos) {
            report.push(differs(resource, request, limit));
        }
    }
    let mut huge = pod.requests.keys().chain(pod.limits.keys()).filter(|resource| kubernetes::huge_page(resource).is_some());
    if let Some(first) = huge.next().filter(|_| !pod.requests.keys().chain(pod.limits.keys()).any(is_cpu_or_memory)) {
        let diagnostic = Diagnostic::new(&HUGE_PAGES, first.span, "huge pages need a request for CPU or memory beside them");
        report.push(diagnostic.help("add `cpu` or `memory` to the same table"));
    }
}

fn is_cpu_or_memory(resource: &Spanned<String>) -> bool {
    ["cpu", "memory"].contains(&resource.as_str())
}

fn differs(resource: &Spanned<String>, request: &Spanned<Quantity>, limit: Option<&Spanned<Quantity>>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&HUGE_PAGES, request.span, format!("`{resource}` must have the same request and limit"));
    let diagnostic = limit.into_iter().fold(diagnostic, |diagnostic, limit| diagnostic.also(limit.span, "the limit"));
    diagnostic.help(format!("set both to `{}`", request.text))
}
