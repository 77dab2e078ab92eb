//! A default that the schema documents is what leaving the key out means: written out, it changes nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::{Table, Value};

use crate::rows::Shows;
use crate::settings::{Language, Setting, on_target, rendered_files, settings};
use crate::support::{analysis, codes, stream};

const TARGETS: [&str; 4] = ["smi", "profile", "gateway-api", "istio"];

/// Codes that ask whether a person wrote a setting, whatever it says.
const ASK_WHETHER_WRITTEN: [&str; 2] = ["unused-setting", "weaker-setting"];

/// Keys that mlmesh writes only where a person does, since Kubernetes sets them itself.
const SET_BY_KUBERNETES: [&str; 9] = [
    "probes.*.initial-delay",
    "probes.*.period",
    "probes.*.timeout",
    "probes.*.failure-threshold",
    "probes.*.success-threshold",
    "rolling-update.max-surge",
    "rolling-update.max-unavailable",
    "concurrency-policy",
    "backoff-limit",
];

/// What a manifest shows: its YAML, its codes, and the files that it becomes.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    stream: String,
    codes: Vec<&'static str>,
    files: Vec<PathBuf>,
}

impl Shown {
    fn of(text: &str, shows: Shows) -> Self {
        let analysis = analysis(text);
        let mut codes = codes(&analysis);
        codes.retain(|code| !ASK_WHETHER_WRITTEN.contains(code));
        let files = if shows == Shows::Folder { rendered_files(text) } else { Vec::new() };
        Self { stream: stream(&analysis), codes, files }
    }

    /// The lines that are more here than in `without`, if nothing else differs.
    fn added<'a>(&'a self, without: &Self) -> Option<Vec<&'a str>> {
        let mut old = without.stream.lines().peekable();
        let added = self.stream.lines().filter(|line| old.next_if(|old| unbraced(old) == unbraced(line)).is_none()).collect();
        (old.peek().is_none() && self.codes == without.codes && self.files == without.files).then_some(added)
    }
}

/// A line of YAML as it is where its table has something in it.
fn unbraced(line: &str) -> &str {
    line.strip_suffix(" {}").unwrap_or(line)
}

/// A table of a world in which a key can be written.
#[derive(Clone)]
struct Place<'a> {
    world: &'a Table,
    table: Vec<String>,
    key: &'a str,
}

impl Place<'_> {
    /// The world with this value under the key, which a version has from nowhere else.
    fn with(&self, value: Option<&Value>) -> Table {
        let mut world = self.world.clone();
        if let [models, model, versions, _, rest @ ..] = self.table.as_slice()
            && versions == "versions"
        {
            let parent: Vec<String> = [models, model].into_iter().chain(rest).cloned().collect();
            table_mut(&mut world, &parent).map(|parent| parent.remove(self.key));
        }
        let table = table_mut(&mut world, &self.table).unwrap();
        table.remove(self.key);
        table.extend(value.map(|value| (self.key.to_owned(), value.clone())));
        world
    }

    fn value(&self) -> Option<&Value> {
        let mut at = self.world;
        for name in &self.table {
            at = at.get(name)?.as_table()?;
        }
        at.get(self.key)
    }
}

fn table_mut<'a>(world: &'a mut Table, path: &[String]) -> Option<&'a mut Table> {
    path.iter().try_fold(world, |at, name| at.get_mut(name)?.as_table_mut())
}

/// Every table of a world at a path, in which `*` is any name.
fn tables(at: &Table, path: &[&str]) -> Vec<Vec<String>> {
    let Some((first, rest)) = path.split_first() else { return vec![Vec::new()] };
    let below = at.iter().filter(|(name, _)| *first == "*" || first == name);
    let below = below.filter_map(|(name, value)| Some((name, value.as_table()?)));
    below
        .flat_map(|(name, table)| {
            tables(table, rest).into_iter().map(move |path| [name.clone()].into_iter().chain(path).collect())
        })
        .collect()
}

/// The places of a world for a key, less those where another key stands in its place.
fn places<'a>(world: &'a Table, key: &'a str) -> Vec<Place<'a>> {
    let (table, key) = key.rsplit_once('.').unwrap_or(("", key));
    let path: Vec<&str> = table.split('.').filter(|name| !name.is_empty()).collect();
    let places = tables(world, &path).into_iter().map(|table| Place { world, table, key });
    places.filter(|place| key != "replicas" || !is_autoscaled(place)).collect()
}

fn on_each_target(place: Place<'_>) -> impl Iterator<Item = (Place<'_>, &'static str)> {
    TARGETS.into_iter().map(move |target| (place.clone(), target))
}

fn is_autoscaled(place: &Place<'_>) -> bool {
    let mut world = place.world.clone();
    let tables = [2, place.table.len()].map(|depth| place.table[..depth].to_vec());
    tables.iter().any(|path| table_mut(&mut world, path).is_some_and(|table| table.contains_key("autoscale")))
}

fn is_set_by_kubernetes(key: &str) -> bool {
    let probe = ["startup", "liveness", "readiness"].into_iter().find(|probe| key.contains(&format!("probes.{probe}.")));
    let key = probe.map_or(key.to_owned(), |probe| key.replace(probe, "*"));
    SET_BY_KUBERNETES.iter().any(|ending| key.ends_with(ending))
}

/// Whether a line of YAML sets something to what a manifest calls this.
fn sets(line: &str, value: &Value) -> bool {
    let written = value.as_str().map_or_else(|| value.to_string(), |text| text.trim_end_matches('s').to_owned());
    line.rsplit_once(": ").is_some_and(|(_, set)| set.trim_matches('"').eq_ignore_ascii_case(&written))
}

/// What a default does that is written, in one place and on one target, if it does more than it may.
fn fault(place: &Place<'_>, without: &Shown, with: &Shown, (key, default): (&str, &Value)) -> Option<String> {
    let added = with.added(without);
    let is_legal = added
        .as_ref()
        .is_some_and(|added| added.is_empty() || is_set_by_kubernetes(key) && added.iter().all(|line| sets(line, default)));
    let what = format!("{key} = {default} in {:?} adds {added:?}; {:?}, {:?}", place.table, without.codes, with.codes);
    (!is_legal).then_some(what)
}

#[test]
fn a_default_that_is_written_changes_nothing() {
    let defaults = Language::of(&mlmesh::schema()).defaults;
    assert!(defaults.len() > 80, "the schema was not read: {defaults:?}");
    let (mut faults, mut tested) = (BTreeSet::new(), BTreeSet::new());
    for Setting { key, before, after, shows } in settings() {
        let Some(default) = defaults.get(&key).map(|default| Value::try_from(default).unwrap()) else { continue };
        for (place, target) in [&before, &after].into_iter().flat_map(|world| places(world, &key)).flat_map(on_each_target) {
            let without = Shown::of(&on_target(&place.with(None), target), shows);
            let with = Shown::of(&on_target(&place.with(Some(&default)), target), shows);
            faults.extend(fault(&place, &without, &with, (&key, &default)));
            // Only where another value shows, this one says something.
            if place.value().is_some_and(|other| Shown::of(&on_target(&place.with(Some(other)), target), shows) != without) {
                tested.insert(key.clone());
            }
        }
    }
    assert!(faults.is_empty(), "defaults that are not what leaving the key out means: {faults:#?}");
    let untested: Vec<_> = defaults.keys().filter(|key| !tested.contains(*key) && !is_set_by_kubernetes(key)).collect();
    assert!(untested.is_empty(), "no row shows whether these defaults are true: {untested:#?}");
}
