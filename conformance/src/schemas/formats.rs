//! The grammars that a schema can name as a `format`, each called by what a fault should say.

use jsonschema::ValidationOptions;

use crate::grammar;

pub const BASE64: &str = "base64 text";
pub const DNS_LABEL: &str = "DNS label";
pub const DNS_SUBDOMAIN: &str = "DNS subdomain";
pub const DURATION: &str = "duration such as `5s`";
pub const PORT_NAME: &str = "port's name";
pub const QUANTITY: &str = "quantity";

/// The options, with every format of this file known to them.
pub fn known_to(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_format(BASE64, grammar::is_base64)
        .with_format(DNS_LABEL, grammar::is_dns_label)
        .with_format(DNS_SUBDOMAIN, grammar::is_dns_subdomain)
        .with_format(DURATION, grammar::is_go_duration)
        .with_format(PORT_NAME, grammar::is_port_name)
        .with_format(QUANTITY, grammar::is_quantity)
}
