//! The grammars of Kubernetes' small texts, as its validation code has them (`apimachinery/pkg/util/validation`,
//! `apimachinery/pkg/api/resource`): names, labels, quantities, durations, address ranges.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

/// The grammar of `resource.Quantity`.
static QUANTITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"));
/// The grammar of Go's `time.ParseDuration`.
static DURATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$"));
static BASE64: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"));

/// RFC 1123 label: up to 63 of `a-z0-9-`, not led or ended by `-`.
pub fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_label_chars(text)
}

/// RFC 1035 label: a DNS label that starts with a letter.
pub fn is_dns_1035_label(text: &str) -> bool {
    is_dns_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// RFC 1123 subdomain: labels joined by dots, up to 253.
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label_chars)
}

/// `IANA_SVC_NAME`, the name of a container's port: up to 15, with a letter in it and no `--`.
pub fn is_port_name(text: &str) -> bool {
    text.len() <= 15 && is_label_chars(text) && !text.contains("--") && text.contains(|c: char| c.is_ascii_lowercase())
}

/// The key of a label or an annotation: `name` or `prefix/name`.
pub fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_dns_subdomain) && !name.is_empty() && is_label_value(name)
}

/// A label's value: empty, or up to 63 of `A-Za-z0-9-_.` that start and end with a letter or digit.
pub fn is_label_value(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    let body = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    text.len() <= 63 && body && edge(text.chars().next()) && edge(text.chars().last())
}

/// A name that is one segment of a path, as RBAC's kinds have it.
pub fn is_path_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '%'])
}

pub fn is_quantity(text: &str) -> bool {
    quantity(text).is_some()
}

/// The value of a quantity: `500m` is 0.5, `1Ki` is 1024.
pub fn quantity(text: &str) -> Option<f64> {
    let parts = QUANTITY.captures(text)?;
    let number: f64 = parts[1].parse().ok()?;
    match parts.get(2).map_or("", |suffix| suffix.as_str()) {
        "" => Some(number),
        "n" => Some(number / 1e9),
        "u" => Some(number / 1e6),
        "m" => Some(number / 1e3),
        suffix => Some(number * scale(suffix)?),
    }
}

/// What `time.ParseDuration` accepts.
pub fn is_go_duration(text: &str) -> bool {
    DURATION.is_match(text)
}

pub fn is_base64(text: &str) -> bool {
    BASE64.is_match(text)
}

/// An address range: a CIDR, or a bare address as the range of one.
pub fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(bits), |prefix| prefix.parse().ok())?;
    (prefix <= bits).then_some((address, prefix))
}

/// Whether the range `inner` lies within `outer`, or is it.
pub fn network_within(inner: (IpAddr, u8), outer: (IpAddr, u8)) -> bool {
    let same_family = inner.0.is_ipv4() == outer.0.is_ipv4();
    same_family && inner.1 >= outer.1 && leading_bits(inner.0, outer.1) == leading_bits(outer.0, outer.1)
}

fn leading_bits(address: IpAddr, count: u8) -> u128 {
    let bits = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    };
    if count == 0 { 0 } else { bits >> (128 - u32::from(count)) }
}

fn scale(suffix: &str) -> Option<f64> {
    if let Some(exponent) = suffix.strip_prefix(['e', 'E']).filter(|exponent| !exponent.is_empty() && *exponent != "i")
    {
        return exponent.parse().ok().map(|exponent: i32| 10f64.powi(exponent));
    }
    let power = "kMGTPE".find(suffix.chars().next()?.to_string().replace('K', "k").as_str())? as i32 + 1;
    Some(if suffix.ends_with('i') { 1024f64.powi(power) } else { 1000f64.powi(power) })
}

fn is_label_chars(text: &str) -> bool {
    let chars = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    chars && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-')
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, value) in
            [("1", 1.0), ("500m", 0.5), ("1Ki", 1024.0), ("2M", 2e6), ("1e3", 1000.0), ("1E", 1e18), (".5", 0.5)]
        {
            assert_eq!(quantity(text), Some(value), "{text}");
        }
        for text in ["", "1GiB", "1 Gi", "Gi", "1K", "1gi", "--1", "1.2.3", "1mi"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn durations() {
        assert!(["5s", "1h30m", "1.5s", "0", "300ms"].into_iter().all(is_go_duration));
        assert!(!["5", "5 s", "1d", "s", "", "1h-3m"].into_iter().any(is_go_duration));
    }

    #[test]
    fn names() {
        assert!(is_qualified_name("config.linkerd.io/opaque-ports") && is_qualified_name("App_1"));
        assert!(
            !is_qualified_name("a/b/c")
                && !is_qualified_name("/a")
                && !is_qualified_name("A.io/x")
                && !is_qualified_name("x/")
        );
        assert!(is_label_value("") && is_label_value("v1.2_3") && !is_label_value("-v") && !is_label_value("a b"));
        assert!(
            is_port_name("http")
                && !is_port_name("8080")
                && !is_port_name("a--b")
                && !is_port_name("longer-than-fifteen")
        );
        assert!(is_dns_1035_label("a1") && !is_dns_1035_label("1a") && !is_dns_subdomain("a..b"));
    }

    #[test]
    fn networks() {
        let within = |inner, outer| network_within(network(inner).unwrap(), network(outer).unwrap());
        assert!(within("10.1.0.0/16", "10.0.0.0/8") && within("::1", "::/0") && within("1.2.3.4", "1.2.3.4/32"));
        assert!(!within("10.0.0.0/8", "10.1.0.0/16") && !within("::1", "0.0.0.0/0"));
        assert!(network("10.0.0.0/33").is_none() && network("10.0.0/8").is_none());
    }
}
