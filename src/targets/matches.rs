//! What a route matches, in the Gateway API's words, for whichever target writes routes.

use crate::mesh::Route;
use crate::objects::gateway::{GrpcMethodMatch, GrpcRouteMatch, HttpRouteMatch, PathMatch};
use crate::value::{Method, Path};

/// The method and the path of a route.
pub(super) fn http(route: &Route) -> HttpRouteMatch {
    HttpRouteMatch { method: route.method.token(), path: path(&route.path), headers: Vec::new() }
}

/// Every request.
pub(super) fn everything() -> HttpRouteMatch {
    HttpRouteMatch { method: None, path: any_path(), headers: Vec::new() }
}

fn path(path: &Path) -> PathMatch {
    match path.literal() {
        Some(literal) => exact_path(literal),
        None if path.is_everything() => any_path(),
        None => PathMatch { r#type: "RegularExpression", value: path.whole_regex() },
    }
}

fn any_path() -> PathMatch {
    PathMatch { r#type: "PathPrefix", value: "/".to_owned() }
}

/// This path and no other.
pub(super) fn exactly(method: Method, path: &str) -> HttpRouteMatch {
    HttpRouteMatch { method: method.token(), path: exact_path(path), headers: Vec::new() }
}

fn exact_path(path: &str) -> PathMatch {
    PathMatch { r#type: "Exact", value: path.to_owned() }
}

/// The gRPC method of a route; `None` for one that is no gRPC method.
pub(super) fn grpc(route: &Route) -> Option<GrpcRouteMatch> {
    call(route.path.literal().filter(|_| route.grpc)?)
}

/// The gRPC method that a POST to this path calls.
pub(super) fn call(path: &str) -> Option<GrpcRouteMatch> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let (service, method) = (service.to_owned(), method.to_owned());
    Some(GrpcRouteMatch { method: GrpcMethodMatch { r#type: "Exact", service, method } })
}
