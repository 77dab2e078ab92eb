//! Versions that get requests besides the split: by a header, or as copies.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::read::{Read, as_str};
use crate::manifest::share::Share;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::Value;

codes! {
    INVALID_HEADER = "invalid-header", Error, "a header that no request can have",
        "The Gateway API takes a header's name as RFC 9110 does (letters, digits and `!#$%&'*+-.^_`|~`) and a value of at \
         most 4,096 characters (CRD of HTTPRoute v1.2.1). A value with a space at an end would never match, since HTTP \
         takes it away.";
}

table! {
    /// Requests that go to one version, whatever the split says.
    pub struct Variant {
        /// The version that gets them.
        required version: Spanned<String>,
        /// Which requests these are.
        required when: When,
    }

    /// Requests by a header.
    pub struct When {
        /// The header's name.
        required header: Spanned<HeaderName>,
        /// What it says, exactly.
        required is: Spanned<HeaderValue>,
    }

    /// A version that gets copies of requests, whose answers nobody sees.
    pub struct Mirror {
        /// The version.
        required version: Spanned<String>,
        /// The share of the requests that is copied. Default: 100%.
        optional share: Spanned<Share>,
    }
}

/// The name of a header, in lowercase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderName(pub String);

impl Read for HeaderName {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "the name of a header, such as \"x-cohort\"", report)?;
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if text.is_empty() || text.len() > 256 || !text.bytes().all(token) {
            let message = format!("`{}` is no name of a header", text.escape_debug());
            let help = "write letters, digits and hyphens, such as \"x-cohort\"";
            report.push(Diagnostic::new(&INVALID_HEADER, value.span, message).help(help));
            return None;
        }
        Some(Self(text.to_ascii_lowercase()))
    }
}

impl JsonSchema for HeaderName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HeaderName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": 256, "examples": ["x-cohort"] })
    }
}

/// The value of a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderValue(pub String);

impl Read for HeaderValue {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "the value of a header, such as \"beta\"", report)?;
        let legal = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if text.is_empty() || text.len() > 4096 || text.trim() != text || !legal {
            let message = format!("`{}` is no value that a header can have", text.escape_debug());
            let help = "write visible ASCII characters, without a space at either end";
            report.push(Diagnostic::new(&INVALID_HEADER, value.span, message).help(help));
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

impl JsonSchema for HeaderValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HeaderValue".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": 4096, "examples": ["beta"] })
    }
}
