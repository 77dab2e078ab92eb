//! Which of several matches a request gets (linkerd2-proxy, linkerd/http/route/src/http/match.rs and
//! grpc/match.rs): the longest path, then the most headers, then one that names a method.

use crate::objects::gateway::{GrpcRouteMatch, HeaderMatch, HttpRouteMatch, PathMatch};
use crate::proxy::{Request, World};

/// How specific a match is: the length of what its path took, its headers, and whether it names a method.
pub(super) type Rank = (usize, usize, bool);

/// The rank of the best of these matches, if one of them is a match; without any, all paths match.
pub(super) fn http(world: &World<'_>, matches: &[HttpRouteMatch], request: Request<'_>) -> Option<Rank> {
    let one = |one: &HttpRouteMatch| {
        let method = one.method.is_none_or(|method| method == request.method);
        let length = one.path.as_ref().map_or(Some(1), |path| length(world, path, request.path))?;
        (method && has(&one.headers, request)).then_some((length, one.headers.len(), one.method.is_some()))
    };
    if matches.is_empty() { Some((1, 0, false)) } else { matches.iter().filter_map(one).max() }
}

/// The same of gRPC: every call is a POST to `/SERVICE/METHOD`.
pub(super) fn grpc(matches: &[GrpcRouteMatch], request: Request<'_>) -> Option<Rank> {
    let one = |one: &GrpcRouteMatch| {
        let length = match &one.method {
            Some(method) => {
                let path = format!("/{}/{}", method.service, method.method);
                (path == request.path && request.method == "POST").then_some(path.len())?
            }
            None => 0,
        };
        has(&one.headers, request).then_some((length, one.headers.len(), true))
    };
    if matches.is_empty() { Some((0, 0, false)) } else { matches.iter().filter_map(one).max() }
}

/// How much of a path is matched.
fn length(world: &World<'_>, path: &PathMatch, asked: &str) -> Option<usize> {
    let PathMatch { r#type, value } = path;
    match *r#type {
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
    let is = |wanted: &HeaderMatch| request.headers.iter().any(|(name, value)| *name == wanted.name && *value == wanted.value);
    headers.iter().all(is)
}
