//! What Linkerd's injector, policy controller and proxies know. Paths name files of linkerd2 and of
//! linkerd2-proxy.

use crate::upstream::quantity;
use crate::upstream::versions::{BETA_SIDECARS_SINCE, DEFAULT_SIDECARS_SINCE, MinorVersion};

/// The ports that Linkerd takes as opaque unless told otherwise (linkerd2 `charts/linkerd-control-plane/values.yaml`, `proxy.opaquePorts`).
pub(crate) const OPAQUE_PORTS: [u16; 8] = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];

/// The ports that the injected iptables rules pass by the proxy, in and out, unless told otherwise (the same file,
/// `proxyInit.ignoreInboundPorts` and `ignoreOutboundPorts`).
pub(crate) const IGNORED_PORTS: [u16; 2] = [4567, 4568];

/// The ports that the proxy itself listens on (the same file, `proxy.ports`).
pub(crate) const PROXY_PORTS: [u16; 4] = [4140, 4143, 4190, 4191];

/// The names of the ports of the injected container, by which its metrics are scraped (linkerd2 `pkg/k8s/labels.go`).
pub(crate) const PROXY_PORT_NAMES: [&str; 2] = ["linkerd-proxy", "linkerd-admin"];

/// The status names of `retry.linkerd.io/grpc` (linkerd2 `policy-controller/k8s/index/src/outbound/index/grpc.rs`).
pub(crate) const GRPC_RETRY_CONDITIONS: [&str; 5] =
    ["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"];

/// How many matches a rule of Linkerd's own HTTPRoute may have (linkerd2, CRD of `httproutes.policy.linkerd.io`);
/// one of the Gateway API's may have 64.
pub(crate) const MOST_MATCHES: usize = 8;

/// The largest body of a request that is kept to send it again, in billionths of a byte: 64 KiB
/// (linkerd2-proxy `app/outbound/src/http/retry.rs`).
pub(crate) const MOST_RETRIED_BODY: i128 = 64 * 1024 * 1_000_000_000;

/// The ratio that a retry budget may have at most (linkerd2-proxy `linkerd/service-profiles/src/proto.rs`).
pub(crate) const BUDGET_RATIO_MOST: f64 = 1000.0;

/// How long a retry budget may count, in milliseconds: one second to one minute (the same file).
pub(crate) const BUDGET_TTL_MILLIS: std::ops::RangeInclusive<u32> = 1_000..=60_000;

/// After how many failures in a row a breaker leaves a pod alone unless told otherwise, and for how long at least and
/// at most (linkerd.io, reference/circuit-breaking).
pub(crate) const BREAKER_MAX_FAILURES: u32 = 7;
pub(crate) const BREAKER_MIN_PENALTY_MILLIS: u32 = 1_000;
pub(crate) const BREAKER_MAX_PENALTY_MILLIS: u32 = 60_000;

/// The annotation by which a version of Linkerd makes the proxy a native sidecar; `None` where it is one by default.
pub(crate) fn native_sidecar_annotation(linkerd: MinorVersion) -> Option<&'static str> {
    if linkerd >= DEFAULT_SIDECARS_SINCE {
        None
    } else if linkerd >= BETA_SIDECARS_SINCE {
        Some("config.beta.linkerd.io/proxy-enable-native-sidecar")
    } else {
        Some("config.alpha.linkerd.io/proxy-enable-native-sidecar")
    }
}

/// The identity of a service account (linkerd2 `policy-controller/k8s/index/src/cluster_info.rs`); `*`
/// in place of the account is everyone in the namespace.
pub(crate) fn identity(account: &str, namespace: &str, control_plane_namespace: &str, trust_domain: &str) -> String {
    format!("{account}.{namespace}.serviceaccount.identity.{control_plane_namespace}.{trust_domain}")
}

/// The networks that a default install takes for the cluster's (linkerd2 `charts/linkerd-control-plane/values.yaml`,
/// `clusterNetworks`).
pub(crate) const CLUSTER_NETWORKS: [&str; 5] = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];

/// What the value of an annotation must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grammar {
    Quantity,
    /// Go's time.ParseDuration.
    Duration,
    /// A number from 0 to 1.
    Ratio,
    Whole,
    Words(&'static [&'static str]),
    Text,
}

impl Grammar {
    pub(crate) fn takes(self, value: &str) -> bool {
        match self {
            Self::Quantity => quantity::nanos(value).is_some(),
            Self::Duration => is_go_duration(value),
            Self::Ratio => value.parse::<f64>().is_ok_and(|ratio| (0.0..=1.0).contains(&ratio)),
            Self::Whole => value.parse::<u32>().is_ok(),
            Self::Words(words) => words.contains(&value),
            Self::Text => !value.is_empty(),
        }
    }

    pub(crate) fn expected(self) -> String {
        match self {
            Self::Quantity => "a quantity, such as \"100m\" or \"64Mi\"".to_owned(),
            Self::Duration => "a duration, such as \"5s\"".to_owned(),
            Self::Ratio => "a number from 0 to 1".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Words(words) => format!("one of {}", crate::upstream::linkerd::quoted(words)),
            Self::Text => "some text".to_owned(),
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

fn is_go_duration(text: &str) -> bool {
    let units = ["ns", "us", "ms", "s", "m", "h"];
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let unit = rest[number..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| number + end);
        if rest[..number].parse::<f64>().is_err() || !units.contains(&&rest[number..unit]) {
            return false;
        }
        rest = &rest[unit..];
    }
    !text.is_empty()
}

const SWITCH: Grammar = Grammar::Words(&["enabled", "disabled"]);
const BOOLEAN: Grammar = Grammar::Words(&["true", "false"]);
const PULL_POLICY: Grammar = Grammar::Words(&["Always", "IfNotPresent", "Never"]);

/// The annotations of a pod that tune its proxy, and the values that Linkerd and its viz extension read (linkerd2
/// `pkg/k8s/labels.go`, `pkg/inject`, `viz/pkg/labels`; linkerd.io, reference/proxy-configuration). A wrong value is
/// logged and ignored, never refused.
pub(crate) const POD_ANNOTATIONS: [(&str, Grammar); 42] = [
    ("config.alpha.linkerd.io/proxy-wait-before-exit-seconds", Grammar::Whole),
    ("config.alpha.linkerd.io/trace-collector-service-account", Grammar::Text),
    ("config.linkerd.io/access-log", Grammar::Words(&["apache", "json"])),
    ("config.linkerd.io/close-wait-timeout", Grammar::Duration),
    ("config.linkerd.io/debug-image", Grammar::Text),
    ("config.linkerd.io/debug-image-pull-policy", PULL_POLICY),
    ("config.linkerd.io/debug-image-version", Grammar::Text),
    ("config.linkerd.io/enable-debug-sidecar", BOOLEAN),
    ("config.linkerd.io/enable-external-profiles", BOOLEAN),
    ("config.linkerd.io/image-pull-policy", PULL_POLICY),
    ("config.linkerd.io/init-image", Grammar::Text),
    ("config.linkerd.io/init-image-version", Grammar::Text),
    ("config.linkerd.io/proxy-admin-shutdown", SWITCH),
    ("config.linkerd.io/proxy-await", SWITCH),
    ("config.linkerd.io/proxy-cpu-limit", Grammar::Quantity),
    ("config.linkerd.io/proxy-cpu-ratio-limit", Grammar::Ratio),
    ("config.linkerd.io/proxy-cpu-request", Grammar::Quantity),
    ("config.linkerd.io/proxy-disable-inbound-protocol-detect-timeout", BOOLEAN),
    ("config.linkerd.io/proxy-disable-outbound-protocol-detect-timeout", BOOLEAN),
    ("config.linkerd.io/proxy-ephemeral-storage-limit", Grammar::Quantity),
    ("config.linkerd.io/proxy-ephemeral-storage-request", Grammar::Quantity),
    ("config.linkerd.io/proxy-gid", Grammar::Whole),
    ("config.linkerd.io/proxy-image", Grammar::Text),
    ("config.linkerd.io/proxy-inbound-connect-timeout", Grammar::Duration),
    ("config.linkerd.io/proxy-inbound-discovery-cache-unused-timeout", Grammar::Duration),
    ("config.linkerd.io/proxy-log-format", Grammar::Words(&["plain", "json"])),
    ("config.linkerd.io/proxy-log-http-headers", Grammar::Words(&["insecure", "off"])),
    ("config.linkerd.io/proxy-log-level", Grammar::Text),
    ("config.linkerd.io/proxy-memory-limit", Grammar::Quantity),
    ("config.linkerd.io/proxy-memory-request", Grammar::Quantity),
    ("config.linkerd.io/proxy-metrics-hostname-labels", BOOLEAN),
    ("config.linkerd.io/proxy-outbound-connect-timeout", Grammar::Duration),
    ("config.linkerd.io/proxy-outbound-discovery-cache-unused-timeout", Grammar::Duration),
    ("config.linkerd.io/proxy-uid", Grammar::Whole),
    ("config.linkerd.io/proxy-version", Grammar::Text),
    ("config.linkerd.io/shutdown-grace-period", Grammar::Duration),
    ("config.linkerd.io/trace-collector", Grammar::Text),
    ("jaeger.linkerd.io/tracing-enabled", BOOLEAN),
    ("linkerd.io/created-by", Grammar::Text),
    ("linkerd.io/trust-root-sha256", Grammar::Text),
    ("viz.linkerd.io/disable-tap", BOOLEAN),
    ("viz.linkerd.io/tap-enabled", BOOLEAN),
];

/// The annotations that mlmesh writes itself or that would take a pod out of the mesh's policies.
pub(crate) const RESERVED_ANNOTATIONS: [(&str, &str); 15] = [
    ("linkerd.io/inject", "set `inject` on the namespace instead"),
    ("config.linkerd.io/default-inbound-policy", "set `inbound` on the namespace instead"),
    ("config.linkerd.io/opaque-ports", "set `protocol = \"opaque\"` on the port instead"),
    (
        "config.linkerd.io/skip-inbound-ports",
        "remove it: a skipped port has no policy, no identity and no metrics; set `protocol = \"opaque\"` on the port instead",
    ),
    ("config.linkerd.io/skip-outbound-ports", "remove it: a skipped port has no identity, no routes and no metrics"),
    ("config.linkerd.io/skip-subnets", "remove it: traffic of a skipped subnet has no policy, no identity and no metrics"),
    (
        "config.linkerd.io/proxy-require-identity-inbound-ports",
        "set `callers` on the port, or `inbound` on the namespace, instead",
    ),
    ("config.linkerd.io/pod-inbound-ports", "remove it: the injector writes it"),
    ("config.linkerd.io/inbound-port", "remove it: mlmesh knows the proxy by its default ports"),
    ("config.linkerd.io/outbound-port", "remove it: mlmesh knows the proxy by its default ports"),
    ("config.linkerd.io/admin-port", "remove it: mlmesh knows the proxy by its default ports"),
    ("config.linkerd.io/control-port", "remove it: mlmesh knows the proxy by its default ports"),
    ("config.linkerd.io/proxy-enable-native-sidecar", "remove it: mlmesh writes it where the Linkerd version needs it"),
    ("config.beta.linkerd.io/proxy-enable-native-sidecar", "remove it: mlmesh writes it where the Linkerd version needs it"),
    ("config.alpha.linkerd.io/proxy-enable-native-sidecar", "remove it: mlmesh writes it where the Linkerd version needs it"),
];

/// Whether a key belongs to Linkerd.
pub(crate) fn owns(key: &str) -> bool {
    key.split_once('/').is_some_and(|(prefix, _)| prefix == "linkerd.io" || prefix.ends_with(".linkerd.io"))
}
