//! The checks of a resolved mesh: one defect, one file. Each pushes what it finds and knows of no
//! other; none knows a target.

mod ambiguous_access;
mod ambiguous_routes;
mod ambiguous_variants;
mod autoscale_range;
mod autoscale_without_request;
mod breaker_on_one_pod;
mod breaker_penalty;
mod call_cycle;
mod call_not_admitted;
mod caller_covered;
mod caller_gives_up;
mod caller_never_calls;
mod caller_not_meshed;
mod callers_unused;
mod closed_routes;
mod default_unstated;
mod derived_name_taken;
mod device_quantity;
mod duplicate_port;
mod duplicate_route;
mod duplicate_variant;
mod empty_rate_limit;
mod floating_tag;
mod foreign_retry_condition;
mod grpc_route_on_http_port;
mod host_of_cluster;
mod host_taken;
mod huge_pages;
mod huge_quantity;
mod idempotent_unused;
mod ignored_port;
mod ignored_setting;
mod invalid_annotation_value;
mod invalid_domain;
mod invalid_env_name;
mod invalid_image;
mod invalid_label;
mod invalid_name;
mod invalid_text;
mod job_never_completes;
mod literal_secret;
mod load_over_capacity;
mod name_too_long;
mod nobody_may_call;
mod opaque_by_default;
mod policy_without_proxy;
mod port_left_to_default;
mod port_name_too_long;
mod probe_seconds;
mod probe_shut_out;
mod probe_speaks_http1;
mod proxy_port;
mod rate_limit_needs_http;
mod rate_limit_over_total;
mod rate_limit_per_pod;
mod requests_over_limits;
mod reserved_annotation;
mod restricted_needs_cni;
mod retried_body;
mod retried_grpc;
mod retried_post;
mod retries_multiply;
mod retry_budget_range;
mod retry_budget_unused;
mod retry_floor;
mod retry_never_fits;
mod rolling_update_stuck;
mod rollout_goes_backwards;
mod rollout_never_completes;
mod root_in_restricted;
mod route_without_callers;
mod routes_behind_tls;
mod routes_need_http;
mod scrapers_shut_out;
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
mod unreleased_version;
mod unseen_host;
mod unsupported_version;
mod unused_setting;
mod weight_without_pods;
mod weights_not_100;
mod wrong_trust_domain;
mod zero_timeout;

use crate::diagnostic::{Code, Report};
use crate::mesh::{Mesh, Provider};

/// One check: the codes that it raises, the function that looks for them, and what it depends on.
pub(crate) struct Check {
    pub(crate) codes: &'static [&'static Code],
    run: fn(&Mesh, &mut Report),
    of: Of,
}

/// What a check depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Nothing but values that are written, which no mistake beside them changes.
    Written,
    /// Nothing that `[cluster]` chooses.
    Any,
    /// That the proxies are Linkerd's.
    Linkerd,
    /// Which target was chosen.
    Target,
}
use Of::{Any, Linkerd, Target, Written};

/// Every check.
pub(crate) static CHECKS: &[Check] = &[
    Check { codes: ambiguous_access::CODES, run: ambiguous_access::run, of: Any },
    Check { codes: ambiguous_routes::CODES, run: ambiguous_routes::run, of: Any },
    Check { codes: ambiguous_variants::CODES, run: ambiguous_variants::run, of: Any },
    Check { codes: autoscale_range::CODES, run: autoscale_range::run, of: Any },
    Check { codes: autoscale_without_request::CODES, run: autoscale_without_request::run, of: Any },
    Check { codes: breaker_on_one_pod::CODES, run: breaker_on_one_pod::run, of: Any },
    Check { codes: breaker_penalty::CODES, run: breaker_penalty::run, of: Any },
    Check { codes: call_cycle::CODES, run: call_cycle::run, of: Any },
    Check { codes: call_not_admitted::CODES, run: call_not_admitted::run, of: Any },
    Check { codes: caller_covered::CODES, run: caller_covered::run, of: Any },
    Check { codes: caller_gives_up::CODES, run: caller_gives_up::run, of: Any },
    Check { codes: caller_never_calls::CODES, run: caller_never_calls::run, of: Any },
    Check { codes: caller_not_meshed::CODES, run: caller_not_meshed::run, of: Any },
    Check { codes: callers_unused::CODES, run: callers_unused::run, of: Any },
    Check { codes: closed_routes::CODES, run: closed_routes::run, of: Any },
    Check { codes: default_unstated::CODES, run: default_unstated::run, of: Any },
    Check { codes: derived_name_taken::CODES, run: derived_name_taken::run, of: Any },
    Check { codes: device_quantity::CODES, run: device_quantity::run, of: Any },
    Check { codes: duplicate_port::CODES, run: duplicate_port::run, of: Any },
    Check { codes: duplicate_route::CODES, run: duplicate_route::run, of: Any },
    Check { codes: duplicate_variant::CODES, run: duplicate_variant::run, of: Any },
    Check { codes: empty_rate_limit::CODES, run: empty_rate_limit::run, of: Any },
    Check { codes: floating_tag::CODES, run: floating_tag::run, of: Any },
    Check { codes: foreign_retry_condition::CODES, run: foreign_retry_condition::run, of: Any },
    Check { codes: grpc_route_on_http_port::CODES, run: grpc_route_on_http_port::run, of: Any },
    Check { codes: host_of_cluster::CODES, run: host_of_cluster::run, of: Any },
    Check { codes: host_taken::CODES, run: host_taken::run, of: Any },
    Check { codes: huge_pages::CODES, run: huge_pages::run, of: Any },
    Check { codes: huge_quantity::CODES, run: huge_quantity::run, of: Any },
    Check { codes: idempotent_unused::CODES, run: idempotent_unused::run, of: Any },
    Check { codes: ignored_port::CODES, run: ignored_port::run, of: Linkerd },
    Check { codes: ignored_setting::CODES, run: ignored_setting::run, of: Target },
    Check { codes: invalid_annotation_value::CODES, run: invalid_annotation_value::run, of: Linkerd },
    Check { codes: invalid_domain::CODES, run: invalid_domain::run, of: Any },
    Check { codes: invalid_env_name::CODES, run: invalid_env_name::run, of: Any },
    Check { codes: invalid_image::CODES, run: invalid_image::run, of: Any },
    Check { codes: invalid_label::CODES, run: invalid_label::run, of: Any },
    Check { codes: invalid_name::CODES, run: invalid_name::run, of: Any },
    Check { codes: invalid_text::CODES, run: invalid_text::run, of: Any },
    Check { codes: job_never_completes::CODES, run: job_never_completes::run, of: Any },
    Check { codes: literal_secret::CODES, run: literal_secret::run, of: Written },
    Check { codes: load_over_capacity::CODES, run: load_over_capacity::run, of: Any },
    Check { codes: name_too_long::CODES, run: name_too_long::run, of: Any },
    Check { codes: nobody_may_call::CODES, run: nobody_may_call::run, of: Any },
    Check { codes: opaque_by_default::CODES, run: opaque_by_default::run, of: Any },
    Check { codes: policy_without_proxy::CODES, run: policy_without_proxy::run, of: Any },
    Check { codes: port_left_to_default::CODES, run: port_left_to_default::run, of: Linkerd },
    Check { codes: port_name_too_long::CODES, run: port_name_too_long::run, of: Any },
    Check { codes: probe_seconds::CODES, run: probe_seconds::run, of: Any },
    Check { codes: probe_shut_out::CODES, run: probe_shut_out::run, of: Linkerd },
    Check { codes: probe_speaks_http1::CODES, run: probe_speaks_http1::run, of: Linkerd },
    Check { codes: proxy_port::CODES, run: proxy_port::run, of: Any },
    Check { codes: rate_limit_needs_http::CODES, run: rate_limit_needs_http::run, of: Linkerd },
    Check { codes: rate_limit_over_total::CODES, run: rate_limit_over_total::run, of: Any },
    Check { codes: rate_limit_per_pod::CODES, run: rate_limit_per_pod::run, of: Linkerd },
    Check { codes: requests_over_limits::CODES, run: requests_over_limits::run, of: Any },
    Check { codes: reserved_annotation::CODES, run: reserved_annotation::run, of: Any },
    Check { codes: restricted_needs_cni::CODES, run: restricted_needs_cni::run, of: Any },
    Check { codes: retried_body::CODES, run: retried_body::run, of: Linkerd },
    Check { codes: retried_grpc::CODES, run: retried_grpc::run, of: Any },
    Check { codes: retried_post::CODES, run: retried_post::run, of: Any },
    Check { codes: retries_multiply::CODES, run: retries_multiply::run, of: Any },
    Check { codes: retry_budget_range::CODES, run: retry_budget_range::run, of: Any },
    Check { codes: retry_budget_unused::CODES, run: retry_budget_unused::run, of: Any },
    Check { codes: retry_floor::CODES, run: retry_floor::run, of: Any },
    Check { codes: retry_never_fits::CODES, run: retry_never_fits::run, of: Any },
    Check { codes: rolling_update_stuck::CODES, run: rolling_update_stuck::run, of: Any },
    Check { codes: rollout_goes_backwards::CODES, run: rollout_goes_backwards::run, of: Written },
    Check { codes: rollout_never_completes::CODES, run: rollout_never_completes::run, of: Written },
    Check { codes: root_in_restricted::CODES, run: root_in_restricted::run, of: Any },
    Check { codes: route_without_callers::CODES, run: route_without_callers::run, of: Linkerd },
    Check { codes: routes_behind_tls::CODES, run: routes_behind_tls::run, of: Any },
    Check { codes: routes_need_http::CODES, run: routes_need_http::run, of: Any },
    Check { codes: scrapers_shut_out::CODES, run: scrapers_shut_out::run, of: Linkerd },
    Check { codes: stream_with_deadline::CODES, run: stream_with_deadline::run, of: Any },
    Check { codes: success_threshold::CODES, run: success_threshold::run, of: Any },
    Check { codes: tcp_probe::CODES, run: tcp_probe::run, of: Linkerd },
    Check { codes: tiny_quantity::CODES, run: tiny_quantity::run, of: Written },
    Check { codes: unknown_annotation::CODES, run: unknown_annotation::run, of: Linkerd },
    Check { codes: unknown_resource::CODES, run: unknown_resource::run, of: Any },
    Check { codes: unmanaged_namespace::CODES, run: unmanaged_namespace::run, of: Any },
    Check { codes: unmeshed_caller::CODES, run: unmeshed_caller::run, of: Any },
    Check { codes: unreachable_route::CODES, run: unreachable_route::run, of: Any },
    Check { codes: unreachable_version::CODES, run: unreachable_version::run, of: Any },
    Check { codes: unreleased_version::CODES, run: unreleased_version::run, of: Any },
    Check { codes: unseen_host::CODES, run: unseen_host::run, of: Any },
    Check { codes: unsupported_version::CODES, run: unsupported_version::run, of: Any },
    Check { codes: unused_setting::CODES, run: unused_setting::run, of: Any },
    Check { codes: weight_without_pods::CODES, run: weight_without_pods::run, of: Any },
    Check { codes: weights_not_100::CODES, run: weights_not_100::run, of: Any },
    Check { codes: wrong_trust_domain::CODES, run: wrong_trust_domain::run, of: Any },
    Check { codes: zero_timeout::CODES, run: zero_timeout::run, of: Any },
];

/// Runs every check that does not depend on the chosen target.
pub(crate) fn run(mesh: &Mesh, report: &mut Report) {
    let has_linkerd = mesh.cluster.provider() == Provider::Linkerd;
    run_all(|of| matches!(of, Written | Any) || of == Linkerd && has_linkerd, mesh, report);
}

/// Runs the checks that depend on the chosen target.
pub(crate) fn run_on_target(mesh: &Mesh, report: &mut Report) {
    run_all(|of| of == Target, mesh, report);
}

/// Whether a finding depends on nothing but values that are written.
pub(crate) fn is_of_what_is_written(code: &'static Code) -> bool {
    CHECKS.iter().any(|check| check.of == Written && check.codes.iter().any(|own| std::ptr::eq(*own, code)))
}

fn run_all(is_meant: impl Fn(Of) -> bool, mesh: &Mesh, report: &mut Report) {
    CHECKS.iter().filter(|check| is_meant(check.of)).for_each(|check| (check.run)(mesh, report));
}
