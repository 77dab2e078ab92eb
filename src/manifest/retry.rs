//! Retries: when a failed request is tried again, how often, and within which budget.

use schemars::JsonSchema;

use crate::diagnostic::Report;
use crate::manifest::Field;
use crate::manifest::read::read_table;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::value::read::{Read, wrong_type};
use crate::value::{Duration, RetryCondition, Share, Tries};

table! {
    /// The share of requests that retries may add.
    pub(crate) struct RetryBudget {
        /// How many retries may be added, as a share of the requests; 0.2 is one in five. At most 1000.
        required ratio: Spanned<Share>,
        /// How many retries a second each caller's proxy may always add.
        required min_per_second: Spanned<u32>,
        /// Over how long requests are counted; 1s to 60s.
        required ttl: Spanned<Duration>,
    }

    /// When and how often a failed request is tried again.
    pub(crate) struct RetryTable {
        /// The statuses that count as failed: `5xx`, `gateway-error`, `503`, `502-504`; on a gRPC route the names of statuses.
        #[implied = vec![RetryCondition::SERVER_ERRORS]]
        optional on: Spanned<Vec<Spanned<RetryCondition>>>,
        /// How often a request is tried again.
        #[implied = Tries::DEFAULT]
        optional limit: Spanned<Tries>,
        /// How long one try may take.
        #[default = "no limit but the route's"]
        optional timeout: Spanned<Duration>,
    }
}

/// Whether and how a failed request is tried again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retry {
    /// `retry = false` says so; everything else retries.
    pub enabled: bool,
    /// The statuses that count as failed, where a person wrote them.
    pub on: Field<Spanned<Vec<Spanned<RetryCondition>>>>,
    /// How often, where a person wrote it.
    pub limit: Field<Spanned<Tries>>,
    /// How long one try may take, where a person wrote it.
    pub timeout: Field<Spanned<Duration>>,
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
