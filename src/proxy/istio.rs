//! Istio's sidecars: who is let in by AuthorizationPolicies (istio.io, concepts/security), and where a
//! request goes by a VirtualService (istio.io, reference/config/networking/virtual-service).

use super::{Client, Decision, Identity, Pod, Request, Retry, Terms, Verdict, World, range};
use crate::objects::istio::{HttpMatch, HttpRoute, Operation, Rule, SourceMatch, StringMatch};
use crate::upstream::istio;

/// The injector reads the pod's label first, then its namespace's.
pub(super) fn is_injected(world: &World<'_>, pod: Pod<'_>) -> bool {
    let of_pod = pod.labels.get("sidecar.istio.io/inject").map(|inject| inject == "true");
    let labels = world.namespaces.get(pod.namespace).map(|namespace| &namespace.labels);
    of_pod.unwrap_or_else(|| labels.and_then(|labels| labels.get("istio-injection")).is_some_and(|inject| inject == "enabled"))
}

/// What the proxy of a pod does with a request at a port of its container.
pub(super) fn decide(world: &World<'_>, pod: Pod<'_>, port: u16, client: &Client, request: Request<'_>) -> Decision {
    let decision = |verdict, rule: String| Decision { verdict, rule };
    for (name, spec) in world.peers.of(pod.namespace, pod.labels) {
        let mode = spec.port_level_mtls.get(&port).unwrap_or(&spec.mtls).mode;
        if mode == "STRICT" && client.identity.is_none() {
            return decision(Verdict::Denied, format!("PeerAuthentication {name}: mtls {mode}"));
        }
    }
    let mut selecting = None;
    for (name, spec) in world.istio_policies.of(pod.namespace, pod.labels) {
        if spec.rules.iter().any(|rule| admits(rule, port, client, request)) {
            return decision(Verdict::Allowed, format!("AuthorizationPolicy {name}"));
        }
        selecting = Some(*name);
    }
    match selecting {
        Some(name) => decision(Verdict::Denied, format!("no rule of the AuthorizationPolicy {name} admits it")),
        None => decision(Verdict::Allowed, "no AuthorizationPolicy selects its pods".to_owned()),
    }
}

fn admits(rule: &Rule, port: u16, client: &Client, request: Request<'_>) -> bool {
    let [to] = &rule.to;
    let Operation { ports, methods, paths } = &to.operation;
    let of_port = ports.iter().any(|own| *own == port.to_string());
    let method = methods.is_empty() || methods.contains(&request.method);
    let path = paths.is_empty() || paths.iter().any(|pattern| istio::is_path(pattern, request.path));
    let from = rule.from.is_empty() || rule.from.iter().any(|from| is_from(&from.source, client));
    of_port && method && path && from
}

fn is_from(source: &SourceMatch, client: &Client) -> bool {
    match source {
        SourceMatch::Principals(patterns) => {
            client.identity.as_ref().is_some_and(|Identity { account, namespace, trust_domain }| {
                let principal = istio::principal(trust_domain, namespace, Some(account));
                patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
                    Some(start) => principal.starts_with(start),
                    None => *pattern == principal,
                })
            })
        }
        SourceMatch::IpBlocks(blocks) => blocks.iter().any(|block| block.parse().is_ok_and(|block| client.is_in(&block))),
    }
}

/// The terms of a request to a port of a Service; `None` where no VirtualService speaks of it.
pub(super) fn terms(world: &World<'_>, (namespace, service, port): (&str, &str, u16), request: Request<'_>) -> Option<Terms> {
    let host = |service: &str| format!("{service}.{namespace}.svc.{}", world.settings.domain);
    let spec = world.virtual_services.get(host(service).as_str())?;
    let matches =
        |rule: &&HttpRoute| rule.r#match.is_empty() || rule.r#match.iter().any(|one| is_match(world, one, port, request));
    let Some(rule) = spec.http.iter().find(matches) else { return Some(Terms::default()) };
    let end = host("");
    let short = |host: &str| host.strip_suffix(&end).unwrap_or(host).to_owned();
    let single = rule.route.len() == 1;
    let weight = |weight: Option<u32>| weight.unwrap_or(u32::from(single));
    Some(Terms {
        route: rule.name.clone(),
        timeout: rule.timeout.clone(),
        idle_timeout: None,
        retry: (rule.retries.attempts > 0).then(|| Retry {
            on: rule.retries.retry_on.as_deref().map(conditions).unwrap_or_default(),
            limit: Some(rule.retries.attempts),
            try_timeout: rule.retries.per_try_timeout.clone(),
            budget: None,
        }),
        backends: rule.route.iter().map(|to| (short(&to.destination.host), weight(to.weight))).filter(|to| to.1 > 0).collect(),
        copies: rule.mirror.as_ref().map(|to| {
            let percent = rule.mirror_percentage.as_ref().map_or(100.0, |percent| percent.value);
            (short(&to.host), percent)
        }),
    })
}

fn is_match(world: &World<'_>, one: &HttpMatch, port: u16, request: Request<'_>) -> bool {
    let is = |wanted: &Option<StringMatch>, found: &str| wanted.as_ref().is_none_or(|wanted| is_text(world, wanted, found));
    let header = |(name, wanted): (&String, &StringMatch)| {
        request.headers.iter().any(|(own, value)| own == name && is_text(world, wanted, value))
    };
    let of_port = one.port.is_none_or(|own| own == port);
    of_port && is(&one.method, request.method) && is(&one.uri, request.path) && one.headers.iter().all(header)
}

fn is_text(world: &World<'_>, wanted: &StringMatch, found: &str) -> bool {
    match wanted {
        StringMatch::Exact(text) => text == found,
        StringMatch::Prefix(start) => found.starts_with(start.as_str()),
        StringMatch::Regex(regex) => {
            world.expressions.get(&format!("^(?:{regex})$")).is_some_and(|expression| expression.is_match(found))
        }
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
