//! Who may call whom: for each caller and each request, whether it is let in, and by which rule.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Asker, MESHED, Target, UNMESHED, askers, decide, doors, targets_of, world};
use crate::diagnostic::{listing, nearest};
use crate::gate::Sound;
use crate::line::Line;
use crate::mesh::{Callee, Mesh};
use crate::objects::Unit;
use crate::proxy::Verdict;

/// One caller, one request, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The caller: a name of the manifest, or `meshed` or `unmeshed` for a stranger.
    pub from: String,
    /// How the mesh knows the caller: its service account, its networks, or nothing.
    pub principal: Line,
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
pub(crate) fn matrix(sound: Sound<'_>, from: Option<&str>, to: Option<&str>) -> Result<Vec<Access>, String> {
    let mesh = sound.mesh();
    let askers = askers(mesh);
    if let Some(from) = from.filter(|from| !askers.iter().any(|asker| asker.name == *from)) {
        return Err(unknown("caller", from, askers.iter().map(|asker| asker.name.as_str())));
    }
    if let Some(Callee::External(service)) = to.and_then(|to| mesh.callee(to.split('.').next().unwrap_or(to))) {
        return Err(format!("`{}` is outside of the cluster, where nothing admits or refuses", service.name));
    }
    let apps = mesh.apps.iter().filter(|app| to.is_none_or(|to| to.split('.').next() == Some(&app.name)));
    let targets: Vec<_> = apps.flat_map(|app| targets_of(mesh, Callee::App(app))).collect();
    if let Some(to) = to.filter(|_| !targets.iter().any(|target| is_wanted(target, to))) {
        let names = names(mesh);
        return Err(unknown("callee", to, names.iter().map(String::as_str)));
    }
    let units: Vec<Unit> = sound.units().collect();
    let world = world(mesh, &units);
    let mut rows = Vec::new();
    for target in targets.iter().filter(|target| is_wanted(target, to)) {
        let doors = doors(&world, target.callee, target.port, target.shown());
        // An app may call itself as anyone else; nobody asks.
        let callers = askers.iter().filter(|asker| match from {
            Some(from) => asker.name == from,
            None => asker.name != target.callee.name().value,
        });
        rows.extend(callers.map(|Asker { name, principal, client }| {
            let decision = decide(&world, &doors, client);
            Access {
                from: name.clone(),
                principal: principal.clone().into(),
                to: target.name.clone(),
                request: target.request.clone(),
                verdict: decision.verdict,
                rule: decision.rule,
            }
        }));
    }
    Ok(rows)
}

fn is_wanted(target: &Target<'_>, to: Option<&str>) -> bool {
    to.is_none_or(|to| to == target.name || to == target.callee.name().as_str())
}

/// Everything that can be called: each app, and its routes and additional ports.
fn names(mesh: &Mesh) -> BTreeSet<String> {
    mesh.apps.iter().map(Callee::App).flat_map(names_of).collect()
}

/// An app, and its routes and additional ports.
pub(crate) fn names_of(callee: Callee<'_>) -> impl Iterator<Item = String> {
    let name = callee.name();
    let parts = callee.routes().map(|route| &route.name).chain(callee.ports().additional.iter().map(|port| &port.name));
    std::iter::once(name.value.clone()).chain(parts.map(move |part| format!("{name}.{part}")))
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
