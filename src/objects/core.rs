//! Kubernetes `v1`: Services and pods.

use serde::Serialize;

use crate::objects::{Map, Metadata, Text};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ServiceSpec {
    pub(crate) selector: Map,
    pub(crate) ports: Vec<ServicePort>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePort {
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) target_port: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_protocol: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct PodTemplate {
    pub(crate) metadata: Metadata,
    pub(crate) spec: PodSpec,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSpec {
    pub(crate) service_account_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) restart_policy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) security_context: Option<PodSecurityContext>,
    pub(crate) containers: Vec<Container>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurityContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run_as_non_root: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run_as_user: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seccomp_profile: Option<SeccompProfile>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct SeccompProfile {
    pub(crate) r#type: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) command: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) args: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ports: Vec<ContainerPort>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) env: Vec<EnvVar>,
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
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerPort {
    pub(crate) name: String,
    pub(crate) container_port: u16,
}

/// A variable has a value, or a source of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvVar {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_from: Option<EnvSource>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EnvSource {
    SecretKeyRef(KeyRef),
    ConfigMapKeyRef(KeyRef),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct KeyRef {
    pub(crate) name: String,
    pub(crate) key: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Resources {
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) requests: Map,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) limits: Map,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    #[serde(flatten)]
    pub(crate) handler: Handler,
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
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Handler {
    HttpGet { path: String, port: u16 },
    Exec { command: Vec<String> },
    Grpc { port: u16, service: String },
    TcpSocket { port: u16 },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityContext {
    pub(crate) allow_privilege_escalation: bool,
    pub(crate) capabilities: Capabilities,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Capabilities {
    pub(crate) drop: [&'static str; 1],
}

/// An IntOrString that counts pods.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum IntOrString {
    Int(u32),
    String(Text),
}
