//! A Kubernetes quantity: so much CPU, so many bytes.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::syntax::{Kind, Value};
use crate::upstream::quantity;
use crate::value::read::{Read, wrong_type};

codes! {
    INVALID_QUANTITY = "invalid-quantity", Error, "a text that is no Kubernetes quantity",
        "Kubernetes reads `500m`, `2`, `4Gi`, `1500M`; it refuses `4GB` and `1K`. \
         (apimachinery, pkg/api/resource/quantity.go)";
}

/// A Kubernetes quantity, in the spelling of the person who wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quantity {
    /// As written.
    pub text: String,
    /// In billionths, rounded up as Kubernetes does.
    pub nanos: i128,
}

impl Read for Quantity {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = match &value.kind {
            Kind::String(text) => text.to_string(),
            Kind::Integer(Some(number)) => number.to_string(),
            _ => {
                wrong_type(value, "a quantity in quotes, such as \"500m\" or \"4Gi\"", report);
                return None;
            }
        };
        match quantity::nanos(&text) {
            Some(nanos) if nanos >= 0 => Some(Self { text, nanos }),
            _ => {
                let message = format!("`{text}` is no quantity");
                let help = "write a number with a unit that Kubernetes knows: \"500m\", \"2\", \"512Mi\", \"4Gi\", \"1500M\"";
                let diagnostic = Diagnostic::new(&INVALID_QUANTITY, value.span, message).help(help);
                report.push(match near_quantity(&text) {
                    Some(near) => diagnostic.suggest(Safety::Guess, quoted(&near)),
                    None => diagnostic,
                });
                None
            }
        }
    }
}

/// The quantity that was probably meant: the same number with the unit spelled as Kubernetes spells it, as `4Gi` for
/// `4GiB` or `4gi`. Without a `B`, `m` is a thousandth and `M` a million, so that their case is never changed.
fn near_quantity(text: &str) -> Option<String> {
    const UNITS: [&str; 12] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "m", "M", "G", "T", "P"];
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let (unit, bytes) = match unit.trim().strip_suffix(['B', 'b']) {
        Some(unit) => (unit, true),
        None => (unit.trim(), false),
    };
    let known = UNITS.into_iter().find(|known| match *known {
        "m" | "M" if bytes => *known == "M" && unit.eq_ignore_ascii_case("m"),
        "m" | "M" => *known == unit,
        known => known.eq_ignore_ascii_case(unit),
    })?;
    Some(format!("{number}{known}")).filter(|near| quantity::nanos(near).is_some())
}

impl JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "oneOf": [
            { "type": "string", "pattern": quantity::PATTERN }, { "type": "integer", "minimum": 0 },
        ], "examples": ["500m", "4Gi"] })
    }
}

#[cfg(test)]
mod tests {
    use super::near_quantity;

    #[test]
    fn a_suggestion_never_changes_the_magnitude() {
        for (written, near) in [
            ("500 m", Some("500m")),
            ("500 M", Some("500M")),
            ("4gi", Some("4Gi")),
            ("4GiB", Some("4Gi")),
            ("512mb", Some("512M")),
            ("1K", Some("1k")),
            ("500mm", None),
            ("4 apples", None),
        ] {
            assert_eq!(near_quantity(written).as_deref(), near, "{written}");
        }
    }
}
