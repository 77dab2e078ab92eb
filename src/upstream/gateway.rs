//! The Gateway API as Linkerd reads it: which version of which kind, and its limits.

use crate::upstream::versions::{GATEWAY_V1_SINCE, MinorVersion};

/// The version of HTTPRoutes that a version of Linkerd watches.
pub(crate) fn http_route(linkerd: MinorVersion) -> &'static str {
    if linkerd < GATEWAY_V1_SINCE { "v1beta1" } else { "v1" }
}

/// The version of GRPCRoutes that a version of Linkerd watches.
pub(crate) fn grpc_route(linkerd: MinorVersion) -> &'static str {
    if linkerd < GATEWAY_V1_SINCE { "v1alpha2" } else { "v1" }
}

/// How many characters the value of a path match has at most (the same CRD of HTTPRoute v1.2.1).
pub(crate) const MAX_PATH: usize = 1024;

/// Whether a path of a request can hold this text: characters of RFC 3986, and `%` before two hexadecimal digits alone
/// (a CEL rule of the same CRD).
pub(crate) fn is_path_text(text: &str) -> bool {
    let mut parts = text.split('%');
    let plain = parts.next().is_some_and(|first| first.bytes().all(is_path_byte));
    plain
        && parts.all(|part| {
            let (digits, rest) = part.as_bytes().split_at_checked(2).unwrap_or((&[], &[]));
            digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit) && rest.iter().copied().all(is_path_byte)
        })
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
}

/// Whether a path has a segment that a proxy or a server may take away: an empty one, `.`, `..`, or an encoded slash
/// (CEL rules of the same CRD).
pub(crate) fn has_lost_segment(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["//", "/./", "/../", "%2f"].iter().any(|bad| lower.contains(bad)) || lower.ends_with("/.") || lower.ends_with("/..")
}

/// How many rules a route has at most (CRD of HTTPRoute v1.2.1).
pub(crate) const MOST_RULES: usize = 16;

/// How many matches the rules of a route have at most, all together (a CEL rule of the same CRD).
pub(crate) const MOST_MATCHES: usize = 128;

/// Every method that a match of an HTTPRoute can name.
pub(crate) const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// Whether the `timeouts` of a rule can say a duration: at most five digits before the unit (GEP-2257).
pub(crate) fn is_duration(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_digit).count() <= 5
}
