//! Manifests of any size for the benches.

use std::fmt::Write;

/// A manifest of so many models, each with two versions, a split, a caller, probes and routes.
pub(crate) fn manifest(models: usize) -> String {
    let mut text = String::from(
        r#"[cluster]
traffic = "smi"

[namespaces.ml]
inbound = "deny"

[identities.gateway]
namespace = "edge"
service-account = "gateway"
"#,
    );
    for model in 0..models {
        write!(
            text,
            r#"
[models.m{model}]
namespace = "ml"
port = {{ service = 80, container = 8080 }}
protocol = "http1"
callers = ["gateway"]
replicas = 2
resources = {{ requests = {{ cpu = "500m", memory = "1Gi" }}, limits = {{ cpu = "2", memory = "4Gi" }} }}
probes = {{ readiness = {{ path = "/health", period = "10s" }} }}
stable = "v1"
split = {{ v1 = 90, v2 = 10 }}

[models.m{model}.versions.v1]
image = "registry.example.com/m{model}:1.0"

[models.m{model}.versions.v2]
image = "registry.example.com/m{model}:2.0"

[models.m{model}.routes]
predict = {{ post = "/v1/predict", timeout = "5s" }}
metadata = {{ get = "/v1/models/{{name}}", timeout = "2s", retry = true }}
"#
        )
        .expect("a string takes everything");
    }
    text
}
