//! Good objects of every kind that the compiler prints, or will print, have no fault.

use std::collections::BTreeSet;

use mlmesh_conformance::Schemas;
use mlmesh_conformance::run::{self, TextTree};

use crate::support;

#[test]
fn what_the_compiler_prints_now() {
    let Some(schemas) = support::schemas("accepts") else { return };
    let objects = support::objects(support::NOW);
    assert_eq!(schemas.judge_all(&objects), []);
    let kinds: BTreeSet<&str> = objects.iter().map(|object| object.kind()).collect();
    assert_eq!(kinds.len(), 18, "{kinds:?}");
}

#[test]
fn what_later_backends_will_print() {
    let Some(schemas) = support::schemas("accepts") else { return };
    assert_eq!(schemas.judge_all(&support::objects(include_str!("good/later.yaml"))), []);
}

#[test]
fn every_rule_is_judged_or_left_out_by_name() {
    let Some(schemas) = support::schemas("accepts") else { return };
    let unjudged: Vec<_> = schemas.unjudged().iter().filter(|rule| !rule.allowed).collect();
    assert!(unjudged.is_empty(), "{unjudged:?}");
    assert!(schemas.counts().rules > 500, "{:?}", schemas.counts());
}

#[test]
fn good_trees_are_accepted_and_an_empty_one_is_refused() {
    let Some(schemas) = support::schemas("accepts") else { return };
    let (accepted, report) = judged(schemas, &["tests/judge/good/now.yaml", "tests/judge/good/later.yaml"]);
    assert!(accepted && report.contains("unjudged rules: 0\n"), "{report}");
    let (accepted, report) = judged(schemas, &["src"]);
    assert!(!accepted && report.contains("an empty tree"), "{report}");
}

#[test]
fn an_object_in_two_trees_counts_twice_and_is_judged_once() {
    let Some(schemas) = support::schemas("accepts") else { return };
    let (_, once) = judged(schemas, &["tests/judge/good/now.yaml"]);
    let (_, twice) = judged(schemas, &["tests/judge/good/now.yaml"; 2]);
    let objects = support::objects(support::NOW).len();
    assert!(once.contains(&format!("total: 1 trees, {objects} objects ({objects} distinct), 0 faults;")), "{once}");
    assert!(
        twice.contains(&format!("total: 2 trees, {} objects ({objects} distinct), 0 faults;", 2 * objects)),
        "{twice}"
    );
    let rules = once.rsplit_once(';').unwrap().1;
    assert!(twice.ends_with(rules), "{once}{twice}");
}

#[test]
fn a_fault_of_an_object_in_two_trees_is_reported_in_each() {
    let Some(schemas) = support::schemas("accepts") else { return };
    let text = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ml\nspecs: {}\n";
    let trees = ["a", "b"].map(|name| {
        let files = vec![(format!("{name}/namespace.yaml"), text.to_owned())];
        Ok(TextTree { name: name.to_owned(), files })
    });
    let mut out = Vec::new();
    assert!(!run::run(schemas, trees, &mut out).unwrap());
    let report = String::from_utf8(out).unwrap();
    for name in ["a", "b"] {
        assert!(report.contains(&format!("{name}/namespace.yaml: Namespace/ml: /: unknown field `specs`")), "{report}");
    }
    assert!(report.contains("total: 2 trees, 2 objects (1 distinct), 2 faults;"), "{report}");
}

/// Whether the trees at these paths are accepted, and the report.
fn judged(schemas: &Schemas, paths: &[&str]) -> (bool, String) {
    let trees = paths.iter().map(|path| run::read_tree(&format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))));
    let mut out = Vec::new();
    let accepted = run::run(schemas, trees, &mut out).unwrap();
    (accepted, String::from_utf8(out).unwrap())
}
