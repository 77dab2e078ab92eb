//! The DNS name of a host.

use crate::diagnostic::codes;
use crate::upstream::kubernetes;
use crate::value::declare::{Wrong, texts};

codes! {
    INVALID_HOST = "invalid-host", Error, "a host that is no DNS name",
        "The hostnames of a route are DNS names in lowercase, with `*.` in front at most, and no addresses (CRD of HTTPRoute \
         v1.2.1): a URL or a port in it would match no request.";
}

texts! {
    /// The DNS name of something outside of the cluster.
    pub(crate) struct Host("a DNS name", most 253, like "api.example.com", host);
}

fn host(text: &str) -> Result<String, Wrong> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let right = kubernetes::is_subdomain(name) && name.parse::<std::net::IpAddr>().is_err();
    let help = "write the name alone, in lowercase, such as \"api.example.com\"; the port has a key of its own";
    right.then(|| text.to_owned()).ok_or(Wrong { code: &INVALID_HOST, what: "DNS name that a route can be for", help })
}
