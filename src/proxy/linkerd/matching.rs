//! Which of several matches a request gets (linkerd2-proxy, linkerd/http/route/src/http/match.rs and
//! grpc/match.rs): of HTTP the longest path, then the most headers, then one that names a method; of gRPC the longest
//! service, then the longest method.

use crate::objects::gateway::{GrpcMethodMatch, GrpcRouteMatch, HeaderMatch, HttpRouteMatch, PathMatch};
use crate::proxy::{Request, World};

/// How specific a match is. Matches of the two kinds never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The length of what the path took, the headers, and whether a method is named.
    Http { length: usize, headers: usize, names_method: bool },
    /// The lengths of the names.
    Grpc { service: usize, method: usize },
}

/// The rank of the best of these matches, if one of them is a match.
pub(super) fn http(world: &World<'_>, matches: &[HttpRouteMatch], request: Request<'_>) -> Option<Rank> {
    matches.iter().filter_map(|one| http_match(world, one, request)).max()
}

fn http_match(world: &World<'_>, one: &HttpRouteMatch, request: Request<'_>) -> Option<Rank> {
    let takes_method = one.method.as_ref().is_none_or(|method| method == request.method);
    let length = one.path.as_ref().map_or(Some(1), |path| length(world, path, request.path))?;
    let rank = Rank::Http { length, headers: one.headers.len(), names_method: one.method.is_some() };
    (takes_method && has(&one.headers, request)).then_some(rank)
}

/// The same of gRPC. A rule without matches takes everything, calls or not.
pub(super) fn grpc(matches: &[GrpcRouteMatch], request: Request<'_>) -> Option<Rank> {
    if matches.is_empty() {
        return Some(Rank::Grpc { service: 0, method: 0 });
    }
    let (service, method) = call(request)?;
    let is_match = matches.iter().any(|one| one.method.as_ref().is_some_and(|one| is_call(one, service, method)));
    is_match.then_some(Rank::Grpc { service: service.len(), method: method.len() })
}

fn is_call(one: &GrpcMethodMatch, service: &str, method: &str) -> bool {
    one.service.as_deref() == Some(service) && one.method.as_deref() == Some(method)
}

/// The service and the method that a request calls: it is a POST, and what stands behind the second segment is not
/// looked at.
pub(super) fn call(request: Request<'_>) -> Option<(&str, &str)> {
    let mut segments = request.path.strip_prefix('/').filter(|_| request.method == "POST")?.split('/');
    segments.next().zip(segments.next())
}

/// How much of a path is matched.
fn length(world: &World<'_>, path: &PathMatch, asked: &str) -> Option<usize> {
    let value = path.value.as_deref().unwrap_or("/");
    match path.r#type.as_deref().unwrap_or("PathPrefix") {
        "Exact" => (value == asked).then_some(value.len()),
        "PathPrefix" => {
            let rest = asked.strip_prefix(value.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then_some(value.len())
        }
        // The leftmost match must span the whole path.
        _ => {
            let expression = world.expressions.get(value)?;
            (expression.find(asked)?.range() == (0..asked.len())).then_some(asked.len())
        }
    }
}

fn has(headers: &[HeaderMatch], request: Request<'_>) -> bool {
    headers.iter().all(|wanted| request.headers.iter().any(|(name, value)| *name == wanted.name && *value == wanted.value))
}
