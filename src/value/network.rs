//! An IP network.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::syntax::Value;
use crate::value::json::ToJson;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_NETWORK = "invalid-network", Error, "a network that is no CIDR",
        "Linkerd's webhook refuses a NetworkAuthentication with a network that it cannot read \
         (policy-controller/runtime/src/admission.rs).";
}

/// An IP network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Network(pub ipnet::IpNet);

impl Read for Network {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a network in quotes, such as \"10.0.0.0/8\"", report)?;
        let network = text.parse::<ipnet::IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from));
        if network.is_err() {
            let message = format!("`{text}` is no network");
            report.push(
                Diagnostic::new(&INVALID_NETWORK, value.span, message)
                    .help("write a CIDR, such as \"10.0.0.0/8\" or \"fd00::/8\""),
            );
        }
        network.ok().map(Self)
    }
}

impl ToJson for Network {
    fn to_json(&self) -> serde_json::Value {
        self.0.to_string().into()
    }
}

impl JsonSchema for Network {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Network".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["10.0.0.0/8", "fd00::/8"] })
    }
}
