//! The routes of a closed port. As soon as one route is attached to a Server, Linkerd's own routes for
//! every path and for probes are gone (policy-controller, inbound/index.rs), so each path that may be
//! called has a route here, the probes' too. No grant stands on the Server: it would open every route.

use std::collections::BTreeSet;

use crate::mesh::{Access, App, Method, Path, Piece, Route, names};
use crate::objects::gateway::{HttpRouteMatch, HttpRouteRule, HttpRouteSpec, PathMatch};
use crate::objects::linkerd::Reference;
use crate::objects::{Object, Spec};
use crate::targets::{Scene, app_origin};

use super::grant::{everyone, grants};
use super::{metadata, reference, route_group};

/// One route for each route of the app, and one for the probes that no route has the path of.
pub(super) fn routes(scene: &Scene<'_>, app: &App, server: &str) -> Vec<Object> {
    let mut probes: BTreeSet<&str> = app.probe_paths().map(|path| path.value).collect();
    let mut objects = Vec::new();
    for route in &app.routes {
        let name = names::inbound_route(app, &route.name);
        let within = format!(".routes.{}", route.name.value);
        let probed = route.method == Method::Get && route.path.literal().is_some_and(|path| probes.remove(path));
        let access = if probed { &everyone() } else { app.access_of(route) };
        objects.extend(attached(scene, app, server, &name, vec![matches(route)], access, &within));
    }
    if !probes.is_empty() {
        let matches = probes.into_iter().map(|path| request(Some(Method::Get), "Exact", path.to_owned())).collect();
        objects.extend(attached(scene, app, server, &names::probes(app), matches, &everyone(), ""));
    }
    objects
}

fn attached(
    scene: &Scene<'_>,
    app: &App,
    server: &str,
    name: &str,
    matches: Vec<HttpRouteMatch>,
    access: &Access,
    within: &str,
) -> Vec<Object> {
    let group = route_group(scene);
    let spec = HttpRouteSpec { group, parent_refs: [reference("Server", server.to_owned())], rules: [HttpRouteRule { matches }] };
    let target = Reference { group: group.name(), ..reference("HTTPRoute", name.to_owned()) };
    let mut objects = grants(scene.mesh, app, name, &target, access, within);
    objects.push(Object {
        metadata: metadata(name.to_owned(), app),
        spec: Spec::HttpRoute(spec),
        origin: app_origin(app, within),
    });
    objects
}

fn matches(route: &Route) -> HttpRouteMatch {
    let method = Some(route.method).filter(|method| *method != Method::Any);
    match &route.path.value {
        Path::Regex(_) => request(method, "RegularExpression", format!("{}$", route.path.regex())),
        path => match path.literal() {
            Some(literal) => request(method, "Exact", literal.to_owned()),
            None if is_everything(path) => request(method, "PathPrefix", "/".to_owned()),
            None => request(method, "RegularExpression", path.regex()),
        },
    }
}

fn is_everything(path: &Path) -> bool {
    matches!(path, Path::Template(template) if matches!(template.pieces.as_slice(), [Piece::Literal(root), Piece::Rest] if root == "/"))
}

fn request(method: Option<Method>, r#type: &'static str, value: String) -> HttpRouteMatch {
    HttpRouteMatch { method: method.map(|method| method.word().to_uppercase()), path: PathMatch { r#type, value } }
}
