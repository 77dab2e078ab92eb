//! Istio's sidecars: who is let in by AuthorizationPolicies (istio.io, concepts/security), and where a
//! request goes by a VirtualService (istio.io, reference/config/networking/virtual-service).

use super::{Client, Decision, Grant, Grantee, Identity, Pod, Reception, Request, Retry, Terms, Timeouts, Verdict, World, range};
use crate::objects::istio::{From, HttpMatch, HttpRoute, Operation, PortKey, Retries, Rule, SourceMatch, StringMatch};
use crate::upstream::addresses::Addresses;
use crate::upstream::istio;

/// The injector reads the pod's label first, then its namespace's.
pub(super) fn is_injected(world: &World<'_>, pod: Pod<'_>) -> bool {
    let of_pod = pod.labels.get("sidecar.istio.io/inject").map(|inject| inject == "true");
    let labels = world.namespaces.get(pod.namespace).map(|namespace| &namespace.labels);
    of_pod.unwrap_or_else(|| labels.and_then(|labels| labels.get("istio-injection")).is_some_and(|inject| inject == "enabled"))
}

/// What the proxy of a pod makes of a request at a port of its container.
pub(super) fn receive<'a>(world: &'a World<'a>, pod: Pod<'a>, port: u16, request: Request<'_>) -> Reception<'a> {
    let peers = world.peers.of(pod.namespace, pod.labels);
    let modes = peers.filter_map(|(name, spec)| {
        Some((name, spec.port_level_mtls.get(&PortKey(port)).or(spec.mtls.as_ref())?.mode.as_deref()?))
    });
    let strict = modes.into_iter().find(|(_, mode)| *mode == "STRICT");
    let identity_only = strict.map(|(name, mode)| format!("PeerAuthentication {name}: mtls {mode}"));
    let mut selecting = None;
    let mut grants = Vec::new();
    for (name, spec) in world.istio_policies.of(pod.namespace, pod.labels) {
        selecting.get_or_insert(*name);
        let admitting = spec.rules.iter().filter(|rule| is_for(rule, port, request));
        let rule = format!("AuthorizationPolicy {name}");
        grants.extend(admitting.map(|one| Grant { rule: rule.clone(), to: Grantee::Istio(&one.from) }));
    }
    let stated = world.settings.inbound.map(|policy| (policy, format!("the default of the mesh, {policy}")));
    match (selecting, stated) {
        (Some(name), _) => {
            let refusal = format!("no rule of the AuthorizationPolicy {name} admits it");
            Reception::Granted { identity_only, grants, refusal }
        }
        (None, Some((policy, rule))) => {
            let grants = vec![Grant { rule: rule.clone(), to: Grantee::Policy(policy) }];
            Reception::Granted { identity_only, grants, refusal: rule }
        }
        (None, None) => {
            let rule = "no AuthorizationPolicy is for its pods, and the default of the mesh is not stated".to_owned();
            Reception::Settled(Decision { verdict: Verdict::ClusterDefault, rule })
        }
    }
}

fn is_for(rule: &Rule, port: u16, request: Request<'_>) -> bool {
    rule.to.is_empty() || rule.to.iter().any(|to| to.operation.as_ref().is_none_or(|to| is_operation(to, port, request)))
}

fn is_operation(Operation { ports, methods, paths, .. }: &Operation, port: u16, request: Request<'_>) -> bool {
    let of_port = ports.is_empty() || ports.iter().any(|own| *own == port.to_string());
    let method = methods.is_empty() || methods.iter().any(|method| method == request.method);
    let path = paths.is_empty() || paths.iter().any(|pattern| istio::is_path(pattern, request.path));
    of_port && method && path
}

/// From where one of these sources lets a client in; without any, everyone is.
pub(super) fn admits(sources: &[From], client: &Client) -> Addresses {
    if sources.is_empty() {
        return Addresses::everywhere();
    }
    let from = sources.iter().map(|from| from.source.as_ref().map_or_else(Addresses::everywhere, |source| of(source, client)));
    from.fold(Addresses::nowhere(), |all, one| all.union(&one))
}

/// From where a client is one that a source means.
fn of(SourceMatch { principals, ip_blocks, .. }: &SourceMatch, client: &Client) -> Addresses {
    let is_known = client.identity.as_ref().is_some_and(|identity| is_principal(principals, identity));
    if !principals.is_empty() && !is_known {
        Addresses::nowhere()
    } else if ip_blocks.is_empty() {
        Addresses::everywhere()
    } else {
        Addresses::of(ip_blocks.iter().filter_map(|block| block.parse().ok()))
    }
}

fn is_principal(patterns: &[String], Identity { account, namespace, trust_domain }: &Identity) -> bool {
    let principal = istio::principal(trust_domain, namespace, Some(account));
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => principal.starts_with(start),
        None => *pattern == principal,
    })
}

/// The terms of a request to a port of a Service; `None` where no VirtualService speaks of it. One that names no
/// gateways holds for sidecars alone (istio.io, reference/config/networking/virtual-service, `gateways`).
pub(super) fn terms(
    world: &World<'_>,
    client: &Identity,
    (namespace, service, port): (&str, &str, u16),
    request: Request<'_>,
) -> Option<Terms> {
    let spec = world.virtual_services.get(world.fqdn(namespace, service).as_str())?;
    if istio::is_gateway(&client.namespace, Some(&client.account)) {
        return Some(Terms { retry: Some(default_retry()), ..Terms::to(service) });
    }
    let Some(rule) = spec.http.iter().find(|rule| takes(world, rule, port, request)) else { return Some(Terms::default()) };
    let single = u32::from(rule.route.len() == 1);
    let backends = rule.route.iter().map(|to| (world.short_name(namespace, &to.destination.host), to.weight.unwrap_or(single)));
    Some(Terms {
        route: rule.name.clone(),
        timeouts: Timeouts::of_request(rule.timeout.clone()),
        retry: rule.retries.as_ref().map_or_else(|| Some(default_retry()), retry),
        backends: backends.filter(|(_, weight)| *weight > 0).collect(),
        copies: rule.mirror.as_ref().map(|to| {
            let percent = rule.mirror_percentage.as_ref().map_or(100.0, |percent| percent.value);
            (world.short_name(namespace, &to.host), percent)
        }),
    })
}

fn retry(retries: &Retries) -> Option<Retry> {
    let attempts = retries.attempts.filter(|attempts| *attempts > 0)?;
    Some(Retry {
        on: retries.retry_on.as_deref().map(conditions).unwrap_or_default(),
        limit: Some(attempts),
        try_timeout: retries.per_try_timeout.clone(),
        budget: None,
    })
}

fn default_retry() -> Retry {
    let (attempts, conditions) = istio::DEFAULT_RETRIES;
    Retry { on: conditions.map(str::to_owned).into(), limit: Some(attempts), try_timeout: None, budget: None }
}

fn takes(world: &World<'_>, rule: &HttpRoute, port: u16, request: Request<'_>) -> bool {
    rule.r#match.is_empty() || rule.r#match.iter().any(|one| is_match(world, one, port, request))
}

fn is_match(world: &World<'_>, one: &HttpMatch, port: u16, request: Request<'_>) -> bool {
    one.port.is_none_or(|own| own == port)
        && one.method.as_ref().is_none_or(|wanted| is_text(world, wanted, request.method))
        && one.uri.as_ref().is_none_or(|wanted| is_text(world, wanted, request.path))
        && one.headers.iter().all(|(name, wanted)| has_header(world, name, wanted, request))
}

fn has_header(world: &World<'_>, name: &str, wanted: &StringMatch, request: Request<'_>) -> bool {
    request.headers.iter().any(|(own, value)| own == name && is_text(world, wanted, value))
}

fn is_text(world: &World<'_>, wanted: &StringMatch, found: &str) -> bool {
    match wanted {
        StringMatch::Exact(text) => text == found,
        StringMatch::Prefix(start) => found.starts_with(start.as_str()),
        StringMatch::Regex(regex) => {
            world.expressions.get(&format!("^(?:{regex})$")).is_some_and(|expression| expression.is_match(found))
        }
        // Of a header, that it is there.
        StringMatch::Other(_) => true,
    }
}

/// What a retry policy waits for; statuses that follow each other are a range.
fn conditions(list: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for word in list.split(',') {
        match (word, word.parse::<u16>()) {
            ("5xx", _) => ranges.push((500, 599)),
            ("gateway-error", _) => ranges.push((502, 504)),
            (_, Ok(status)) => match ranges.last_mut() {
                Some((_, last)) if *last + 1 == status => *last = status,
                _ => ranges.push((status, status)),
            },
            (name, Err(_)) => found.push(name.to_owned()),
        }
    }
    found.extend(ranges.into_iter().map(|(first, last)| range(first, last)));
    found
}
