//! What a plain scalar means to Go: `resolve` of go-yaml v2, which `sigs.k8s.io/yaml` builds on. That is YAML 1.1: `yes`,
//! `on` and `y` are true, `017` is 15, `1_000` is 1000. A date stays a text.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Number, Value};

/// `yamlStyleFloat` of go-yaml v2's resolve.go.
static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$|^[-+]?[0-9]+\.[0-9]*([eE][-+]?[0-9]+)?$")
        .expect("the pattern is a constant")
});

/// Up to here every whole number is a float of its own.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The JSON value of a plain scalar; `None` for what JSON has no value for: infinities, and what is not a number.
pub(super) fn resolve(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => return Some(true.into()),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => return Some(false.into()),
        _ => {}
    }
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&text.trim_start_matches(['+', '-'])) {
        return None;
    }
    let may_be_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let number = if may_be_number { number(text) } else { None };
    Some(number.map_or_else(|| text.into(), Value::Number))
}

fn number(text: &str) -> Option<Number> {
    if text.starts_with('.') && !separates_digits(text) {
        return None;
    }
    let plain = text.replace('_', "");
    integer(&plain).or_else(|| float(&plain))
}

/// Whether each `_` stands between two digits: led by a dot, a number goes to `strconv.ParseFloat` as it is.
fn separates_digits(text: &str) -> bool {
    let mut parts = text.trim_start_matches('.').split('_');
    !text.contains('_') || parts.all(|part| part.starts_with(is_digit) && part.ends_with(is_digit))
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}

/// `strconv.ParseInt` and `ParseUint` with base 0.
fn integer(plain: &str) -> Option<Number> {
    let (is_negative, digits) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let (radix, digits) = radix(digits);
    // No second sign.
    let value = i128::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))?;
    Number::from_i128(if is_negative { -value } else { value })
}

fn radix(digits: &str) -> (u32, &str) {
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    match lower.as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        Some(_) | None => (10, digits),
    }
}

/// A float; a whole one is the integer that Go writes for it.
fn float(plain: &str) -> Option<Number> {
    let value: f64 = FLOAT.is_match(plain).then(|| plain.parse().ok()).flatten()?;
    let is_whole = value.fract() == 0.0 && value.abs() < MAX_EXACT;
    if is_whole { Some(Number::from(value as i64)) } else { Number::from_f64(value) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::resolve;

    #[test]
    fn a_plain_scalar_is_what_go_takes_it_for() {
        let cases = [
            ("8080", json!(8080)),
            ("017", json!(15)),
            ("08", json!(8)),
            ("0", json!(0)),
            ("-1", json!(-1)),
            ("1_000", json!(1000)),
            ("0x1F", json!(31)),
            ("0b101", json!(5)),
            ("1e3", json!(1000)),
            ("-0.0", json!(0)),
            (".5", json!(0.5)),
            ("1.", json!(1)),
            ("y", json!(true)),
            ("off", json!(false)),
            ("~", json!(null)),
            ("", json!(null)),
            ("2026-01-01", json!("2026-01-01")),
            ("1.2.3", json!("1.2.3")),
            ("5s", json!("5s")),
            ("0x", json!("0x")),
            ("--1", json!("--1")),
            (".8_", json!(".8_")),
            (".5_5", json!(0.55)),
            (".5e-1", json!(0.05)),
            ("-", json!("-")),
            (".", json!(".")),
            ("oN", json!("oN")),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ];
        for (text, value) in cases {
            assert_eq!(resolve(text), Some(value), "{text}");
        }
        assert_eq!(resolve("-.inf"), None);
    }
}
