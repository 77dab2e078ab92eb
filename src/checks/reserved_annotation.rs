//! A label or an annotation that mlmesh writes itself.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Job, Labels, Mesh, Namespace, Version};
use crate::spanned::Spanned;
use crate::upstream::{istio, kubernetes, linkerd};

codes! {
    RESERVED_ANNOTATION = "reserved-annotation", Error, "a label or an annotation that mlmesh writes itself",
        "Two writers of one key would contradict each other; and the annotations that take a port past the proxy \
         take it past its policies too. The language has a word for what they do.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.namespaces.iter().for_each(|namespace| check_namespace(namespace, report));
    mesh.apps.iter().flat_map(|app| &app.versions).for_each(|version| check_version(version, report));
    mesh.jobs.iter().for_each(|job| check_job(job, report));
}

fn check_namespace(namespace: &Namespace, report: &mut Report) {
    for label in namespace.labels.keys() {
        let of_linkerd =
            linkerd::owns(label).then_some("remove it: Linkerd reads it, and the language has a key for what it does");
        let instead = reserved(label, &kubernetes::RESERVED_NAMESPACE_LABELS).or_else(|| reserved(label, &istio::RESERVED));
        push("label", label, instead.or(of_linkerd), report);
    }
}

/// A service has no version, so that its pods bear no label of one.
fn check_version(version: &Version, report: &mut Report) {
    let written: &[&str] = if version.key.is_some() { &["app", "version"] } else { &["app"] };
    check_labels(&version.pod.labels, written, report);
    check_annotations(&version.pod.annotations, report);
}

fn check_job(job: &Job, report: &mut Report) {
    check_labels(&job.pod.labels, &["app"], report);
    check_annotations(&job.pod.annotations, report);
}

/// `written` are the labels that mlmesh writes on the pod, by which Services, Deployments and Servers select it.
fn check_labels(labels: &Labels, written: &[&str], report: &mut Report) {
    for label in labels.keys() {
        let of_ours = written.contains(&label.as_str()) || linkerd::owns(label);
        let instead = of_ours.then_some("use another key").or_else(|| reserved(label, &istio::RESERVED));
        push("label", label, instead, report);
    }
}

fn check_annotations(annotations: &Labels, report: &mut Report) {
    for annotation in annotations.keys() {
        let instead = reserved(annotation, &linkerd::RESERVED_ANNOTATIONS).or_else(|| reserved(annotation, &istio::RESERVED));
        push("annotation", annotation, instead, report);
    }
}

fn push(what: &str, key: &Spanned<String>, instead: Option<&'static str>, report: &mut Report) {
    if let Some(instead) = instead {
        let message = format!("the {what} `{key}` is managed by mlmesh");
        report.push(Diagnostic::new(&RESERVED_ANNOTATION, key.span, message).help(instead));
    }
}

/// What to do in place of a key of this list.
fn reserved(key: &str, list: &[(&str, &'static str)]) -> Option<&'static str> {
    list.iter().find(|(reserved, _)| *reserved == key).map(|(_, instead)| *instead)
}
