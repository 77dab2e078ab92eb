//! The name and the value of a header.

use crate::diagnostic::codes;
use crate::value::declare::{Wrong, texts};

codes! {
    INVALID_HEADER = "invalid-header", Error, "a header that no request can have",
        "The Gateway API takes a header's name as RFC 9110 does (letters, digits and `!#$%&'*+-.^_`|~`) and a value of at \
         most 4,096 characters (CRD of HTTPRoute v1.2.1). A value with a space at an end would never match, since HTTP \
         takes it away; `host` would match over HTTP/1 alone, since HTTP/2 says the host elsewhere (RFC 9113, 8.3.1).";
}

texts! {
    /// The name of a header, in lowercase.
    pub(crate) struct HeaderName("the name of a header", most 256, like "x-cohort", name);
    /// The value of a header.
    pub(crate) struct HeaderValue("the value of a header", most 4096, like "beta", value);
}

fn name(text: &str) -> Result<String, Wrong> {
    if text.eq_ignore_ascii_case("host") {
        let help = "in HTTP/2 the host is no header; use one of your own, such as \"x-cohort\"";
        return Err(Wrong { code: &INVALID_HEADER, what: "header that every request has", help });
    }
    let right = !text.is_empty() && text.bytes().all(is_token);
    let help = "write letters, digits and hyphens, such as \"x-cohort\"";
    right.then(|| text.to_ascii_lowercase()).ok_or(Wrong { code: &INVALID_HEADER, what: "name of a header", help })
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn value(text: &str) -> Result<String, Wrong> {
    let right = !text.is_empty() && text.trim() == text && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let help = "write visible ASCII characters, without a space at either end";
    right.then(|| text.to_owned()).ok_or(Wrong { code: &INVALID_HEADER, what: "value that a header can have", help })
}

#[cfg(test)]
mod tests {
    use super::{name, value};

    #[test]
    fn a_header_is_a_token_and_not_the_host() {
        assert_eq!(name("X-Cohort").ok(), Some("x-cohort".to_owned()));
        assert!(["", "x cohort", ":path", "Host"].iter().all(|text| name(text).is_err()));
        assert!(["", " beta", "beta ", "bé"].iter().all(|text| value(text).is_err()));
        assert_eq!(value("a, b").ok(), Some("a, b".to_owned()));
    }
}
