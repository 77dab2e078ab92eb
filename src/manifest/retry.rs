//! Retries: when a failed request is tried again, how often, and within which budget.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::duration::Duration;
use crate::manifest::read::{Read, as_str, wrong_type};
use crate::manifest::share::Share;
use crate::manifest::table::{numbers, read_table, table};
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::upstream::linkerd;

codes! {
    INVALID_RETRY_CONDITION = "invalid-retry-condition", Error, "a retry condition that Linkerd does not know",
        "`retry.linkerd.io/http` takes `5xx`, `gateway-error`, `NNN` and `NNN-MMM`, and `retry.linkerd.io/grpc` five status \
         names. On a Service, Linkerd drops a condition that it cannot read (policy-controller, outbound/index/http.rs).";
}

table! {
    /// The share of requests that retries may add.
    pub struct RetryBudget {
        /// How many retries may be added, as a share of the requests; 0.2 is one in five. At most 1000.
        required ratio: Spanned<Share>,
        /// How many retries a second each caller's proxy may always add.
        required min_per_second: Spanned<u32>,
        /// Over how long requests are counted; 1s to 60s.
        required ttl: Spanned<Duration>,
    }

    /// When and how often a failed request is tried again.
    pub struct RetryTable {
        /// The statuses that count as failed: `5xx`, `gateway-error`, `503`, `502-504`; on a gRPC route the names of statuses. Default: 5xx.
        optional on: Spanned<Vec<Spanned<RetryCondition>>>,
        /// How often a request is tried again. Default: 1.
        optional limit: Spanned<Tries>,
        /// How long one try may take. Default: no limit but the route's.
        optional timeout: Spanned<Duration>,
    }
}

/// Whether and how a failed request is tried again.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    /// `retry = false` says so; everything else retries.
    pub enabled: bool,
    /// The statuses that count as failed, where a person wrote them.
    pub on: Option<Spanned<Vec<Spanned<RetryCondition>>>>,
    /// How often, where a person wrote it.
    pub limit: Option<Spanned<Tries>>,
    /// How long one try may take, where a person wrote it.
    pub timeout: Option<Spanned<Duration>>,
}

/// A status that counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RetryCondition {
    /// HTTP statuses from the first to the last.
    Http(u16, u16),
    /// A gRPC status, by its name in Linkerd's annotation.
    Grpc(&'static str),
}

numbers! {
    /// How often a request is tried again: from 1 on, since Linkerd takes a limit of 0 for none given.
    pub struct Tries(u32, 1..=65_535);
}

impl Read for Retry {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        match &value.kind {
            Kind::Boolean(enabled) => Some(Self { enabled: *enabled, ..Self::default() }),
            Kind::Table(table) => {
                let RetryTable { on, limit, timeout, .. } = read_table(table, report);
                Some(Self { enabled: true, on, limit, timeout })
            }
            _ => {
                wrong_type(value, "`true`, `false` or `{ on = [...], limit = 1 }`", report);
                None
            }
        }
    }
}

impl JsonSchema for Retry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Retry".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<RetryTable>();
        schemars::json_schema!({ "oneOf": [{ "type": "boolean" }, table] })
    }
}

impl RetryCondition {
    /// `5xx`.
    pub const SERVER_ERRORS: Self = Self::Http(500, 599);

    /// The gRPC statuses that mean the same: those that a gateway makes of these HTTP statuses (gRPC,
    /// `doc/http-grpc-status-mapping.md`).
    #[must_use]
    pub fn grpc_statuses(self) -> Vec<&'static str> {
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
        let status = |text: &str| text.parse::<u16>().ok().filter(|status| text.len() == 3 && (100..=599).contains(status));
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

impl JsonSchema for RetryCondition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetryCondition".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["5xx", "gateway-error", "503", "502-504", "unavailable"] })
    }
}
