//! A misspelt key is one mistake: it is reported once, with the right spelling, and nothing follows from it.

use std::collections::BTreeSet;
use std::ops::Range;

use mlmesh::{Report, Severity};
use toml::de::{DeTable, DeValue};

use super::support::{analysis, examples};

#[test]
fn a_misspelt_key_is_one_error_with_a_suggestion() {
    let known = keys_of_the_language();
    let (mut cases, mut alone, mut suggested, mut others) = (0, 0, 0, Vec::new());
    for (name, text) in examples() {
        let places = key_places(&text).into_iter().filter(|place| known.contains(&text[place.clone()]) && place.len() >= 3);
        for place in places {
            let analysis = analysis(&without_third_letter(&text, place.clone()));
            let report = analysis.report();
            cases += 1;
            alone += usize::from(report.count(Severity::Error) == 1);
            suggested += usize::from(is_suggested(report, &text[place.clone()]));
            if report.count(Severity::Error) != 1 || !is_suggested(report, &text[place.clone()]) {
                let codes: Vec<&str> = report.diagnostics().iter().map(|one| one.code.name).collect();
                others.push(format!("{name} `{}` at {}: {codes:?}", &text[place.clone()], place.start));
            }
        }
    }
    let listed = others.join("\n");
    assert!(cases > 400, "{cases}");
    assert!(alone * 100 >= cases * 99, "{alone} of {cases} are one error alone\n{listed}");
    assert!(suggested * 100 >= cases * 99, "{suggested} of {cases} have the right suggestion\n{listed}");
}

fn is_suggested(report: &Report, right: &str) -> bool {
    let mut suggestions = report.diagnostics().iter().filter_map(|one| one.suggestion.as_ref());
    suggestions.any(|suggestion| suggestion.edit.text == right)
}

fn without_third_letter(text: &str, key: Range<usize>) -> String {
    format!("{}{}", &text[..key.start + 2], &text[key.start + 3..])
}

/// Every property of the schema.
fn keys_of_the_language() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut open = vec![serde_json::from_str(&mlmesh::schema_text()).unwrap()];
    while let Some(value) = open.pop() {
        if let serde_json::Value::Object(object) = &value {
            if let Some(serde_json::Value::Object(properties)) = object.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            open.extend(object.values().cloned());
        } else if let serde_json::Value::Array(items) = value {
            open.extend(items);
        }
    }
    keys
}

/// Where keys are written, in headers too.
fn key_places(text: &str) -> Vec<Range<usize>> {
    let mut places: BTreeSet<(usize, usize)> = BTreeSet::new();
    add(DeTable::parse(text).unwrap().get_ref(), &mut places);
    // The parser knows a header's first key only where it made the table.
    for (at, _) in text.match_indices("\n[") {
        let header = &text[at + 2..at + 2 + text[at + 2..].find(']').unwrap()];
        let mut start = at + 2;
        for part in header.split('.') {
            places.insert((start, start + part.len()));
            start += part.len() + 1;
        }
    }
    places.into_iter().map(|(start, end)| start..end).collect()
}

fn add(table: &DeTable<'_>, places: &mut BTreeSet<(usize, usize)>) {
    for (key, value) in table.iter() {
        places.insert((key.span().start, key.span().end));
        add_value(value.get_ref(), places);
    }
}

fn add_value(value: &DeValue<'_>, places: &mut BTreeSet<(usize, usize)>) {
    match value {
        DeValue::Table(table) => add(table, places),
        DeValue::Array(items) => items.iter().for_each(|item| add_value(item.get_ref(), places)),
        _ => {}
    }
}

#[test]
fn a_broken_statement_hides_no_other_mistake() {
    let text = r#"
[cluster]
traffic = "profile"
[namespaces.ml]
[models.a]
namespace = "ml"
port = 8080
image =
routes.x = { get = "/x", timeout = "0s" }
[models.b]
namespace = "lm"
port = 8080
image = "registry.example.com/b:1"
"#;
    let analysis = analysis(text);
    let found: Vec<&str> = analysis.report().diagnostics().iter().map(|one| one.code.name).collect();
    assert_eq!(found, ["invalid-toml", "zero-timeout", "unknown-namespace"]);
}

#[test]
fn a_warning_that_does_not_depend_on_a_mistake_is_shown_beside_it() {
    let text = r#"
[cluster]
traffic = "profile"
[namespaces.ml]
[models.wrong]
namespace = "ml"
port = "x"
image = "registry.example.com/wrong:1"
env.API_TOKEN = "a"
load = 10
[services.caller]
namespace = "ml"
port = 8080
image = "registry.example.com/caller:1"
env.API_TOKEN = "a"
load = 10
calls = ["wrong"]
[services.other]
namespace = "ml"
port = 8080
image = "registry.example.com/other:1"
env.API_TOKEN = "a"
load = 10
"#;
    let analysis = analysis(text);
    let found = analysis.report().diagnostics().iter().map(|one| (one.code.name, table_of(text, one.primary.span.range().start)));
    let found: Vec<(&str, &str)> =
        found.filter(|(code, _)| ["wrong-type", "literal-secret", "unused-setting"].contains(code)).collect();
    // A secret is one whatever stands beside it. What may have to do with the mistake comes later: what is said of the
    // same table and of its caller.
    assert_eq!(
        found,
        [
            ("wrong-type", "models.wrong"),
            ("literal-secret", "models.wrong"),
            ("literal-secret", "services.caller"),
            ("literal-secret", "services.other"),
            ("unused-setting", "services.other"),
        ]
    );
}

fn table_of(text: &str, at: usize) -> &str {
    text[..at].rsplit("\n[").next().unwrap().split(']').next().unwrap()
}
