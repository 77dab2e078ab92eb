//! Good objects of every kind that the compiler prints, or will print, have no fault.

mod common;

use std::collections::BTreeSet;

use mlmesh_conformance::run;

#[test]
fn what_the_compiler_prints_now() {
    let Some(schemas) = common::schemas("accepts") else { return };
    let objects = common::objects(common::NOW);
    assert_eq!(schemas.judge_all(&objects), []);
    let kinds: BTreeSet<&str> = objects.iter().map(|object| object.kind()).collect();
    assert_eq!(kinds.len(), 18, "{kinds:?}");
}

#[test]
fn what_later_backends_will_print() {
    let Some(schemas) = common::schemas("accepts") else { return };
    assert_eq!(schemas.judge_all(&common::objects(include_str!("good/later.yaml"))), []);
}

#[test]
fn every_rule_is_judged_or_left_out_by_name() {
    let Some(schemas) = common::schemas("accepts") else { return };
    let unjudged: Vec<_> = schemas.unjudged().iter().filter(|rule| !rule.allowed).collect();
    assert!(unjudged.is_empty(), "{unjudged:?}");
    assert!(schemas.counts().rules > 500, "{:?}", schemas.counts());
}

#[test]
fn the_command_accepts_good_trees_and_refuses_an_empty_one() {
    let Some(folder) = common::folder("accepts") else { return };
    let tree = |name: &str| format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut out = Vec::new();
    let judged = run::run(&folder, &[tree("good/now.yaml"), tree("good/later.yaml")], &mut out).unwrap();
    let report = String::from_utf8(out).unwrap();
    assert!(judged && report.contains("unjudged rules: 0\n"), "{report}");
    let mut out = Vec::new();
    assert!(!run::run(&folder, &[tree("common")], &mut out).unwrap());
    assert!(String::from_utf8(out).unwrap().contains("an empty tree"));
}
