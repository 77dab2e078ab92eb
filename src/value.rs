//! The types of single values: a duration, a share, a path. Each knows its own text and refuses every
//! other one. Where a value is written as a table, its type stands here and its reader in `manifest`.

mod declare;
mod duration;
mod env;
mod header;
mod host;
mod inbound;
pub(crate) mod json;
mod kept_path;
mod lint_level;
mod method;
mod named;
mod network;
mod path;
mod pod_security;
mod port;
mod probe_path;
mod quantity;
mod rate;
pub(crate) mod read;
mod retry;
mod schedule;
mod share;
mod traffic;
mod version;

pub(crate) use duration::Duration;
pub(crate) use env::EnvValue;
pub(crate) use header::{HeaderName, HeaderValue};
pub(crate) use host::Host;
pub(crate) use inbound::InboundPolicy;
pub(crate) use kept_path::KeptPath;
pub(crate) use lint_level::LintLevel;
pub(crate) use method::Method;
pub(crate) use named::Named;
pub(crate) use network::INVALID_NETWORK;
pub(crate) use network::Network;
pub(crate) use path::INVALID_PATH;
pub(crate) use path::{Path, PathTemplate, Piece, Segment};
pub(crate) use pod_security::{PodSecurity, RestrictedLevel};
pub(crate) use port::{PortNumber, PortNumbers, Protocol};
pub(crate) use probe_path::ProbePath;
pub(crate) use quantity::Quantity;
pub(crate) use rate::{Failures, Rate};
pub(crate) use retry::{RetryCondition, Tries};
pub(crate) use schedule::{CronPolicy, Schedule, TimeZone};
pub(crate) use share::{Amount, Share};
pub(crate) use traffic::Traffic;

use crate::diagnostic::Code;

/// Every code that reading a single value can raise, one list for each file.
pub(crate) static ALL_CODES: &[&[&Code]] = &[
    read::CODES,
    duration::CODES,
    header::CODES,
    host::CODES,
    kept_path::CODES,
    network::CODES,
    path::CODES,
    probe_path::CODES,
    quantity::CODES,
    retry::CODES,
    schedule::CODES,
    share::CODES,
    version::CODES,
];
