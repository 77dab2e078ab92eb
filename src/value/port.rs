//! The number of a port, and what is spoken there.

use crate::value::declare::{numbers, words};

words! {
    /// What is spoken on a port.
    pub(crate) enum Protocol {
        /// Linkerd looks at the first bytes.
        Detect = "detect",
        /// HTTP/1.1.
        Http1 = "http1",
        /// HTTP/2 without TLS.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
        /// Bytes: no routes, no retries, no metrics of requests.
        Opaque = "opaque",
        /// TLS that the model itself ends.
        Tls = "tls",
    }
}

/// The number of a port on the Service and in the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PortNumbers {
    /// What callers use.
    pub service: u16,
    /// What the container listens on.
    pub container: u16,
}

numbers! {
    /// One number.
    pub(crate) struct PortNumber(u16, 1..=65_535);
}
