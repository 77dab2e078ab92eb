//! Ports: a number, what is spoken there, and who may call.

use schemars::JsonSchema;

use crate::diagnostic::Report;
use crate::manifest::rate::RateLimit;
use crate::manifest::read::read_table;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::value::read::{Read, wrong_type};
use crate::value::{PortNumber, PortNumbers, Protocol};

table! {
    /// A port besides the main one.
    pub(crate) struct Port {
        /// Its number; `{ service = 80, container = 8080 }` where the Service offers another one.
        required port: Spanned<PortNumbers>,
        /// What is spoken on it.
        optional protocol: Spanned<Protocol> = Protocol::Detect,
        /// Who may call it; everyone else is denied.
        #[default = "whom the namespace's `inbound` admits"]
        optional callers: Spanned<Vec<Spanned<String>>>,
        /// How many requests a second each pod takes on it; of more, the rest is answered with 429.
        optional rate_limit: Spanned<RateLimit>,
    }
}

table! {
    /// A port that the Service offers under another number.
    pub(crate) struct TwoNumbers {
        /// The number that callers use.
        required service: PortNumber,
        /// The number on which the container listens.
        required container: PortNumber,
    }
}

impl Read for PortNumbers {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        match &value.kind {
            Kind::Integer(_) => PortNumber::read(value, report).map(|port| Self { service: port.0, container: port.0 }),
            Kind::Table(table) => {
                let TwoNumbers { service, container, .. } = read_table(table, report);
                Some(Self { service: service.as_ref()?.0, container: container.as_ref()?.0 })
            }
            _ => {
                wrong_type(value, "a port number, or `{ service = 80, container = 8080 }`", report);
                None
            }
        }
    }
}

impl JsonSchema for PortNumbers {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PortNumbers".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let number = serde_json::json!({ "type": "integer", "minimum": 1, "maximum": 65535 });
        schemars::json_schema!({ "oneOf": [number, {
            "type": "object", "required": ["service", "container"], "additionalProperties": false,
            "properties": { "service": number, "container": number },
        }] })
    }
}
