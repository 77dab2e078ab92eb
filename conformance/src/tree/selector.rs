//! Label selectors: `matchLabels` and `matchExpressions`, all of which must hold.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::object::{items, text};

type Labels<'l> = BTreeMap<&'l str, &'l str>;

/// Whether a `LabelSelector` selects these labels; an empty one selects all.
pub fn selects(selector: &Value, labels: &Labels<'_>) -> bool {
    let expressions = items(selector, "/matchExpressions", "");
    holds(&selector["matchLabels"], labels) && expressions.iter().all(|(_, expression)| fits(expression, labels))
}

/// Whether each pair of a plain map is among these labels.
pub fn holds(pairs: &Value, labels: &Labels<'_>) -> bool {
    let mut pairs = pairs.as_object().into_iter().flatten();
    pairs.all(|(key, value)| value.as_str().is_some_and(|value| labels.get(key.as_str()) == Some(&value)))
}

fn fits(expression: &Value, labels: &Labels<'_>) -> bool {
    let value = labels.get(text(expression, "/key"));
    let listed = value.is_some_and(|value| items(expression, "/values", "").iter().any(|(_, listed)| *listed == value));
    match text(expression, "/operator") {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}
