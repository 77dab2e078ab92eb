//! How long a proxy lets a request take.

use serde::Serialize;

use crate::objects::Metadata;

/// The timeouts of a request, each as the object writes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Timeouts {
    /// How long it may take, retries included; none: as long as it likes.
    #[serde(rename = "timeout")]
    pub request: Option<String>,
    /// How long it may pass without a byte; none: as long as it likes.
    #[serde(rename = "idle_timeout")]
    pub idle: Option<String>,
}

impl Timeouts {
    /// A timeout of the whole request alone.
    pub(super) fn of_request(timeout: Option<String>) -> Self {
        Self { request: timeout, ..Self::default() }
    }

    /// What the annotations of a route object set for Linkerd; `field` is the timeout of the rule itself
    /// (linkerd2, policy-controller/k8s/index/src/outbound/index/http.rs).
    pub(super) fn annotated(route: &Metadata, field: Option<&String>) -> Self {
        Self {
            request: annotation(route, "timeout.linkerd.io/request").or_else(|| field.cloned()),
            idle: annotation(route, "timeout.linkerd.io/idle"),
        }
    }

    /// Each timeout under its name, set or not.
    pub(crate) fn named(&self) -> [(&'static str, Option<&str>); 2] {
        [("timeout", self.request.as_deref()), ("idle timeout", self.idle.as_deref())]
    }

    /// Those of a part of the request that are set, each under its name.
    pub(crate) fn of_parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let [_, parts @ ..] = self.named();
        parts.into_iter().filter_map(|(name, timeout)| Some((name, timeout?)))
    }
}

fn annotation(object: &Metadata, key: &str) -> Option<String> {
    object.annotations.get(key).map(ToString::to_string)
}
