//! The template of a pod.

use crate::mesh::{App, Handler, Job, Pod, Probe, ProbeKind, Version};
use crate::objects::core::{
    Capabilities, Container, ContainerPort, EnvSource, EnvVar, Handler as ProbeHandler, KeyRef, PodSecurityContext, PodSpec,
    PodTemplate, Probe as ProbeSpec, Resources, SeccompProfile, SecurityContext,
};
use crate::objects::{Map, Metadata};
use crate::spanned::Spanned;
use crate::targets::{Decoration, Scene, Subject, metadata};
use crate::value::EnvValue;

use super::{labels, written};

/// The pods of a version.
pub(super) fn of_app(scene: &Scene<'_>, app: &App, version: &Version) -> PodTemplate {
    let probe = |kind: ProbeKind| version.scale.probes.iter().find(|probe| probe.kind == kind).map(self::probe);
    let ports =
        app.ports.iter().map(|port| ContainerPort { name: port.name.value.clone(), container_port: port.numbers.container });
    let container = Container {
        ports: ports.collect(),
        startup_probe: probe(ProbeKind::Startup),
        liveness_probe: probe(ProbeKind::Liveness),
        readiness_probe: probe(ProbeKind::Readiness),
        ..container(&app.name, &version.pod)
    };
    let decoration = scene.decorate(Subject::AppPod(app, version));
    template(&app.name, &version.pod, container, labels(app, version), decoration, None)
}

/// The pods of a job.
pub(super) fn of_job(scene: &Scene<'_>, job: &Job) -> PodTemplate {
    let container = container(&job.name, &job.pod);
    let decoration = scene.decorate(Subject::JobPod(job));
    template(&job.name, &job.pod, container, metadata::app_labels(&job.name), decoration, Some("Never"))
}

fn template(
    account: &str,
    pod: &Pod,
    container: Container,
    own_labels: Map,
    decoration: Decoration,
    restart_policy: Option<&'static str>,
) -> PodTemplate {
    let mut labels = decoration.labels;
    labels.extend(written(&pod.labels));
    labels.extend(own_labels);
    let mut annotations = decoration.annotations;
    annotations.extend(written(&pod.annotations));
    PodTemplate {
        metadata: Metadata { labels, annotations, ..Metadata::default() },
        spec: PodSpec {
            service_account_name: account.to_owned(),
            restart_policy,
            security_context: pod_security(pod),
            containers: vec![container],
        },
    }
}

fn container(name: &str, pod: &Pod) -> Container {
    let amounts = |amounts: &crate::value::Named<Spanned<crate::value::Quantity>>| -> Map {
        amounts.iter().map(|(name, amount)| (name.value.clone().into(), amount.value.text.clone().into())).collect()
    };
    let resources = Resources { requests: amounts(&pod.requests), limits: amounts(&pod.limits) };
    Container {
        name: name.to_owned(),
        image: pod.image.value.clone(),
        command: words(&pod.command),
        args: words(&pod.args),
        ports: Vec::new(),
        env: pod.env.iter().map(|(name, value)| variable(name, value)).collect(),
        resources: Some(resources).filter(|resources| !resources.requests.is_empty() || !resources.limits.is_empty()),
        startup_probe: None,
        liveness_probe: None,
        readiness_probe: None,
        security_context: pod
            .restricted
            .then_some(SecurityContext { allow_privilege_escalation: false, capabilities: Capabilities { drop: ["ALL"] } }),
    }
}

fn words(words: &[Spanned<String>]) -> Vec<String> {
    words.iter().map(|word| word.value.clone()).collect()
}

fn variable(name: &str, value: &EnvValue) -> EnvVar {
    let from = |name: &str, key: &str| KeyRef { name: name.to_owned(), key: key.to_owned() };
    let (value, value_from) = match value {
        EnvValue::Text(text) => (Some(text.clone()), None),
        EnvValue::Secret { name, key } => (None, Some(EnvSource::SecretKeyRef(from(name, key)))),
        EnvValue::ConfigMap { name, key } => (None, Some(EnvSource::ConfigMapKeyRef(from(name, key)))),
    };
    EnvVar { name: name.to_owned(), value, value_from }
}

/// What the restricted level asks of a pod (Pod Security Standards), and the user that was asked for.
fn pod_security(pod: &Pod) -> Option<PodSecurityContext> {
    let run_as_user = pod.run_as_user.map(|user| user.value);
    (pod.restricted || run_as_user.is_some()).then_some(PodSecurityContext {
        run_as_non_root: pod.restricted.then_some(true),
        run_as_user,
        seccomp_profile: pod.restricted.then_some(SeccompProfile { r#type: "RuntimeDefault" }),
    })
}

fn probe(probe: &Probe) -> ProbeSpec {
    let port = probe.port;
    let seconds = |duration: Option<Spanned<crate::value::Duration>>| duration.and_then(|duration| duration.whole_seconds());
    ProbeSpec {
        handler: match &probe.handler {
            Handler::Http(path) => ProbeHandler::HttpGet { path: path.value.clone(), port },
            Handler::Exec(command) => ProbeHandler::Exec { command: command.clone() },
            Handler::Grpc(service) => ProbeHandler::Grpc { port, service: service.clone() },
            Handler::Tcp => ProbeHandler::TcpSocket { port },
        },
        initial_delay_seconds: seconds(probe.initial_delay),
        period_seconds: seconds(probe.period),
        timeout_seconds: seconds(probe.timeout),
        failure_threshold: probe.failure_threshold.map(|threshold| threshold.value),
        success_threshold: probe.success_threshold.map(|threshold| threshold.value),
    }
}
