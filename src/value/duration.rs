//! The one duration of the language. Each target prints the one spelling that its reader understands.

use std::fmt;

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::syntax::Value;
use crate::value::json::ToJson;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_DURATION = "invalid-duration", Error, "a text that is no duration",
        "A duration is whole numbers with units, the largest first: `250ms`, `5s`, `1m30s`, `2h`. Linkerd and Kubernetes \
         read five grammars between them and drop what they cannot read, often without a word, so mlmesh reads one and \
         prints each reader's own.";
}

/// A length of time in whole milliseconds; at most about 49 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Duration {
    millis: u32,
}

const UNITS: [(&str, u32); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Duration {
    /// So many milliseconds.
    #[must_use]
    pub(crate) const fn from_millis(millis: u32) -> Self {
        Self { millis }
    }

    /// The length in milliseconds.
    #[must_use]
    pub(crate) const fn millis(self) -> u32 {
        self.millis
    }

    /// The length in seconds, if it is a whole number of them.
    #[must_use]
    pub(crate) const fn whole_seconds(self) -> Option<u32> {
        if self.millis.is_multiple_of(1000) { Some(self.millis / 1000) } else { None }
    }

    /// Reads `1m30s`: units in falling order, each at most once.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut total: u32 = 0;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, behind) = rest.split_at(digits);
            let unit_end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
            let (unit, behind) = behind.split_at(unit_end);
            let (_, millis) = units.find(|(name, _)| *name == unit)?;
            total = total.checked_add(number.parse::<u32>().ok()?.checked_mul(*millis)?)?;
            rest = behind;
        }
        (!text.is_empty()).then_some(Self { millis: total })
    }
}

/// One whole number with the largest unit that fits: `90s`, `1500ms`, `2h`. Go, Linkerd's annotations
/// and the Gateway API all read it alike.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days are left out: Go's time.ParseDuration, which reads a ServiceProfile, has none.
        let (unit, millis) = match self.millis {
            0 => ("s", 1000),
            _ => *UNITS[1..].iter().find(|(_, millis)| self.millis.is_multiple_of(*millis)).unwrap_or(&("ms", 1)),
        };
        write!(f, "{}{unit}", self.millis / millis)
    }
}

impl Read for Duration {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a duration in quotes, such as \"5s\"", report)?;
        let duration = Self::parse(text);
        if duration.is_none() {
            let message = format!("`{text}` is no duration");
            let help = "write whole numbers with the units d, h, m, s, ms, the largest first: \"250ms\", \"5s\", \"1m30s\"";
            let diagnostic = Diagnostic::new(&INVALID_DURATION, value.span, message).help(help);
            let spelled: String = text.to_lowercase().split_whitespace().collect();
            let right = Self::parse(&spelled).is_some();
            report.push(if right { diagnostic.suggest(Safety::Safe, quoted(&spelled)) } else { diagnostic });
        }
        duration
    }
}

impl ToJson for Duration {
    fn to_json(&self) -> serde_json::Value {
        self.to_string().into()
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
            "examples": ["250ms", "5s", "1m30s"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn units_are_written_and_fall() {
        assert_eq!(Duration::parse("1m30s").map(Duration::millis), Some(90_000));
        assert_eq!(Duration::parse("250ms").map(Duration::millis), Some(250));
        for wrong in ["", "5", "s", "1s1m", "1s1s", "1.5s", "-1s", " 1s", "99999999d", "1 s"] {
            assert_eq!(Duration::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn one_unit_is_printed() {
        for (written, printed) in [("1m30s", "90s"), ("1500ms", "1500ms"), ("1d", "24h"), ("60s", "1m"), ("0s", "0s")] {
            assert_eq!(Duration::parse(written).map(|d| d.to_string()).as_deref(), Some(printed));
        }
    }
}
