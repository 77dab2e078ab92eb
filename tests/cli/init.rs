//! `mlmesh init`.

use crate::home::{Home, ends};

#[test]
fn init_writes_a_starter_of_which_nothing_is_to_be_said() {
    let home = Home::new();
    let said = ends(0, home.run("init"));
    assert!(said.err.contains("mlops.toml"));
    let check = ends(0, home.run("check --format short"));
    assert_eq!((check.out.as_str(), check.err.as_str()), ("", ""), "no error, no warning, no note");
    ends(0, home.run("render"));
    assert!(home.names("deploy").len() > 5);
}

#[test]
fn init_writes_where_it_is_told() {
    let home = Home::new();
    ends(0, home.run("init other.toml"));
    assert_eq!(home.names(""), ["other.toml"]);
}

#[test]
fn init_prints_where_a_dash_is_named() {
    let home = Home::new();
    let said = ends(0, home.run("init -"));
    assert!(said.out.contains("[cluster]") && home.names("").is_empty(), "{:?}", home.names(""));
}

#[test]
fn init_never_overwrites() {
    let home = Home::with("# mine\n");
    let said = ends(1, home.run("init"));
    assert!(said.err.contains("mlops.toml") && said.err.contains("exists"), "{}", said.err);
    assert_eq!(home.text("mlops.toml"), "# mine\n");
}

#[test]
fn init_into_a_folder_that_is_not_there_is_a_call_that_cannot_be_served() {
    ends(2, Home::new().run("init nowhere/mlops.toml"));
}
