//! What a route matches, in the Gateway API's words, for whichever target writes routes.

use crate::mesh::{Path, Route};
use crate::objects::gateway::{GrpcMethodMatch, GrpcRouteMatch, HttpRouteMatch, PathMatch};

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
        Some(literal) => exactly(literal),
        None if path.is_everything() => any_path(),
        None => PathMatch { r#type: "RegularExpression", value: path.whole_regex() },
    }
}

fn any_path() -> PathMatch {
    PathMatch { r#type: "PathPrefix", value: "/".to_owned() }
}

/// This path and no other.
pub(super) fn exactly(path: &str) -> PathMatch {
    PathMatch { r#type: "Exact", value: path.to_owned() }
}

/// The gRPC method of a route; `None` for one that is no gRPC method.
pub(super) fn grpc(route: &Route) -> Option<GrpcRouteMatch> {
    let (service, method) = route.path.literal()?.strip_prefix('/')?.split_once('/')?;
    let (service, method) = (service.to_owned(), method.to_owned());
    route.grpc.then_some(GrpcRouteMatch { method: GrpcMethodMatch { r#type: "Exact", service, method } })
}
