//! What a pod runs: what a version says, laid over what its model says. One function does it for
//! versions, services and jobs alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::manifest::{self, Probes, Resources};
use crate::mesh::{Autoscale, Handler, Namespace, Pod, Port, Ports, Probe, ProbeKind, Replicas, RollingUpdate, Scale};
use crate::spanned::{Span, Spanned};
use crate::value::{EnvValue, PodSecurity};

codes! {
    MISSING_IMAGE = "missing-image", Error, "a pod without an image",
        "Kubernetes refuses a container without an image.";
    REPLICAS_AND_AUTOSCALE = "replicas-and-autoscale", Error, "a fixed number of pods, and one by load",
        "A HorizontalPodAutoscaler owns the number of pods. With `replicas` in the Deployment too, every apply would reset \
         what the autoscaler decided.";
    UNKNOWN_PORT = "unknown-port", Error, "a probe of a port that there is not",
        "Kubernetes takes a probe of any port number and never finds it ready.";
    PORT_OF_COMMAND = "port-of-command", Error, "a port of a probe that runs a command",
        "Kubernetes runs the command inside the container and asks no port, so the port would do nothing.";
    ENV_CYCLE = "env-cycle", Error, "environment variables that refer to each other in a circle",
        "Kubernetes expands `$(NAME)` only where NAME stands earlier in the list, and leaves it as it is otherwise; mlmesh \
         orders the list so that every reference works, which a circle cannot have.";
}

/// What a pod runs. A missing image is reported at `owner`, and something stands in for it.
pub(crate) fn pod(
    own: &manifest::Pod,
    parent: Option<&manifest::Pod>,
    namespace: &Namespace,
    owner: Span,
    report: &mut Report,
) -> Pod {
    let inherited = manifest::Pod::default();
    let parent = parent.unwrap_or(&inherited);
    let image = own.image.inherit(&parent.image);
    if image.is_absent() {
        report.push(Diagnostic::new(&MISSING_IMAGE, owner, "no image is named here").help("add `image = \"REGISTRY/NAME:TAG\"`"));
    }
    let restricted = own.pod_security.inherit(&parent.pod_security).is_given()
        || namespace.pod_security.is_some_and(|level| level.value == PodSecurity::Restricted);
    let none = Resources::default();
    let (own_resources, parent_resources) = (own.resources.as_ref().unwrap_or(&none), parent.resources.as_ref().unwrap_or(&none));
    Pod {
        image: image.as_ref().cloned().unwrap_or(Spanned::new("unknown".to_owned(), owner)),
        command: words(own.command.inherit(&parent.command).as_ref()),
        args: words(own.args.inherit(&parent.args).as_ref()),
        env: env(own, parent, report),
        requests: parent_resources.requests.overlaid(&own_resources.requests),
        limits: parent_resources.limits.overlaid(&own_resources.limits),
        labels: parent.labels.overlaid(&own.labels),
        annotations: parent.annotations.overlaid(&own.annotations),
        restricted,
        run_as_user: own.run_as_user.inherit(&parent.run_as_user).given(),
    }
}

fn words(list: Option<&Spanned<Vec<Spanned<String>>>>) -> Vec<Spanned<String>> {
    list.into_iter().flat_map(|list| list.iter()).cloned().collect()
}

/// The variables in alphabetical order, but each behind those that it refers to.
fn env(own: &manifest::Pod, parent: &manifest::Pod, report: &mut Report) -> Vec<(Spanned<String>, Spanned<EnvValue>)> {
    let variables: Vec<_> = parent.env.overlaid(&own.env).into_entries();
    let numbers: BTreeMap<&str, usize> = variables.iter().enumerate().map(|(at, (name, _))| (name.as_str(), at)).collect();
    let mut waits_for = vec![0; variables.len()];
    let mut awaited_by: Vec<Vec<usize>> = vec![Vec::new(); variables.len()];
    for (at, (_, value)) in variables.iter().enumerate() {
        for other in references(&value.value).iter().filter_map(|name| numbers.get(name.as_str())).filter(|other| **other != at) {
            waits_for[at] += 1;
            awaited_by[*other].push(at);
        }
    }
    let mut ready: BTreeSet<usize> = (0..variables.len()).filter(|at| waits_for[*at] == 0).collect();
    let mut order = Vec::with_capacity(variables.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for waiting in &awaited_by[at] {
            waits_for[*waiting] -= 1;
            ready.extend((waits_for[*waiting] == 0).then_some(*waiting));
        }
    }
    if let Some(at) = waits_for.iter().position(|open| *open > 0) {
        let first = &variables[at].0;
        let message = format!("`{first}` refers to itself by way of other variables");
        report.push(Diagnostic::new(&ENV_CYCLE, first.span, message).help("write one of them out"));
    }
    let mut variables: Vec<Option<_>> = variables.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| variables[at].take()).collect()
}

/// The variables to which a value refers, as `$(NAME)`. `$$(NAME)` is an escape.
fn references(value: &EnvValue) -> Vec<String> {
    let EnvValue::Text(text) = value else { return Vec::new() };
    let unescaped = text.replace("$$", "");
    unescaped.split("$(").skip(1).filter_map(|rest| rest.split_once(')')).map(|(name, _)| name.to_owned()).collect()
}

/// How many pods there are and when they are ready.
pub(crate) fn scale(own: &manifest::Scale, parent: Option<&manifest::Scale>, ports: &Ports, report: &mut Report) -> Scale {
    for scale in [Some(own), parent].into_iter().flatten() {
        if let (Some(replicas), Some(autoscale)) = (scale.replicas.as_ref(), scale.autoscale.as_ref()) {
            let diagnostic =
                Diagnostic::new(&REPLICAS_AND_AUTOSCALE, replicas.span, "the autoscaler decides how many pods there are");
            report.push(diagnostic.also(autoscale.span, "the autoscaler").help("leave one of the two out"));
        }
    }
    let mut scales = [Some(own), parent].into_iter().flatten();
    let deciding = scales.find(|scale| scale.replicas.is_given() || scale.autoscale.is_given());
    let replicas = match deciding.and_then(|scale| scale.autoscale.as_ref()) {
        // An autoscaler that lacks a key was reported; a single pod stands in for it.
        Some(autoscale) => match (autoscale.min.given(), autoscale.max.given(), autoscale.cpu.given()) {
            (Some(min), Some(max), Some(cpu)) => Replicas::Auto(Autoscale { min, max, cpu }),
            _ => Replicas::Fixed(1),
        },
        None => Replicas::Fixed(deciding.unwrap_or(own).replicas().value),
    };
    let rolling = own.rolling_update.as_ref().or(parent.and_then(|parent| parent.rolling_update.as_ref()));
    let rolling_update = rolling
        .map(|rolling| RollingUpdate { max_surge: rolling.max_surge.given(), max_unavailable: rolling.max_unavailable.given() });
    let none = Probes::default();
    let parent_probes = parent.and_then(|parent| parent.probes.as_ref()).unwrap_or(&none);
    let capacity = own.capacity.given().or(parent.and_then(|parent| parent.capacity.given()));
    Scale {
        replicas,
        rolling_update,
        capacity,
        probes: probes(own.probes.as_ref().unwrap_or(&none), parent_probes, ports, report),
    }
}

fn probes(own: &Probes, parent: &Probes, ports: &Ports, report: &mut Report) -> Vec<Probe> {
    let kinds = [
        (ProbeKind::Startup, own.startup.as_ref().or(parent.startup.as_ref())),
        (ProbeKind::Liveness, own.liveness.as_ref().or(parent.liveness.as_ref())),
        (ProbeKind::Readiness, own.readiness.as_ref().or(parent.readiness.as_ref())),
    ];
    kinds.into_iter().filter_map(|(kind, probe)| self::probe(kind, probe?, ports, report)).collect()
}

fn probe(kind: ProbeKind, probe: &Spanned<manifest::Probe>, ports: &Ports, report: &mut Report) -> Option<Probe> {
    let handler = match probe.handler(report)? {
        manifest::Handler::Path(path) => Handler::Http(Spanned::new(path.value.0.clone(), path.span)),
        manifest::Handler::Exec(command) => Handler::Exec(command.iter().map(|word| word.value.clone()).collect()),
        manifest::Handler::Grpc(service) => Handler::Grpc(service.value.clone()),
        manifest::Handler::Tcp => Handler::Tcp,
    };
    let port = match probe.port.as_ref() {
        None => &ports.main,
        Some(name) => {
            if let Handler::Exec(_) = handler {
                let diagnostic = Diagnostic::new(&PORT_OF_COMMAND, name.span, "a command asks no port");
                report.push(diagnostic.also(probe.span, "this probe runs a command").help("leave the port out"));
            }
            named_port(name, ports, report)?
        }
    };
    Some(Probe {
        kind,
        span: probe.span,
        handler,
        port: port.numbers.container,
        initial_delay: probe.initial_delay.given(),
        period: probe.period.given(),
        timeout: probe.timeout.given(),
        failure_threshold: probe.failure_threshold.given(),
        success_threshold: probe.success_threshold.given(),
    })
}

fn named_port<'a>(name: &Spanned<String>, ports: &'a Ports, report: &mut Report) -> Option<&'a Port> {
    let port = ports.iter().find(|port| port.name == *name);
    if port.is_none() {
        let message = format!("there is no port `{name}`");
        let known = ports.iter().map(|port| port.name.as_str());
        report.push(Diagnostic::new(&UNKNOWN_PORT, name.span, message).help_with_names(name, known, "ports", quoted));
    }
    port
}
