//! The checks of a resolved mesh: one defect, one file. Each pushes what it finds and knows of no
//! other; none knows a target.

mod ambiguous_access;
mod ambiguous_routes;
mod ambiguous_variants;
mod autoscale_range;
mod autoscale_without_request;
mod call_cycle;
mod call_not_admitted;
mod caller_covered;
mod caller_gives_up;
mod caller_never_calls;
mod caller_not_meshed;
mod callers_unused;
mod closed_routes;
mod device_quantity;
mod duplicate_route;
mod floating_tag;
mod foreign_retry_condition;
mod grpc_route_on_http_port;
mod idempotent_unused;
mod invalid_annotation_value;
mod invalid_domain;
mod invalid_env_name;
mod invalid_image;
mod invalid_label;
mod job_never_completes;
mod literal_secret;
mod load_over_capacity;
mod nobody_may_call;
mod opaque_by_default;
mod policy_without_proxy;
mod probe_seconds;
mod probe_shut_out;
mod probe_speaks_http1;
mod rate_limit_needs_http;
mod rate_limit_per_pod;
mod requests_over_limits;
mod reserved_annotation;
mod restricted_needs_cni;
mod retried_body;
mod retried_post;
mod retries_multiply;
mod retry_budget_range;
mod retry_budget_unused;
mod retry_floor;
mod retry_never_fits;
mod rolling_update_stuck;
mod root_in_restricted;
mod route_without_callers;
mod routes_need_http;
mod stream_with_deadline;
mod success_threshold;
mod tcp_probe;
mod tiny_quantity;
mod unknown_annotation;
mod unknown_resource;
mod unmanaged_namespace;
mod unmeshed_caller;
mod unreachable_route;
mod unreachable_version;
mod unsupported_version;
mod unused_setting;
mod weights_not_100;
mod wrong_trust_domain;
mod zero_timeout;

use crate::diagnostic::{Code, Report};
use crate::mesh::Mesh;

/// One check: the code that it raises, and the function that looks for it.
pub(crate) struct Check {
    pub(crate) codes: &'static [&'static Code],
    run: fn(&Mesh, &mut Report),
}

/// Every check.
pub(crate) static CHECKS: &[Check] = &[
    Check { codes: ambiguous_access::CODES, run: ambiguous_access::run },
    Check { codes: ambiguous_routes::CODES, run: ambiguous_routes::run },
    Check { codes: ambiguous_variants::CODES, run: ambiguous_variants::run },
    Check { codes: autoscale_range::CODES, run: autoscale_range::run },
    Check { codes: autoscale_without_request::CODES, run: autoscale_without_request::run },
    Check { codes: call_cycle::CODES, run: call_cycle::run },
    Check { codes: call_not_admitted::CODES, run: call_not_admitted::run },
    Check { codes: caller_covered::CODES, run: caller_covered::run },
    Check { codes: caller_gives_up::CODES, run: caller_gives_up::run },
    Check { codes: caller_never_calls::CODES, run: caller_never_calls::run },
    Check { codes: caller_not_meshed::CODES, run: caller_not_meshed::run },
    Check { codes: callers_unused::CODES, run: callers_unused::run },
    Check { codes: closed_routes::CODES, run: closed_routes::run },
    Check { codes: device_quantity::CODES, run: device_quantity::run },
    Check { codes: duplicate_route::CODES, run: duplicate_route::run },
    Check { codes: floating_tag::CODES, run: floating_tag::run },
    Check { codes: foreign_retry_condition::CODES, run: foreign_retry_condition::run },
    Check { codes: grpc_route_on_http_port::CODES, run: grpc_route_on_http_port::run },
    Check { codes: idempotent_unused::CODES, run: idempotent_unused::run },
    Check { codes: invalid_annotation_value::CODES, run: invalid_annotation_value::run },
    Check { codes: invalid_domain::CODES, run: invalid_domain::run },
    Check { codes: invalid_env_name::CODES, run: invalid_env_name::run },
    Check { codes: invalid_image::CODES, run: invalid_image::run },
    Check { codes: invalid_label::CODES, run: invalid_label::run },
    Check { codes: job_never_completes::CODES, run: job_never_completes::run },
    Check { codes: literal_secret::CODES, run: literal_secret::run },
    Check { codes: load_over_capacity::CODES, run: load_over_capacity::run },
    Check { codes: nobody_may_call::CODES, run: nobody_may_call::run },
    Check { codes: opaque_by_default::CODES, run: opaque_by_default::run },
    Check { codes: policy_without_proxy::CODES, run: policy_without_proxy::run },
    Check { codes: probe_seconds::CODES, run: probe_seconds::run },
    Check { codes: probe_shut_out::CODES, run: probe_shut_out::run },
    Check { codes: probe_speaks_http1::CODES, run: probe_speaks_http1::run },
    Check { codes: rate_limit_needs_http::CODES, run: rate_limit_needs_http::run },
    Check { codes: rate_limit_per_pod::CODES, run: rate_limit_per_pod::run },
    Check { codes: requests_over_limits::CODES, run: requests_over_limits::run },
    Check { codes: reserved_annotation::CODES, run: reserved_annotation::run },
    Check { codes: restricted_needs_cni::CODES, run: restricted_needs_cni::run },
    Check { codes: retried_body::CODES, run: retried_body::run },
    Check { codes: retried_post::CODES, run: retried_post::run },
    Check { codes: retries_multiply::CODES, run: retries_multiply::run },
    Check { codes: retry_budget_range::CODES, run: retry_budget_range::run },
    Check { codes: retry_budget_unused::CODES, run: retry_budget_unused::run },
    Check { codes: retry_floor::CODES, run: retry_floor::run },
    Check { codes: retry_never_fits::CODES, run: retry_never_fits::run },
    Check { codes: rolling_update_stuck::CODES, run: rolling_update_stuck::run },
    Check { codes: root_in_restricted::CODES, run: root_in_restricted::run },
    Check { codes: route_without_callers::CODES, run: route_without_callers::run },
    Check { codes: routes_need_http::CODES, run: routes_need_http::run },
    Check { codes: stream_with_deadline::CODES, run: stream_with_deadline::run },
    Check { codes: success_threshold::CODES, run: success_threshold::run },
    Check { codes: tcp_probe::CODES, run: tcp_probe::run },
    Check { codes: tiny_quantity::CODES, run: tiny_quantity::run },
    Check { codes: unknown_annotation::CODES, run: unknown_annotation::run },
    Check { codes: unknown_resource::CODES, run: unknown_resource::run },
    Check { codes: unmanaged_namespace::CODES, run: unmanaged_namespace::run },
    Check { codes: unmeshed_caller::CODES, run: unmeshed_caller::run },
    Check { codes: unreachable_route::CODES, run: unreachable_route::run },
    Check { codes: unreachable_version::CODES, run: unreachable_version::run },
    Check { codes: unsupported_version::CODES, run: unsupported_version::run },
    Check { codes: unused_setting::CODES, run: unused_setting::run },
    Check { codes: weights_not_100::CODES, run: weights_not_100::run },
    Check { codes: wrong_trust_domain::CODES, run: wrong_trust_domain::run },
    Check { codes: zero_timeout::CODES, run: zero_timeout::run },
];

/// Runs every check.
pub(crate) fn run(mesh: &Mesh, report: &mut Report) {
    for check in CHECKS {
        (check.run)(mesh, report);
    }
}
