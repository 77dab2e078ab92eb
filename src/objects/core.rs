//! Kubernetes `v1`: Services and pods.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use serde_json::Number;

use crate::objects::{Map, Metadata, Optional, Rest, Text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceSpec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) selector: Optional<Map>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) ports: Optional<Vec<ServicePort>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePort {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_port: Option<IntOrString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_protocol: Option<Text>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PodTemplate {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) metadata: Optional<Metadata>,
    pub(crate) spec: PodSpec,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service_account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) restart_policy: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) security_context: Option<PodSecurityContext>,
    pub(crate) containers: Vec<Container>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurityContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run_as_non_root: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run_as_user: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seccomp_profile: Option<SeccompProfile>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeccompProfile {
    pub(crate) r#type: Text,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) command: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) args: Optional<Vec<String>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) ports: Optional<Vec<ContainerPort>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) env: Optional<Vec<EnvVar>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources: Option<Resources>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) startup_probe: Option<Probe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) liveness_probe: Option<Probe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) readiness_probe: Option<Probe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) security_context: Option<SecurityContext>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerPort {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) container_port: u16,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A variable has a value, or a source of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvVar {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_from: Option<EnvSource>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret_key_ref: Option<KeyRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) config_map_key_ref: Option<KeyRef>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyRef {
    pub(crate) name: String,
    pub(crate) key: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Resources {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) requests: Optional<BTreeMap<Text, ResourceQuantity>>,
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) limits: Optional<BTreeMap<Text, ResourceQuantity>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Asks in one of four ways.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_get: Option<HttpGet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exec: Option<Exec>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grpc: Option<Grpc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tcp_socket: Option<TcpSocket>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) initial_delay_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) period_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_threshold: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) success_threshold: Option<u32>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct HttpGet {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    pub(crate) port: IntOrString,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Exec {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) command: Optional<Vec<String>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Grpc {
    pub(crate) port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TcpSocket {
    pub(crate) port: IntOrString,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_privilege_escalation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capabilities: Option<Capabilities>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Capabilities {
    #[serde(default, skip_serializing_if = "Optional::is_absent")]
    pub(crate) drop: Optional<Vec<Text>>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A number, or a text: a share of the pods in percent, or the name of a port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum IntOrString {
    Int(u32),
    String(Text),
}

/// An amount of something. Kubernetes writes a text, and takes a number too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum ResourceQuantity {
    String(Text),
    Number(Number),
}
