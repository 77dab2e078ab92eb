//! What a version, a service or a job may set about its pods. A version says what differs from its
//! model; laying one over the other is `mesh`'s.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::Field;
use crate::manifest::read::read_table;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::upstream::kubernetes;
use crate::value::read::{Read, not_text};
use crate::value::{Amount, Duration, EnvValue, Named, ProbePath, Quantity, Rate, RestrictedLevel, Share};

codes! {
    ONE_SOURCE = "one-source", Error, "an environment variable with no source, or with several",
        "A variable is a text, or one key of a Secret, or one key of a ConfigMap; the API server refuses anything between.";
    ONE_HANDLER = "one-handler", Error, "a probe with no handler, or with several",
        "Kubernetes takes exactly one of an HTTP GET, a command, a gRPC health check and a TCP connect.";
}

table! {
    /// What every pod may set: the image and what it runs with.
    pub(crate) struct Pod {
        /// The image, as the container runtime pulls it.
        optional image: Spanned<String>,
        /// The command, in place of the image's entry point.
        optional command: Spanned<Vec<Spanned<String>>>,
        /// The arguments of the command.
        optional args: Spanned<Vec<Spanned<String>>>,
        /// Environment variables, each a text or `{ secret = "NAME", key = "KEY" }` or `{ config-map = "NAME", key = "KEY" }`.
        many env: Named<Spanned<EnvValue>>,
        /// What the container asks for and may use.
        optional resources: Resources,
        /// Further labels of the pods.
        many labels: Named<Spanned<String>>,
        /// Further annotations of the pods.
        many annotations: Named<Spanned<String>>,
        /// The security context of a level, also where the namespace does not enforce it.
        optional pod_security: Spanned<RestrictedLevel>,
        /// The user id that the container runs as.
        #[default = "the image's"]
        optional run_as_user: Spanned<u32>,
    }

    /// What a pod that serves may set besides.
    pub(crate) struct Scale {
        /// How many pods.
        optional replicas: Spanned<u32> = 1,
        /// How many pods, by their load; in place of `replicas`.
        optional autoscale: Spanned<Autoscale>,
        /// How many pods are replaced at a time.
        optional rolling_update: Spanned<RollingUpdate>,
        /// How many requests a second one pod can take, as a load test shows.
        optional capacity: Spanned<Rate>,
        /// When a pod is started, alive and ready.
        optional probes: Probes,
    }

    /// What the container asks for and may use.
    pub(crate) struct Resources {
        /// What the scheduler sets aside: cpu, memory, ephemeral-storage, or a device such as "nvidia.com/gpu".
        many requests: Named<Spanned<Quantity>>,
        /// What the container may use at most.
        many limits: Named<Spanned<Quantity>>,
    }

    /// How many pods, by their load.
    pub(crate) struct Autoscale {
        /// At least so many.
        required min: Spanned<u32>,
        /// At most so many.
        required max: Spanned<u32>,
        /// The share of the requested CPU that the model's container should use, in whole percent.
        required cpu: Spanned<Share>,
    }

    /// How many pods are replaced at a time.
    pub(crate) struct RollingUpdate {
        /// How many pods may be added meanwhile.
        #[implied = Amount::Percent(kubernetes::MAX_SURGE_PERCENT)]
        optional max_surge: Spanned<Amount>,
        /// How many pods may be missing meanwhile.
        #[implied = Amount::Percent(kubernetes::MAX_UNAVAILABLE_PERCENT)]
        optional max_unavailable: Spanned<Amount>,
    }

    /// When a pod is started, alive and ready.
    pub(crate) struct Probes {
        /// Until it succeeds, the others wait.
        optional startup: Spanned<Probe>,
        /// Where it fails, the container is restarted.
        optional liveness: Spanned<Probe>,
        /// While it fails, the pod gets no requests.
        optional readiness: Spanned<Probe>,
    }

    /// One probe: exactly one of `path`, `exec`, `grpc` and `tcp`.
    pub(crate) struct Probe {
        /// An HTTP GET of this path must succeed; it may have a query.
        optional path: Spanned<ProbePath>,
        /// This command must succeed.
        optional exec: Spanned<Vec<Spanned<String>>>,
        /// The gRPC health check of this service must succeed; "" is the whole server.
        optional grpc: Spanned<String>,
        /// `true`: the port must take a connection.
        optional tcp: Spanned<bool>,
        /// The name of one of `ports`.
        #[default = "the main port"]
        optional port: Spanned<String>,
        /// How long after the start the first one comes; whole seconds.
        #[like = "30s"]
        #[implied = Duration::from_millis(kubernetes::PROBE_INITIAL_DELAY_MILLIS)]
        optional initial_delay: Spanned<Duration>,
        /// How often it comes; whole seconds.
        #[like = "10s"]
        #[implied = Duration::from_millis(kubernetes::PROBE_PERIOD_MILLIS)]
        optional period: Spanned<Duration>,
        /// How long one may take; whole seconds.
        #[like = "2s"]
        #[implied = Duration::from_millis(kubernetes::PROBE_TIMEOUT_MILLIS)]
        optional timeout: Spanned<Duration>,
        /// How many in a row must fail.
        #[implied = kubernetes::PROBE_FAILURE_THRESHOLD]
        optional failure_threshold: Spanned<u32>,
        /// How many in a row must succeed.
        #[implied = kubernetes::PROBE_SUCCESS_THRESHOLD]
        optional success_threshold: Spanned<u32>,
    }
}

table! {
    /// A key of a Secret or of a ConfigMap.
    pub(crate) struct EnvSource {
        /// The Secret.
        optional secret: Spanned<String>,
        /// The ConfigMap.
        optional config_map: Spanned<String>,
        /// The key in it.
        required key: Spanned<String>,
    }
}

impl Read for EnvValue {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let table = match &value.kind {
            Kind::String(text) => return Some(Self::Text(text.to_string())),
            Kind::Table(table) => table,
            _ => {
                not_text(value, "a text in quotes, or `{ secret = \"...\", key = \"...\" }`", report);
                return None;
            }
        };
        let source: EnvSource = read_table(table, report);
        match (source.secret, source.config_map) {
            (Field::Given(name), Field::Absent) => Some(Self::Secret { name, key: source.key.given()? }),
            (Field::Absent, Field::Given(name)) => Some(Self::ConfigMap { name, key: source.key.given()? }),
            (Field::Invalid, _) | (_, Field::Invalid) => None,
            (secret, Field::Absent | Field::Given(_)) => {
                let message = if secret.is_given() { "this variable has two sources" } else { "this variable has no source" };
                let help = "write either `secret = \"NAME\"` or `config-map = \"NAME\"` beside the key";
                report.push(Diagnostic::new(&ONE_SOURCE, value.span, message).help(help));
                None
            }
        }
    }
}

impl JsonSchema for EnvValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EnvValue".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<EnvSource>();
        schemars::json_schema!({ "oneOf": [{ "type": "string" }, table] })
    }
}

/// What a probe does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler<'a> {
    /// An HTTP GET of this path.
    Path(&'a Spanned<ProbePath>),
    /// This command.
    Exec(&'a Spanned<Vec<Spanned<String>>>),
    /// The gRPC health check of this service.
    Grpc(&'a Spanned<String>),
    /// A TCP connect.
    Tcp,
}

impl Probe {
    /// The one handler, or a report that there is none or more than one.
    pub(crate) fn handler(&self, report: &mut Report) -> Option<Handler<'_>> {
        let handlers: Vec<Handler<'_>> = [
            self.path.as_ref().map(Handler::Path),
            self.exec.as_ref().map(Handler::Exec),
            self.grpc.as_ref().map(Handler::Grpc),
            self.tcp.as_ref().filter(|tcp| tcp.value).map(|_| Handler::Tcp),
        ]
        .into_iter()
        .flatten()
        .collect();
        if let [one] = handlers.as_slice() {
            return Some(*one);
        }
        if self.path.is_invalid() || self.exec.is_invalid() || self.grpc.is_invalid() || self.tcp.is_invalid() {
            return None;
        }
        let message = if handlers.is_empty() { "this probe does nothing" } else { "this probe has several handlers" };
        let help = "write exactly one of `path`, `exec`, `grpc` and `tcp = true`";
        report.push(Diagnostic::new(&ONE_HANDLER, self.span, message).help(help));
        None
    }
}
