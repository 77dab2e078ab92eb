//! A share of a whole, and an amount that is a number or a share.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::syntax::{Kind, Value};
use crate::value::json::ToJson;
use crate::value::read::{Read, wrong_type};

codes! {
    INVALID_SHARE = "invalid-share", Error, "a text or number that is no share",
        "A share is a percentage in quotes or a number that is not negative: `\"20%\"` and `0.2` are the same.";
}

/// A part of a whole, where 1.0 is the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Share(pub f64);

impl Share {
    /// The share in percent, if that is a whole number.
    #[must_use]
    pub(crate) fn whole_percent(self) -> Option<u32> {
        let percent = (self.0 * 100.0).round();
        let whole = (percent - self.0 * 100.0).abs() < 1e-9 && (0.0..=1e6).contains(&percent);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
        whole.then_some(percent as u32)
    }
}

fn percent(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let percent: f64 = plain.then(|| number.parse().ok())??;
    Some(percent / 100.0)
}

impl Read for Share {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "a share of this size is refused wherever it is used")]
        let share = match &value.kind {
            Kind::Float(number) => Some(*number),
            Kind::Integer(Some(number)) => Some(*number as f64),
            Kind::String(text) => percent(text),
            _ => {
                wrong_type(value, "a share, such as \"20%\" or 0.2", report);
                return None;
            }
        };
        let share = share.filter(|share| share.is_finite() && *share >= 0.0);
        if share.is_none() {
            let diagnostic = Diagnostic::new(&INVALID_SHARE, value.span, "this is no share");
            report.push(diagnostic.help("write a percentage in quotes, such as \"20%\", or a number, such as 0.2"));
        }
        share.map(Self)
    }
}

impl ToJson for Share {
    fn to_json(&self) -> serde_json::Value {
        match self.whole_percent() {
            Some(percent) => format!("{percent}%").into(),
            None => self.0.into(),
        }
    }
}

impl JsonSchema for Share {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "oneOf": [
            { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$" }, { "type": "number", "minimum": 0 },
        ] })
    }
}

/// So many, or so many percent: Kubernetes' IntOrString where it counts pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// So many pods.
    Count(u32),
    /// So many percent of the pods.
    Percent(u32),
}

impl Amount {
    /// Whether it amounts to nothing.
    #[must_use]
    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }
}

impl Default for Amount {
    fn default() -> Self {
        Self::Count(0)
    }
}

impl Read for Amount {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let amount = match &value.kind {
            Kind::Integer(_) => return u32::read(value, report).map(Self::Count),
            Kind::String(text) => percent(text).and_then(|share| Share(share).whole_percent()),
            _ => None,
        };
        if amount.is_none() {
            wrong_type(value, "a number of pods, or whole percent in quotes such as \"25%\"", report);
        }
        amount.map(Self::Percent)
    }
}

impl ToJson for Amount {
    fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Count(pods) => (*pods).into(),
            Self::Percent(percent) => format!("{percent}%").into(),
        }
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "oneOf": [
            { "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]+%$" },
        ] })
    }
}
