//! Every setting changes the output, a report or an answer, or is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use mlmesh::Analysis;
use serde_json::Value as Schema;
use toml::{Table, Value};

use crate::rows::{ROWS, ROWS_OF_GATEWAY_API, ROWS_OF_ISTIO, Row, Shows, WORLD};
use crate::support::{analysis, codes, mlmesh, short, stream, tree};

const METHODS: [&str; 8] = ["get", "head", "post", "put", "patch", "delete", "options", "any"];
const PROBES: [&str; 3] = ["startup", "liveness", "readiness"];

/// One setting in one table of the world.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) before: Table,
    pub(crate) after: Table,
    pub(crate) shows: Shows,
}

pub(crate) fn settings() -> Vec<Setting> {
    let on = |traffic: &'static str, rows: &'static [Row]| rows.iter().map(move |row| (traffic, row));
    let rows = on("profile", ROWS).chain(on("gateway-api", ROWS_OF_GATEWAY_API)).chain(on("istio", ROWS_OF_ISTIO));
    let mut settings = Vec::new();
    for (traffic, (tables, key, before, after, shows)) in rows {
        let words =
            [("METHOD", METHODS.as_slice()), ("PROBE", PROBES.as_slice())].into_iter().find(|(word, _)| key.contains(word));
        let (word, each) = words.unwrap_or(("NOTHING", &[""]));
        for ((table, path), one) in tables.iter().flat_map(|table| each.iter().map(move |one| (table, one))) {
            let world = |text: &str| {
                let mut world = world_with(table, &text.replace(word, one));
                if traffic != "profile" {
                    lay(&mut world, format!("cluster = {{ traffic = '{traffic}', gateway-api = '1.2' }}").parse().unwrap());
                }
                world
            };
            let key = format!("{path}.{}", key.replace(word, one)).trim_start_matches('.').to_owned();
            settings.push(Setting { key, before: world(before), after: world(after), shows: *shows });
        }
    }
    settings
}

/// The world with some lines laid over one of its tables.
fn world_with(table: &str, lines: &str) -> Table {
    let mut world: Table = WORLD.parse().unwrap();
    let mut at = &mut world;
    for name in table.split('.').filter(|name| !name.is_empty()) {
        at = at.entry(name).or_insert_with(|| Table::new().into()).as_table_mut().unwrap();
    }
    lay(at, lines.parse().unwrap());
    world
}

fn lay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay(under, over),
            (_, value) => drop(under.insert(key, value)),
        }
    }
}

/// The paths at which two tables differ, in the language's words: the names of tables that a person
/// names are `*`.
fn differences(before: &Value, after: &Value, at: &str, keys: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    let nothing = Value::Table(Table::new());
    let below = |at: &str, name: &str| match at {
        "" => name.to_owned(),
        _ if keys.contains(&format!("{at}.{name}")) => format!("{at}.{name}"),
        _ => format!("{at}.*"),
    };
    match (before, after) {
        (Value::Table(before), Value::Table(after)) => {
            for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
                let value = |table: &Table| table.get(name).cloned();
                let sides = match (value(before), value(after)) {
                    (Some(before), Some(after)) => (before, after),
                    (before, after) => (before.unwrap_or(nothing.clone()), after.unwrap_or(nothing.clone())),
                };
                differences(&sides.0, &sides.1, &below(at, name), keys, found);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() && before.iter().all(Value::is_table) => {
            before.iter().zip(after).for_each(|(one, other)| differences(one, other, &format!("{at}.[]"), keys, found));
        }
        _ if before == after => {}
        _ => drop(found.insert(at.to_owned())),
    }
}

/// Every key of the language, as the schema has it: `*` stands for the name that a person gives.
#[derive(Default)]
pub(crate) struct Language {
    all: BTreeSet<String>,
    /// Those that take more than a table, and so are settings.
    settings: BTreeSet<String>,
    /// What a key means that is left out, where a value says it.
    pub(crate) defaults: BTreeMap<String, Schema>,
}

impl Language {
    pub(crate) fn of(schema: &Schema) -> Self {
        let mut language = Self::default();
        language.walk(schema, schema, "");
        language
    }

    fn walk(&mut self, root: &Schema, at: &Schema, path: &str) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if !path.is_empty() {
            self.all.insert(path.to_owned());
        }
        if let Some(definition) = at["$ref"].as_str() {
            self.walk(root, root.pointer(definition.trim_start_matches('#')).unwrap(), path);
        }
        for each in ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| at[*key].as_array()).flatten() {
            self.walk(root, each, path);
        }
        for (key, value) in at["properties"].as_object().into_iter().flatten() {
            self.walk(root, value, &below(key));
            if let Some(default) = value.get("default") {
                self.defaults.insert(below(key), default.clone());
            }
        }
        if at["additionalProperties"].is_object() {
            self.walk(root, &at["additionalProperties"], &below("*"));
        }
        match at["type"].as_str() {
            Some("array") if Self::takes_tables(root, &at["items"]) => self.walk(root, &at["items"], &below("[]")),
            Some("object") => {}
            None if at["const"].is_null() => {}
            _ => drop(self.settings.insert(path.to_owned())),
        }
    }

    fn takes_tables(root: &Schema, at: &Schema) -> bool {
        match at["$ref"].as_str() {
            Some(definition) => Self::takes_tables(root, root.pointer(definition.trim_start_matches('#')).unwrap()),
            None => at["type"] == "object",
        }
    }
}

#[test]
fn every_key_of_the_language_has_a_row() {
    let language = Language::of(&mlmesh::schema());
    assert!(language.settings.len() > 150, "the schema was not read: {:?}", language.settings);
    let rows: BTreeSet<String> = settings().into_iter().map(|setting| setting.key).collect();
    let without: Vec<_> = language.settings.difference(&rows).collect();
    assert!(without.is_empty(), "settings without a row: {without:#?}");
    let unknown: Vec<_> = rows.difference(&language.settings).collect();
    assert!(unknown.is_empty(), "rows of settings that the schema does not have: {unknown:#?}");
}

#[test]
fn a_row_changes_the_setting_that_it_says() {
    let rows = settings();
    let language = Language::of(&mlmesh::schema());
    let keys: BTreeSet<String> = rows.iter().map(|row| row.key.clone()).chain(language.all).collect();
    for Setting { key, before, after, .. } in rows {
        let mut found = BTreeSet::new();
        differences(&before.into(), &after.into(), "", &keys, &mut found);
        assert!(found.contains(&key), "{key}: the row changes {found:?}");
    }
}

#[test]
fn every_setting_matters() {
    let mut silent = Vec::new();
    for Setting { key, before, after, shows } in settings() {
        let texts = [before, after].map(|table| toml::to_string(&table).unwrap());
        let [one, other] = [&texts[0], &texts[1]].map(|text| analysis(text));
        assert!(one.checked().is_some(), "{key}, before: {}\n{}", short(&one), texts[0]);
        let legal = matches!(shows, Shows::Report(_)) || other.checked().is_some();
        assert!(legal, "{key}, after: {}\n{}", short(&other), texts[1]);
        let differs = match shows {
            Shows::Yaml => stream(&one) != stream(&other),
            Shows::Report(code) => codes(&one).contains(&code) != codes(&other).contains(&code),
            Shows::Status => {
                answer(&["rollout", "status", "r", "--file", "-"], &texts[0])
                    != answer(&["rollout", "status", "r", "--file", "-"], &texts[1])
            }
            Shows::Folder => rendered_files(&texts[0]) != rendered_files(&texts[1]),
        };
        if !differs {
            silent.push((key, shows));
        }
    }
    assert!(silent.is_empty(), "settings that change nothing: {silent:#?}");
}

/// Two values of a setting that are the same to a target, which the world cannot show apart.
const SAME: [(&str, &str); 3] = [
    // It is compared with hosts, and is the default of the trust domain.
    ("cluster.domain", "gateway-api"),
    // Envoy speaks HTTP/2 on a gRPC port.
    ("models.*.ports.*.protocol", "istio"),
    ("services.*.ports.*.protocol", "istio"),
];

/// On every target a setting changes the YAML or the report, or its line is reported: no target ignores one in silence.
#[test]
fn no_target_ignores_a_setting_in_silence() {
    let mut silent = Vec::new();
    for Setting { key, before, after, shows } in settings() {
        let is_target = ["cluster.traffic", "cluster.gateway-api"].contains(&key.as_str());
        for traffic in ["smi", "profile", "gateway-api", "istio"] {
            if is_target || !matches!(shows, Shows::Yaml) || SAME.contains(&(key.as_str(), traffic)) {
                continue;
            }
            let [before, after] = [&before, &after].map(|world| on_target(world, traffic));
            let [one, other] = [&before, &after].map(|text| analysis(text));
            if stream(&one) == stream(&other) && short(&one) == short(&other) && !is_reported(&key, &after, &other) {
                silent.push(format!("{key} on {traffic}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

/// The world with another API for its traffic.
pub(crate) fn on_target(world: &Table, traffic: &str) -> String {
    let mut world = world.clone();
    lay(&mut world, format!("cluster = {{ traffic = '{traffic}', gateway-api = '1.2' }}").parse().unwrap());
    toml::to_string(&world).unwrap()
}

/// Whether a diagnostic points at a line with this key, or with a table that it is in.
fn is_reported(key: &str, text: &str, analysis: &Analysis) -> bool {
    let names: Vec<&str> = key.split('.').skip(1).filter(|name| *name != "*").collect();
    analysis.report().diagnostics().iter().any(|one| {
        let place = analysis.sources().get(one.primary.span.source).place(one.primary.span.start);
        text.lines().nth(place.line - 1).is_some_and(|line| names.iter().any(|name| line.contains(name)))
    })
}

/// What a command answers to a manifest.
fn answer(arguments: &[&str], manifest: &str) -> String {
    let mut child = mlmesh(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The files that a render makes.
pub(crate) fn rendered_files(manifest: &str) -> Vec<PathBuf> {
    let home = tempfile::tempdir().unwrap();
    let manifest_path = home.path().join("mlops.toml");
    fs::write(&manifest_path, manifest).unwrap();
    assert!(mlmesh(&["render", "--format", "short"]).current_dir(home.path()).stderr(Stdio::null()).status().unwrap().success());
    tree(home.path()).into_keys().map(|path| path.strip_prefix(home.path()).unwrap().to_owned()).collect()
}

/// Settings that the world gives nothing to act on, in the table `services.s` or at the root.
#[rustfmt::skip]
const IDLE: &[(&str, &str, &str)] = &[
    ("services.s", "", "retry-budget = { ratio = 0.1, min-per-second = 1, ttl = '5s' }\nroutes.retried.retry = false"),
    ("services.s", "", "routes.x = { get = '/', idempotent = true }"),
    ("services.s", "probes.liveness = { exec = ['a'] }", "probes.liveness = { exec = ['a'], port = 'extra' }"),
    ("services.s", "callers = []\nroutes.retried.callers = ['friend']", "callers = ['friend']\nroutes.retried.callers = ['friend']"),
    ("namespaces.other", "inject = false", "inject = false\ninbound = 'deny'"),
    ("namespaces.other", "manage = false", "manage = false\nlabels.team = 'a'"),
    ("", "jobs.once = { namespace = 'ns', image = 'r/o:1' }", "jobs.once = { namespace = 'ns', image = 'r/o:1', time-zone = 'Asia/Tokyo' }"),
    ("", "jobs.once = { namespace = 'ns', image = 'r/o:1' }", "jobs.once = { namespace = 'ns', image = 'r/o:1', concurrency-policy = 'forbid' }"),
];

#[test]
fn a_setting_with_nothing_to_act_on_is_reported() {
    let mut silent = Vec::new();
    for (table, before, after) in IDLE {
        let [one, other] = [before, after].map(|lines| analysis(&toml::to_string(&world_with(table, lines)).unwrap()));
        assert!(one.checked().is_some(), "{before}: {}", short(&one));
        if stream(&one) == stream(&other) && short(&one) == short(&other) {
            silent.push(*after);
        }
    }
    assert!(silent.is_empty(), "settings that do nothing, and nobody says so: {silent:#?}");
}
