//! Who may call whom: for each caller and each request, whether it is let in, and by which rule.

use serde::Serialize;

use super::{MESHED, UNMESHED, ask, clients, rendered, targets_of, world};
use crate::diagnostic::{listing, nearest};
use crate::line::Line;
use crate::mesh::Mesh;
use crate::proxy::Verdict;

/// One caller, one request, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The caller: a name of the manifest, or `meshed` or `unmeshed` for a stranger.
    pub from: String,
    /// What is called: `APP.ROUTE`, `APP.PORT` or `APP`.
    pub to: String,
    /// The method and the path as they are written; `everything else` where no route matches.
    pub request: Line,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The object that decided, or what is missing.
    pub rule: String,
}

/// The whole matrix, or the part of it from one caller or to one callee (an app, or a route of it).
///
/// # Errors
/// Says which name was probably meant.
pub(crate) fn matrix(mesh: &Mesh, from: Option<&str>, to: Option<&str>) -> Result<Vec<Access>, String> {
    let clients = clients(mesh);
    let targets: Vec<_> = mesh.apps.iter().flat_map(|app| targets_of(mesh, app)).collect();
    let wanted = |target: &str, app: &str| to.is_none_or(|to| to == target || to == app);
    if let Some(from) = from.filter(|from| !clients.iter().any(|(name, _)| name == from)) {
        return Err(unknown("caller", from, clients.iter().map(|(name, _)| name.as_str())));
    }
    if let Some(outside) = to.and_then(|to| mesh.outside(to.split('.').next().unwrap_or(to))) {
        return Err(format!("`{}` is outside of the cluster, where nothing admits or refuses", outside.app.name));
    }
    if let Some(to) = to.filter(|_| !targets.iter().any(|target| wanted(&target.name, &target.app.name))) {
        return Err(unknown("callee", to, targets.iter().map(|target| target.name.as_str())));
    }
    let units = rendered(mesh);
    let world = world(mesh, &units);
    let mut rows = Vec::new();
    for target in targets.iter().filter(|target| wanted(&target.name, &target.app.name)) {
        // An app may call itself as anyone else; nobody asks.
        let callers = clients.iter().filter(|(name, _)| from.map_or(*name != target.app.name.value, |from| from == name));
        rows.extend(callers.map(|(name, client)| {
            let decision = ask(&world, client, target);
            Access {
                from: name.clone(),
                to: target.name.clone(),
                request: target.request.clone(),
                verdict: decision.verdict,
                rule: decision.rule,
            }
        }));
    }
    Ok(rows)
}

pub(super) fn unknown<'a>(what: &str, wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(wrong, known.clone()) {
        Some(near) => format!("there is no {what} `{wrong}`; did you mean `{near}`?"),
        None => format!(
            "there is no {what} `{wrong}`; there are {}",
            listing(known.filter(|name| ![MESHED, UNMESHED].contains(name)))
        ),
    }
}
