//! The template of a pod.

use std::collections::BTreeMap;

use crate::mesh::{App, Handler, Job, Pod, Probe, ProbeKind, Version};
use crate::objects::core::{
    Capabilities, Container, ContainerPort, EnvSource, EnvVar, Exec, Grpc, HttpGet, IntOrString, KeyRef, PodSecurityContext,
    PodSpec, PodTemplate, Probe as ProbeSpec, ResourceQuantity, Resources, SeccompProfile, SecurityContext, TcpSocket,
};
use crate::objects::{Map, Metadata, Optional, Rest, Text};
use crate::spanned::Spanned;
use crate::targets::{Decoration, Scene, Subject, metadata};
use crate::value::{Duration, EnvValue, Named, Quantity};

use super::{labels, written};

/// The pods of a version.
pub(super) fn of_app(scene: &Scene<'_>, app: &App, version: &Version) -> PodTemplate {
    let ports = app.ports.iter().map(|port| ContainerPort {
        name: Some(port.name.value.clone()),
        container_port: port.numbers.container,
        rest: Rest::new(),
    });
    let container = Container {
        ports: ports.collect(),
        startup_probe: version.scale.probe(ProbeKind::Startup).map(probe),
        liveness_probe: version.scale.probe(ProbeKind::Liveness).map(probe),
        readiness_probe: version.scale.probe(ProbeKind::Readiness).map(probe),
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
    let metadata = Metadata { labels: labels.into(), annotations: annotations.into(), ..Metadata::default() };
    PodTemplate {
        metadata: metadata.into(),
        spec: PodSpec {
            service_account_name: Some(account.to_owned()),
            restart_policy: restart_policy.map(Text::from),
            security_context: pod_security(pod),
            containers: vec![container],
            rest: Rest::new(),
        },
        rest: Rest::new(),
    }
}

fn container(name: &str, pod: &Pod) -> Container {
    let resources = Resources { requests: amounts(&pod.requests), limits: amounts(&pod.limits), rest: Rest::new() };
    Container {
        name: name.to_owned(),
        image: pod.image.value.clone(),
        command: words(&pod.command),
        args: words(&pod.args),
        ports: Optional::default(),
        env: pod.env.iter().map(|(name, value)| variable(name, value)).collect(),
        resources: Some(resources).filter(|resources| !resources.requests.is_empty() || !resources.limits.is_empty()),
        startup_probe: None,
        liveness_probe: None,
        readiness_probe: None,
        security_context: pod.restricted.then(restricted),
        rest: Rest::new(),
    }
}

/// What the restricted level asks of a container.
fn restricted() -> SecurityContext {
    let capabilities = Capabilities { drop: vec!["ALL".into()].into(), rest: Rest::new() };
    SecurityContext { allow_privilege_escalation: Some(false), capabilities: Some(capabilities), rest: Rest::new() }
}

fn amounts(amounts: &Named<Spanned<Quantity>>) -> Optional<BTreeMap<Text, ResourceQuantity>> {
    amounts.iter().map(|(name, amount)| (name.value.clone().into(), quantity(amount))).collect()
}

fn quantity(amount: &Quantity) -> ResourceQuantity {
    ResourceQuantity::String(amount.text.clone().into())
}

fn words(words: &[Spanned<String>]) -> Optional<Vec<String>> {
    words.iter().map(|word| word.value.clone()).collect()
}

fn variable(name: &str, value: &EnvValue) -> EnvVar {
    let (value, secret_key_ref, config_map_key_ref) = match value {
        EnvValue::Text(text) => (Some(text.clone()), None, None),
        EnvValue::Secret { name, key } => (None, Some(key_of(name, key)), None),
        EnvValue::ConfigMap { name, key } => (None, None, Some(key_of(name, key))),
    };
    let source = EnvSource { secret_key_ref, config_map_key_ref, rest: Rest::new() };
    EnvVar { name: name.to_owned(), value_from: Some(source).filter(|_| value.is_none()), value, rest: Rest::new() }
}

fn key_of(name: &str, key: &str) -> KeyRef {
    KeyRef { name: name.to_owned(), key: key.to_owned(), rest: Rest::new() }
}

/// What the restricted level asks of a pod (Pod Security Standards), and the user that was asked for.
fn pod_security(pod: &Pod) -> Option<PodSecurityContext> {
    let run_as_user = pod.run_as_user.map(|user| user.value);
    (pod.restricted || run_as_user.is_some()).then(|| PodSecurityContext {
        run_as_non_root: pod.restricted.then_some(true),
        run_as_user,
        seccomp_profile: pod.restricted.then(|| SeccompProfile { r#type: "RuntimeDefault".into(), rest: Rest::new() }),
        rest: Rest::new(),
    })
}

fn probe(probe: &Probe) -> ProbeSpec {
    let (port, rest) = (IntOrString::Int(probe.port.into()), Rest::new());
    let mut spec = ProbeSpec {
        initial_delay_seconds: seconds(probe.initial_delay),
        period_seconds: seconds(probe.period),
        timeout_seconds: seconds(probe.timeout),
        failure_threshold: probe.failure_threshold.map(|threshold| threshold.value),
        success_threshold: probe.success_threshold.map(|threshold| threshold.value),
        ..ProbeSpec::default()
    };
    match &probe.handler {
        Handler::Http(path) => spec.http_get = Some(HttpGet { path: Some(path.value.clone()), port, rest }),
        Handler::Exec(command) => spec.exec = Some(Exec { command: command.clone().into(), rest }),
        Handler::Grpc(service) => spec.grpc = Some(Grpc { port: probe.port, service: Some(service.clone()), rest }),
        Handler::Tcp => spec.tcp_socket = Some(TcpSocket { port, rest }),
    }
    spec
}

fn seconds(duration: Option<Spanned<Duration>>) -> Option<u32> {
    duration.and_then(|duration| duration.whole_seconds())
}
