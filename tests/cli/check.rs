//! `mlmesh check`: how it ends, which file it takes, how it prints, what it mends.

use std::fs;

use regex::Regex;

use crate::home::{BOTH, CLEAN, ERROR, Home, WARNING, clean_and, ends, example};

#[test]
fn check_ends_with_0_where_nothing_is_wrong() {
    let said = ends(0, Home::with(CLEAN).run("check"));
    assert_eq!(said.out, "");
    assert_eq!(said.err, "mlops.toml: no errors\n");
}

#[test]
fn check_ends_with_0_where_there_are_warnings_alone() {
    let said = ends(0, Home::with(&clean_and(WARNING)).run("check"));
    assert!(said.err.contains("warning") && said.err.contains("retry-budget-unused"), "{}", said.err);
    assert!(said.err.ends_with("mlops.toml: 1 warning\n"), "{}", said.err);
}

#[test]
fn check_ends_with_1_where_there_is_an_error_and_shows_the_warnings_too() {
    let said = ends(1, Home::with(&clean_and(BOTH)).run("check"));
    assert!(said.err.contains("invalid-image") && said.err.contains("retry-budget-unused"), "{}", said.err);
    assert!(said.err.ends_with("mlops.toml: 1 error, 1 warning\n"), "{}", said.err);
    assert_eq!(said.out, "", "diagnostics go to standard error");
}

#[test]
fn a_call_that_cannot_be_served_ends_with_2_and_says_why() {
    let home = Home::new();
    fs::create_dir(home.path("folder")).unwrap();
    for (call, why) in [
        ("check", "no `mlops.toml`"),
        ("check missing.toml", "missing.toml"),
        ("check folder", "folder"),
        ("check --format yaml", "yaml"),
        ("check --nonsense", "--nonsense"),
        ("nonsense", "nonsense"),
        ("", "Usage"),
    ] {
        let said = ends(2, home.run(call));
        assert!(said.err.contains(why), "`mlmesh {call}` says: {}", said.err);
        assert_eq!(said.out, "");
    }
}

#[test]
fn an_empty_manifest_is_an_error_and_no_failure() {
    let said = ends(1, Home::with("").run("check --format short"));
    assert!(said.err.contains("error[missing-key]"), "{}", said.err);
}

#[test]
fn the_manifest_is_looked_for_upwards() {
    let home = Home::with(&clean_and(ERROR));
    fs::create_dir_all(home.path("a/b")).unwrap();
    for (folder, name) in [("", "mlops.toml"), ("a", "../mlops.toml"), ("a/b", "../../mlops.toml")] {
        let said = ends(1, home.run_in(folder, "check --format short"));
        assert!(said.err.starts_with(&format!("{name}:")), "a name that an editor can open from there: {}", said.err);
    }
    home.put("a/mlops.toml", CLEAN);
    ends(0, home.run_in("a/b", "check"));
}

#[test]
fn a_dash_is_standard_input() {
    let home = Home::new();
    ends(0, home.run_with_input("check -", CLEAN));
    let said = ends(1, home.run_with_input("check - --format short", &clean_and(ERROR)));
    assert!(said.err.starts_with("stdin:"), "{}", said.err);
}

#[test]
fn the_human_format_shows_the_line_and_the_way_out() {
    let said = ends(1, Home::with(&clean_and(ERROR)).run("check"));
    for part in ["error[unknown-namespace]", "mlops.toml:17:13", "namespace = \"mll\"", "^^^^^", "did you mean `ml`?"] {
        assert!(said.err.contains(part), "no {part} in\n{}", said.err);
    }
    assert!(!said.err.contains('\u{1b}'), "no colours where nobody looks");
}

#[test]
fn what_is_deployed_elsewhere_has_no_keys_of_a_deployment_and_the_error_says_why() {
    let home = Home::with(&example("chat").replace("host = \"search", "namespace = \"chat\"\nhost = \"search"));
    let said = ends(1, home.run("check"));
    let wanted = "help: a service with a `host` is outside of the cluster, and takes only `host`, `port`, `protocol`, `routes`";
    assert!(said.err.contains("unknown-key") && said.err.contains(wanted), "{said:?}");
}

#[test]
fn the_short_format_is_one_line_for_each_diagnostic() {
    let home = Home::with(&clean_and(BOTH));
    let said = ends(1, home.run("check --format short"));
    let line = Regex::new(r"^mlops\.toml:[0-9]+:[0-9]+: (error|warning|note)\[[a-z0-9-]+\] \S.*$").unwrap();
    assert_eq!(said.err.lines().count(), 2);
    assert!(said.err.lines().all(|text| line.is_match(text)), "{}", said.err);
    let image = said.err.lines().find(|text| text.contains("error[invalid-image]")).unwrap();
    let at = home.text("mlops.toml").lines().position(|text| text.contains("registry example")).unwrap() + 1;
    assert!(image.starts_with(&format!("mlops.toml:{at}:9: ")), "{image}");
}

#[test]
fn the_short_format_says_nothing_of_what_is_right() {
    assert_eq!(Home::with(CLEAN).run("check --format short").err, "");
    let said = Home::with(CLEAN).run("check --format json");
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
}

#[test]
fn a_file_that_is_no_text_is_reported_in_every_format() {
    let home = Home::new();
    home.put("latin1.toml", b"# a comment\n# caf\xe9\n");
    let short = ends(1, home.run("check latin1.toml --format short"));
    assert_eq!(short.err, "latin1.toml:2:6: error[invalid-toml] this is not UTF-8 text\n");
    let json: serde_json::Value = serde_json::from_str(&ends(1, home.run("check latin1.toml --format json")).out).unwrap();
    assert_eq!((&json["code"], &json["line"], &json["column"]), (&"invalid-toml".into(), &2.into(), &6.into()));
    ends(1, home.run("check latin1.toml --fix"));
    ends(1, home.run("render latin1.toml"));
    assert!(!home.path("deploy").exists());
    assert_eq!(fs::read(home.path("latin1.toml")).unwrap(), b"# a comment\n# caf\xe9\n");
}

#[test]
fn a_document_for_machines_goes_to_standard_output_or_into_a_file() {
    let home = Home::with(&clean_and(BOTH));
    for format in ["sarif", "junit", "json"] {
        let said = ends(1, home.run(&format!("check --format {format}")));
        assert!(!said.out.is_empty() && said.err.is_empty(), "{format}");
        let filed = ends(1, home.run(&format!("check --format {format} --report report")));
        assert_eq!((home.text("report"), filed.out.as_str()), (said.out, ""), "{format}");
        assert_eq!(filed.err, "mlops.toml: 1 error, 1 warning\n");
        assert_eq!(ends(1, home.run(&format!("render --format {format}"))).out, home.text("report"));
    }
    ends(1, home.run("check --report report"));
    assert!(home.text("report").contains("error[invalid-image]") && !home.text("report").contains('\u{1b}'));
    ends(2, home.run("check --report no/such/folder"));
}

#[test]
fn standard_output_is_for_one_document_alone() {
    let home = Home::with(CLEAN);
    let said = ends(2, home.run("render --stdout --format sarif"));
    assert!(said.err.contains("--report"), "{}", said.err);
    let said = ends(0, home.run("render --stdout --format sarif --report report"));
    assert!(said.out.starts_with("---\n") && home.text("report").contains("\"2.1.0\""));
    let said = ends(1, home.run("render --check --format sarif"));
    assert!(serde_json::from_str::<serde_json::Value>(&said.out).is_ok(), "{}", said.out);
    assert!(said.err.contains("+++ b/"), "the difference goes elsewhere: {}", said.err);
    let said = ends(0, home.run("check --cluster linkerd=2.19 --format json"));
    assert_eq!(said.out, "", "nothing new is reported");
}

#[test]
fn every_command_takes_its_manifest_by_name_too() {
    let home = Home::new();
    home.put("other.toml", CLEAN);
    for call in ["check", "render --stdout", "migrate --to istio", "access", "rollout status"] {
        for name in ["-f other.toml", "--file other.toml"] {
            let said = home.run(&format!("{call} {name}"));
            assert!(!said.err.contains("unexpected argument") && !said.err.contains("no `mlops.toml`"), "{call}: {}", said.err);
        }
    }
    ends(2, home.run("check other.toml --file other.toml"));
}

#[test]
fn the_json_format_is_one_object_a_line() {
    let said = ends(1, Home::with(&clean_and(BOTH)).run("check --format json"));
    assert_eq!(said.err, "");
    let objects: Vec<serde_json::Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2);
    for object in &objects {
        assert_eq!(object["file"], "mlops.toml");
        assert!(["line", "column", "end_line", "end_column"].iter().all(|key| object[key].as_u64() > Some(0)), "{object}");
        assert!(object["message"].as_str().is_some_and(|message| !message.is_empty()));
        assert!(object["related"].is_array());
    }
    let found: Vec<_> = objects.iter().map(|object| (object["severity"].as_str(), object["code"].as_str())).collect();
    assert!(found.contains(&(Some("error"), Some("invalid-image"))), "{found:?}");
    assert!(found.contains(&(Some("warning"), Some("retry-budget-unused"))), "{found:?}");
}

#[test]
fn columns_count_characters_and_a_byte_order_mark_none() {
    let text = "\u{feff}größe = 1\n[cluster]\ntraffic = \"smi\" # \u{1f980}\n";
    let said = ends(1, Home::with(text).run("check --format short"));
    assert!(said.err.starts_with("mlops.toml:1:3: error[invalid-toml]"), "{}", said.err);
    let text = "\u{feff}\"größe\" = 1\n[cluster]\ntraffic = \"smi\"\n\"\u{1f980}\".x = \"é\"\n";
    let said = ends(1, Home::with(text).run("check --format short"));
    let places: Vec<&str> = said.err.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["mlops.toml:1:1", "mlops.toml:4:1"], "{}", said.err);
}

/// Two values that are only misspelt, and a name that was probably meant to be another.
const MISSPELT: &str = "[cluster]\r\ntraffic = \"SMI\" # stays\r\n[namespaces.ml]\r\n[models.ranker]\r\nnamespace = \"lm\"\r\n\
    port = 8080\r\nroutes.predict = { post = \"/predict\", timeout = \"1m 30s\" }\r\nversions.v1.image = \"r/ranker:1\"\r\n";

#[test]
fn fix_writes_what_is_only_misspelt_and_leaves_the_rest() {
    let home = Home::with(MISSPELT);
    let said = ends(1, home.run("check --fix"));
    let mended = MISSPELT.replace("SMI", "smi").replace("1m 30s", "1m30s");
    assert_eq!(home.text("mlops.toml"), mended);
    assert!(said.err.starts_with("mlops.toml: 2 changes written\n") && said.err.contains("did you mean `ml`?"), "{}", said.err);
}

#[test]
fn unsafe_fixes_write_also_what_was_probably_meant() {
    let home = Home::with(MISSPELT);
    ends(0, home.run("check --fix --unsafe-fixes"));
    let mended = MISSPELT.replace("SMI", "smi").replace("1m 30s", "1m30s").replace("\"lm\"", "\"ml\"");
    assert_eq!(home.text("mlops.toml"), mended);
    ends(0, home.run("check"));
}

#[test]
fn a_fix_of_what_is_right_touches_nothing() {
    let home = Home::with(CLEAN);
    let said = ends(0, home.run("check --fix"));
    assert_eq!(home.text("mlops.toml"), CLEAN);
    assert_eq!(said.err, "mlops.toml: 0 changes written\nmlops.toml: no errors\n");
}

#[test]
fn standard_input_cannot_be_fixed_and_an_unsafe_fix_is_a_fix() {
    let home = Home::new();
    ends(2, home.run_with_input("check - --fix", MISSPELT));
    ends(2, Home::with(CLEAN).run("check --unsafe-fixes"));
}
