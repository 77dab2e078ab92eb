//! An environment variable or a key that Kubernetes would refuse.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::upstream::kubernetes;
use crate::value::EnvValue;

codes! {
    INVALID_ENV_NAME = "invalid-env-name", Error, "an environment variable or a key that Kubernetes would refuse",
        "A variable's name has letters, digits, `_`, `-` and `.`, no digit first; a key of a Secret or ConfigMap \
         the same characters. The API server refuses the pod otherwise. (kubernetes, pkg/apis/core/validation)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (name, value) in &pod.env {
        if !kubernetes::is_env_name(name) {
            let message = format!("`{}` is no name of a variable", name.value);
            report.push(
                Diagnostic::new(&INVALID_ENV_NAME, name.span, message).help("write letters, digits and `_`, no digit first"),
            );
        }
        let (EnvValue::Secret { key, .. } | EnvValue::ConfigMap { key, .. }) = &value.value else { continue };
        if !kubernetes::is_config_key(key) {
            let message = format!("`{}` is no key of a Secret or ConfigMap", key.value);
            report.push(Diagnostic::new(&INVALID_ENV_NAME, key.span, message).help("write letters, digits, `-`, `_` and `.`"));
        }
    }
}
