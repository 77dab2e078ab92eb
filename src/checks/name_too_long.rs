//! A name that is too long for what is derived from it.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;
use crate::mesh::names::{self, Grammar};
use crate::spanned::Spanned;
use crate::upstream::kubernetes;

codes! {
    NAME_TOO_LONG = "name-too-long", Error, "a name that is too long for what is derived from it",
        "A Service's name and a label's value have at most 63 characters, a CronJob's name 52 (Kubernetes); a version's \
         Service and Deployment are called MODEL-VERSION, and Linkerd writes a Deployment's name into a label. mlmesh \
         never cuts a name short, since two names could become one.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for (grammar, name) in names::written(mesh) {
        let label: Cow<'_, str> = match grammar {
            Grammar::Label | Grammar::LabelEnd => name.as_str().into(),
            Grammar::Route => kubernetes::to_label_end(name).into(),
            Grammar::Subdomain => continue,
        };
        check(name, &label, kubernetes::LABEL_LENGTH, report);
    }
    for app in &mesh.apps {
        for key in app.versions.iter().filter_map(|version| version.key.as_ref()) {
            check(key, &names::workload(&app.name, Some(key)), kubernetes::LABEL_LENGTH, report);
        }
    }
    // A Job's name ends in a hash of ten characters behind a hyphen, a CronJob's Jobs in a time.
    mesh.jobs.iter().for_each(|job| check(&job.name, &job.name, kubernetes::CRON_JOB_LENGTH, report));
}

fn check(name: &Spanned<String>, derived: &str, most: usize, report: &mut Report) {
    if derived.len() <= most {
        return;
    }
    let message = format!("`{derived}` has {} characters, and Kubernetes takes {most}", derived.len());
    let help = format!("make it shorter by {}", derived.len() - most);
    report.push(Diagnostic::new(&NAME_TOO_LONG, name.span, message).help(help));
}
