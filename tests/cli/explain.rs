//! `mlmesh explain`, completions, help, and what prints to a reader who goes away.

use std::io::pipe;

use crate::home::{CLEAN, ERROR, Home, clean_and, ends, example};

#[test]
fn explain_tells_of_every_code() {
    let home = Home::new();
    for code in mlmesh::codes() {
        let said = ends(0, home.run(&format!("explain {}", code.name)));
        assert!(said.out.starts_with(code.name) && said.out.contains(code.summary), "{}", said.out);
        assert!(!code.why.contains(['\\', '\n']) && !code.why.contains("  "), "a text is one paragraph: {}", code.why);
    }
}

#[test]
fn explain_tells_of_a_key_by_its_path_or_its_end() {
    let home = Home::new();
    let meaning = "How long a request may take";
    let by_path = ends(0, home.run("explain models.routes.timeout")).out;
    assert!(
        by_path.starts_with("models.routes.timeout\n") && by_path.contains(meaning) && by_path.contains("250ms"),
        "{by_path}"
    );
    let by_end = ends(0, home.run("explain routes.timeout")).out;
    assert!(
        ["models.routes.timeout\n", "services.routes.timeout\n", meaning].iter().all(|part| by_end.contains(part)),
        "{by_end}"
    );
    assert!(!by_end.contains("probes"), "{by_end}");
    assert!(ends(0, home.run("explain cluster")).out.contains("What the output must be accepted by"));
}

#[test]
fn explain_names_a_key_once_that_two_kinds_of_table_have() {
    let said = ends(0, Home::new().run("explain routes.stream")).out;
    let paths: Vec<&str> = said.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(paths, ["models.routes.stream", "services.routes.stream"]);
}

#[test]
fn explain_tells_of_the_keys_of_a_version() {
    assert!(ends(0, Home::new().run("explain models.versions.image")).out.contains("The image"));
}

#[test]
fn explain_suggests_what_was_meant() {
    let home = Home::new();
    for (wrong, right) in
        [("weights-not-10", "weights-not-100"), ("models.routes.timeot", "models.routes.timeout"), ("replica", "replicas")]
    {
        let said = ends(2, home.run(&format!("explain {wrong}")));
        assert!(said.err.contains(&format!("`{right}`")), "{}", said.err);
        assert_eq!(said.out, "");
    }
    let said = ends(2, home.run("explain qqqqqqqqqqqq"));
    assert!(said.err.contains("`models`"), "with nothing near, the tables are named: {}", said.err);
}

#[test]
fn every_shell_has_its_completions() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let said = ends(0, home.run(&format!("completions {shell}")));
        assert!(["rollout", "advance", "render", "stdout"].iter().all(|word| said.out.contains(word)), "{shell}");
    }
    ends(2, home.run("completions tcsh"));
}

#[test]
fn help_and_version_are_answers() {
    let home = Home::new();
    assert_eq!(ends(0, home.run("--version")).out, format!("mlmesh {}\n", env!("CARGO_PKG_VERSION")));
    let help = ends(0, home.run("--help")).out;
    for command in ["init", "check", "render", "rollout", "explain", "schema", "completions"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
}

#[test]
fn a_reader_that_goes_away_early_is_no_error() {
    let home = Home::with(&example("recommender"));
    for call in
        ["render --stdout", "rollout status", "schema", "explain weights-not-100", "completions bash", "--help", "--version"]
    {
        let said = ends(0, home.run_without_reader(call));
        assert!(!said.err.contains("error"), "`mlmesh {call}` says {}", said.err);
    }
    let differs = ends(1, home.run_without_reader("render --check"));
    assert!(!differs.err.contains("cannot write"), "{}", differs.err);
}

#[test]
fn a_reader_of_the_diagnostics_that_goes_away_changes_no_answer() {
    for (manifest, code) in [(CLEAN.to_owned(), 0), (clean_and(ERROR), 1)] {
        let home = Home::with(&manifest);
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        assert_eq!(home.command("check").stderr(writer).status().unwrap().code(), Some(code));
    }
}
