//! What a route matches, in the Gateway API's words, for whichever target writes routes.

use crate::mesh::Route;
use crate::objects::gateway::{GrpcMethodMatch, GrpcRouteMatch, HttpRouteMatch, PathMatch};
use crate::objects::{Optional, Rest};
use crate::value::{Method, Path};

/// The method and the path of a route.
pub(super) fn http(route: &Route) -> HttpRouteMatch {
    request(route.method, path(&route.path))
}

/// Every request.
pub(super) fn everything() -> HttpRouteMatch {
    request(Method::Any, any_path())
}

fn path(path: &Path) -> PathMatch {
    match path.literal() {
        Some(literal) => exact_path(literal),
        None if path.is_everything() => any_path(),
        None => PathMatch::new("RegularExpression", path.whole_regex()),
    }
}

fn any_path() -> PathMatch {
    PathMatch::new("PathPrefix", "/")
}

/// This path and no other.
pub(super) fn exactly(method: Method, path: &str) -> HttpRouteMatch {
    request(method, exact_path(path))
}

fn exact_path(path: &str) -> PathMatch {
    PathMatch::new("Exact", path)
}

fn request(method: Method, path: PathMatch) -> HttpRouteMatch {
    let method = method.token().map(Into::into);
    HttpRouteMatch { method, path: Some(path), headers: Optional::default(), rest: Rest::new() }
}

/// The gRPC method of a route; `None` for one that is no gRPC method.
pub(super) fn grpc(route: &Route) -> Option<GrpcRouteMatch> {
    call(route.path.literal().filter(|_| route.grpc)?)
}

/// The gRPC method that a POST to this path calls.
pub(super) fn call(path: &str) -> Option<GrpcRouteMatch> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let method = GrpcMethodMatch {
        r#type: Some("Exact".into()),
        service: Some(service.to_owned()),
        method: Some(method.to_owned()),
        rest: Rest::new(),
    };
    Some(GrpcRouteMatch { method: Some(method), rest: Rest::new() })
}
