//! Kubernetes quantities (apimachinery, `pkg/api/resource/quantity.go`).

/// The grammar, for the JSON Schema.
pub(crate) const PATTERN: &str = r"^[0-9]*\.?[0-9]+(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$";

const GIGA: i128 = 1_000_000_000;

/// The value in billionths, rounded up as Kubernetes rounds; `None` where Kubernetes would refuse the text.
pub(crate) fn nanos(text: &str) -> Option<i128> {
    let number_end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(number_end);
    let (numerator, denominator) = scale(suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') || number.len() > 18 {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?.checked_mul(denominator)?;
    let scaled = digits.checked_mul(numerator)?.checked_mul(GIGA)?;
    Some(scaled / divisor + i128::from(scaled % divisor != 0))
}

/// What a suffix multiplies by, as a fraction.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [&str; 6] = ["k", "M", "G", "T", "P", "E"];
    if let Some(at) = BINARY.iter().position(|unit| *unit == suffix) {
        return Some((power(1024, at), 1));
    }
    if let Some(at) = DECIMAL.iter().position(|unit| *unit == suffix) {
        return Some((power(1000, at), 1));
    }
    match suffix {
        "" => Some((1, 1)),
        "m" => Some((1, 1000)),
        "u" => Some((1, 1_000_000)),
        "n" => Some((1, GIGA)),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|e| (-9..=18).contains(e))?;
            let factor = 10_i128.pow(exponent.unsigned_abs());
            Some(if exponent < 0 { (1, factor) } else { (factor, 1) })
        }
    }
}

fn power(base: i128, steps: usize) -> i128 {
    base.pow(u32::try_from(steps + 1).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::nanos;

    #[test]
    fn quantities_compare_across_units() {
        assert_eq!(nanos("500m"), nanos("0.5"));
        assert_eq!(nanos("1Gi"), nanos("1024Mi"));
        assert_eq!(nanos("1k"), nanos("1e3"));
        assert!(nanos("1G") < nanos("1Gi"));
    }

    #[test]
    fn what_kubernetes_refuses_is_refused() {
        for wrong in ["", "Gi", "1K", "1GB", "1Gib", "1 Gi", "-", "1..2", "one", "1e", ".", "1e99"] {
            assert_eq!(nanos(wrong), None, "{wrong}");
        }
    }
}
