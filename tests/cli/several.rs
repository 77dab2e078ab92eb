//! Several manifests of one command: named, repeated, or all that Git tracks.

use std::fs;
use std::process::Command;

use crate::home::{BOTH, CLEAN, ERROR, Home, TWO_ROLLOUTS, WARNING, clean_and, ends};

/// Three manifests: one is clean, one has an error, one a warning.
fn three() -> Home {
    let home = Home::new();
    home.put("a/mlops.toml", CLEAN);
    home.put("b/mlops.toml", clean_and(ERROR));
    home.put("c/mlops.toml", clean_and(WARNING));
    home
}

fn git(home: &Home, call: &str) {
    let mut git = Command::new("git");
    git.args(call.split(' ')).current_dir(home.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = git.output().unwrap();
    assert!(output.status.success(), "{call}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_is_reported_in_the_order_of_the_files() {
    let home = three();
    let said = ends(1, home.run("check c/mlops.toml a/mlops.toml b/mlops.toml"));
    let lines: Vec<&str> = said.err.lines().filter(|line| line.contains("toml: ")).collect();
    assert_eq!(lines, ["c/mlops.toml: 1 warning", "a/mlops.toml: no errors", "b/mlops.toml: 1 error"]);
    let short = ends(1, home.run("check c/mlops.toml b/mlops.toml --format short"));
    let files: Vec<&str> = short.err.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(files, ["c/mlops.toml", "b/mlops.toml"]);
    ends(0, home.run("check a/mlops.toml c/mlops.toml"));
    ends(0, home.run("check -f a/mlops.toml --file c/mlops.toml"));
}

#[test]
fn the_exit_code_is_the_worst_and_a_missing_file_hides_nothing() {
    let home = three();
    let said = ends(2, home.run("check missing.toml b/mlops.toml c/mlops.toml"));
    assert!(said.err.contains("unknown-namespace") && said.err.contains("retry-budget-unused"), "{}", said.err);
    assert!(said.err.contains("cannot read `missing.toml`"), "{}", said.err);
    let said = ends(2, home.run("access -f missing.toml -f b/mlops.toml"));
    assert!(said.out.is_empty() && said.err.contains("unknown-namespace") && said.err.contains("missing.toml"), "{said:?}");
}

#[test]
fn a_document_about_no_manifest_is_not_printed() {
    let home = three();
    home.put("report", "an older report\n");
    for call in [
        "check missing.toml",
        "check --cluster linkerd=2.20 missing.toml",
        "access -f missing.toml",
        "check --step 1 a/mlops.toml",
    ] {
        let said = ends(2, home.run(&format!("{call} --format sarif")));
        assert_eq!(said.out, "", "{call}");
        ends(2, home.run(&format!("{call} --format sarif --report report")));
    }
    assert_eq!(home.text("report"), "an older report\n");
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let home = three();
    for again in ["b/mlops.toml", "./b/mlops.toml", "a/../b/mlops.toml"] {
        let said = ends(1, home.run(&format!("check --format short b/mlops.toml {again}")));
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
    let twice = ends(0, home.run_with_input("check - -", CLEAN));
    assert_eq!(twice.err, "stdin: no errors\n");
}

#[test]
fn a_machine_reads_one_document() {
    let home = three();
    let call = "check b/mlops.toml c/mlops.toml --format";
    let sarif: serde_json::Value = serde_json::from_str(&ends(1, home.run(&format!("{call} sarif"))).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let found: Vec<(&str, &str)> = results
        .iter()
        .map(|result| {
            let file = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            (file.as_str().unwrap(), result["ruleId"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, [("b/mlops.toml", "unknown-namespace"), ("c/mlops.toml", "retry-budget-unused")]);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let junit = ends(1, home.run(&format!("{call} junit"))).out;
    assert_eq!((junit.matches("<?xml").count(), junit.matches("<testsuite ").count()), (1, 2), "{junit}");
    ends(1, home.run(&format!("{call} json --report report")));
    assert_eq!(home.text("report").lines().count(), 2);
}

#[test]
fn a_report_takes_the_place_of_the_old_one_at_once_and_keeps_its_mode() {
    let home = three();
    home.put("report", "an older report\n");
    let reader = fs::File::open(home.path("report")).unwrap();
    ends(1, home.run("check b/mlops.toml --report report --format short"));
    assert_eq!(std::io::read_to_string(reader).unwrap(), "an older report\n", "an open reader still reads the whole old report");
    assert!(home.text("report").starts_with("b/mlops.toml:"));
    let beside: Vec<String> = home.names("").into_iter().filter(|name| !name.contains('/')).collect();
    assert_eq!(beside, ["report"], "nothing is left beside it");
    let said = ends(1, home.run("check b/mlops.toml --report /dev/stdout --format short"));
    assert!(said.out.starts_with("b/mlops.toml:"), "a pipe is written to: {said:?}");
}

#[cfg(unix)]
#[test]
fn others_may_read_a_report() {
    use std::os::unix::fs::PermissionsExt;
    let home = three();
    home.put("usual", "");
    ends(0, home.run("check a/mlops.toml --report report"));
    let mode = |name: &str| fs::metadata(home.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("report"), mode("usual"));
}

#[test]
fn all_are_those_that_git_tracks_below() {
    let home = three();
    home.put("a/deep/er/mlops.toml", CLEAN);
    home.put("untracked/mlops.toml", clean_and(BOTH));
    home.put("a/other.toml", "");
    git(&home, "init -q");
    git(&home, "add a c");
    let said = ends(0, home.run("check --all"));
    let files: Vec<&str> = said.err.lines().filter_map(|line| line.strip_suffix(": no errors")).collect();
    assert_eq!(files, ["a/deep/er/mlops.toml", "a/mlops.toml"]);
    assert!(said.err.contains("c/mlops.toml: 1 warning") && !said.err.contains("untracked"), "{}", said.err);
    let below = ends(0, home.run_in("a", "check --all"));
    assert_eq!(below.err, "deep/er/mlops.toml: no errors\nmlops.toml: no errors\n");
    git(&home, "add b");
    ends(1, home.run("check --all"));
    ends(1, home.run("access --all"));
    ends(2, home.run("check --all a/mlops.toml"));
    ends(2, home.run("access --all -f a/mlops.toml"));
}

#[test]
fn all_needs_a_repository_with_a_manifest() {
    let home = three();
    let said = ends(2, home.run("check --all"));
    assert_eq!(said.err.lines().count(), 1);
    assert!(said.err.starts_with("error: `--all` needs a Git repository: not a git repository"), "{}", said.err);
    git(&home, "init -q");
    let said = ends(2, home.run("check --all"));
    assert_eq!(said.err, "error: Git tracks no `mlops.toml` in this folder or below; add one with `git add`\n");
}

#[test]
fn render_writes_each_to_its_own_folder_or_nothing() {
    let home = three();
    let all = "render a/mlops.toml b/mlops.toml c/mlops.toml";
    ends(1, home.run(all));
    assert_eq!(home.names("").len(), 3, "an error in one stops all");
    home.put("b/mlops.toml", CLEAN);
    home.put("c/deploy/ml/namespace.yaml", "kind: Mine\n");
    let refused = ends(1, home.run(all));
    assert!(refused.err.contains("was not written by mlmesh"), "{}", refused.err);
    assert_eq!(home.names("").len(), 4, "a file in the way of one stops all");
    fs::remove_file(home.path("c/deploy/ml/namespace.yaml")).unwrap();
    ends(0, home.run(all));
    for folder in ["a", "b", "c"] {
        assert!(home.path(folder).join("deploy/ml/ranker/service.yaml").is_file());
    }
    ends(0, home.run(&all.replace("render", "render --check")));
    fs::remove_file(home.path("a/deploy/ml/namespace.yaml")).unwrap();
    home.put("c/mlops.toml", CLEAN.replace("ranker:1", "ranker:2"));
    let said = ends(1, home.run(&all.replace("render", "render --check")));
    assert!(said.out.contains("+++ b/ml/namespace.yaml") && said.out.contains("ranker:2"), "{}", said.out);
    assert!(said.err.contains("error: `a/deploy` differs from what `a/mlops.toml` renders to\n"), "{}", said.err);
    assert!(said.err.contains("`c/deploy` differs") && !said.err.contains("b/deploy"), "{}", said.err);
}

#[test]
fn a_folder_is_for_the_files_of_one_manifest() {
    let home = three();
    home.put("a/second.toml", CLEAN);
    let said = ends(2, home.run("render a/mlops.toml c/mlops.toml -o out"));
    assert!(said.err.contains("`a/mlops.toml` and `c/mlops.toml` both render to `out`"), "{}", said.err);
    ends(2, home.run("render a/mlops.toml a/second.toml"));
    home.put("d/mlops.toml", clean_and("[output]\ndir = \"deploy\"\n"));
    fs::create_dir_all(home.path("x")).unwrap();
    ends(2, home.run("render a/mlops.toml x/../a/second.toml"));
    ends(2, home.run("migrate --to smi a/mlops.toml d/mlops.toml -o out"));
    assert!(!home.path("out").exists() && !home.path("a/deploy").exists());
    ends(0, home.run("render a/mlops.toml d/mlops.toml"));
}

#[test]
fn one_stream_holds_every_manifest() {
    let home = three();
    let both = ends(0, home.run("render --stdout a/mlops.toml c/mlops.toml")).out;
    let one = ends(0, home.run("render --stdout a/mlops.toml")).out;
    let other = ends(0, home.run("render --stdout c/mlops.toml")).out;
    assert_eq!(both, one + &other);
}

#[test]
fn a_migration_and_another_version_are_shown_of_each() {
    let home = three();
    let said = ends(0, home.run("migrate --to istio a/mlops.toml c/mlops.toml"));
    for name in ["a/mlops.toml", "c/mlops.toml"] {
        assert!(said.out.contains(&format!("{name}: to `istio`")), "{}", said.out);
    }
    let said = ends(0, home.run("check --cluster linkerd=2.19 a/mlops.toml c/mlops.toml"));
    assert!(said.err.contains("a/mlops.toml: 0 created") && said.err.contains("c/mlops.toml: 0 created"), "{}", said.err);
    ends(1, home.run("check --cluster linkerd=2.19 a/mlops.toml b/mlops.toml"));
}

#[test]
fn a_check_and_a_render_assume_another_step_and_version() {
    let home = Home::with(TWO_ROLLOUTS);
    let said = ends(1, home.run("check --step a=4 --format short"));
    assert!(said.err.contains("--step:1:3: error[step-out-of-range]"), "{}", said.err);
    ends(1, home.run("check --step a=4 --cluster linkerd=2.19"));
    ends(1, home.run("migrate --step a=4 --to gateway-api"));
    let moved = ends(0, home.run("render --stdout --step a=2")).out;
    assert_ne!(moved, ends(0, home.run("render --stdout")).out);
    home.put("mlops.toml", crate::home::example("recommender"));
    let older = ends(0, home.run("render --stdout --cluster linkerd=2.19")).out;
    assert!(older.contains("config.beta.linkerd.io/proxy-enable-native-sidecar"));
    ends(2, home.run("check --fix --step 2"));
}

#[test]
fn every_manifest_is_fixed() {
    let misspelt = CLEAN.replace("\"5s\"", "\"5 s\"");
    let home = Home::new();
    home.put("a/mlops.toml", &misspelt);
    home.put("b/mlops.toml", &misspelt);
    let said = ends(0, home.run("check --fix a/mlops.toml b/mlops.toml"));
    assert_eq!((home.text("a/mlops.toml").as_str(), home.text("b/mlops.toml").as_str()), (CLEAN, CLEAN), "{said:?}");
}

#[test]
fn a_rollout_moves_in_every_manifest_or_in_none() {
    let home = Home::new();
    home.put("eu/mlops.toml", TWO_ROLLOUTS);
    home.put("eu/second.toml", TWO_ROLLOUTS);
    home.put("us/mlops.toml", CLEAN);
    let said = ends(2, home.run("rollout advance a -f eu/mlops.toml -f us/mlops.toml"));
    assert!(said.err.contains("us/mlops.toml: no model"), "{}", said.err);
    assert_eq!(home.text("eu/mlops.toml"), TWO_ROLLOUTS);
    ends(0, home.run("rollout advance b -f eu/mlops.toml -f eu/second.toml"));
    let moved = TWO_ROLLOUTS.replace("step = 1", "step = 2");
    assert_eq!((home.text("eu/mlops.toml"), home.text("eu/second.toml")), (moved.clone(), moved));
    let status = ends(0, home.run("rollout status b -f eu/mlops.toml -f eu/second.toml")).out;
    assert!(status.starts_with("eu/mlops.toml:\nb: from") && status.contains("\neu/second.toml:\nb: from"), "{status}");
    assert!(ends(0, home.run("rollout status a -f eu/mlops.toml --step a=2")).out.contains("> step 2"));
    for assumed in ["--step a=2", "--cluster linkerd=2.19"] {
        let said = ends(2, home.run(&format!("rollout advance a -f eu/mlops.toml {assumed}")));
        assert!(said.err.contains("cannot be combined"), "{}", said.err);
    }
}
