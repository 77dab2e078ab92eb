//! A status after which a request is tried again, and how often it is.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::syntax::Value;
use crate::upstream::linkerd;
use crate::value::declare::numbers;
use crate::value::json::ToJson;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_RETRY_CONDITION = "invalid-retry-condition", Error, "a retry condition that Linkerd does not know",
        "`retry.linkerd.io/http` takes `5xx`, `gateway-error`, `NNN` and `NNN-MMM`, and `retry.linkerd.io/grpc` five status \
         names. On a Service, Linkerd drops a condition that it cannot read (policy-controller, outbound/index/http.rs).";
}

/// A status that counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RetryCondition {
    /// HTTP statuses from the first to the last.
    Http(u16, u16),
    /// A gRPC status, by its name in Linkerd's annotation.
    Grpc(&'static str),
}

numbers! {
    /// How often a request is tried again: from 1 on, since Linkerd takes a limit of 0 for none given.
    pub(crate) struct Tries(u32, 1..=65_535);
}

impl Tries {
    /// Where nothing else is said.
    pub(crate) const DEFAULT: Self = Self(1);
}

impl RetryCondition {
    /// `5xx`, which is also meant where nothing else is said.
    pub(crate) const SERVER_ERRORS: Self = Self::Http(500, 599);

    /// The gRPC statuses that mean the same: those that a gateway makes of these HTTP statuses (gRPC,
    /// `doc/http-grpc-status-mapping.md`).
    #[must_use]
    pub(crate) fn grpc_statuses(self) -> Vec<&'static str> {
        const COUNTERPARTS: [(u16, &str); 5] = [
            (429, "resource-exhausted"),
            (499, "cancelled"),
            (500, "internal"),
            (503, "unavailable"),
            (504, "deadline-exceeded"),
        ];
        match self {
            Self::Grpc(status) => vec![status],
            Self::Http(first, last) => {
                let within = COUNTERPARTS.iter().filter(|(status, _)| (first..=last).contains(status));
                within.map(|(_, name)| *name).collect()
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "5xx" => Some(Self::Http(500, 599)),
            "gateway-error" => Some(Self::Http(502, 504)),
            _ => linkerd::GRPC_RETRY_CONDITIONS.iter().find(|name| **name == text).map(|name| Self::Grpc(name)).or_else(|| {
                let (first, last) = text.split_once('-').unwrap_or((text, text));
                let (first, last) = (status(first)?, status(last)?);
                (first <= last).then_some(Self::Http(first, last))
            }),
        }
    }
}

fn status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|status| text.len() == 3 && (100..=599).contains(status))
}

impl Read for RetryCondition {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a status in quotes, such as \"5xx\" or \"503\"", report)?;
        let condition = Self::parse(text);
        if condition.is_none() {
            let message = format!("`{text}` is no retry condition");
            let names = linkerd::GRPC_RETRY_CONDITIONS.join(", ");
            let help = format!("write \"5xx\", \"gateway-error\", \"503\" or \"502-504\"; on a gRPC route one of {names}");
            report.push(Diagnostic::new(&INVALID_RETRY_CONDITION, value.span, message).help(help));
        }
        condition
    }
}

impl ToJson for RetryCondition {
    fn to_json(&self) -> serde_json::Value {
        match *self {
            Self::SERVER_ERRORS => "5xx".into(),
            Self::Http(first, last) if first == last => first.to_string().into(),
            Self::Http(first, last) => format!("{first}-{last}").into(),
            Self::Grpc(status) => status.into(),
        }
    }
}

impl JsonSchema for RetryCondition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetryCondition".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["5xx", "gateway-error", "503", "502-504", "unavailable"] })
    }
}
