//! `mlmesh render`: where to, the stream, the folder, `--check` and `--step`.

use std::fs;

use crate::home::{CLEAN, ERROR, Home, SECOND_MODEL, TWO_ROLLOUTS, WARNING, clean_and, ends, example};

#[test]
fn render_writes_to_deploy_beside_the_manifest() {
    let home = Home::new();
    home.put("here/mlops.toml", CLEAN);
    fs::create_dir_all(home.path("here/below")).unwrap();
    ends(0, home.run("render here/mlops.toml"));
    assert!(home.path("here/deploy/ml/ranker/deployment-v1.yaml").is_file(), "{:?}", home.names(""));
    fs::remove_dir_all(home.path("here/deploy")).unwrap();
    ends(0, home.run_in("here/below", "render"));
    assert!(home.path("here/deploy/ml/ranker/deployment-v1.yaml").is_file(), "{:?}", home.names(""));
}

#[test]
fn the_manifest_may_name_its_folder_and_the_command_line_another() {
    let home = Home::new();
    home.put("here/mlops.toml", clean_and("[output]\ndir = \"out/yaml\"\n"));
    ends(0, home.run("render here/mlops.toml"));
    assert!(home.path("here/out/yaml/ml/namespace.yaml").is_file(), "{:?}", home.names(""));
    ends(0, home.run("render here/mlops.toml -o there"));
    assert!(home.path("there/ml/namespace.yaml").is_file(), "-o counts from the current folder: {:?}", home.names(""));
}

#[test]
fn a_manifest_of_standard_input_renders_to_deploy_here() {
    let home = Home::new();
    ends(0, home.run_with_input("render -", CLEAN));
    assert!(home.path("deploy/ml/namespace.yaml").is_file());
    home.put("mlops.toml", CLEAN);
    ends(0, home.run("render --check"));
}

#[test]
fn nothing_is_written_where_there_are_errors() {
    let home = Home::with(&clean_and(ERROR));
    ends(1, home.run("render"));
    assert_eq!(home.names(""), ["mlops.toml"]);
    let stream = ends(1, home.run("render --stdout"));
    assert_eq!(stream.out, "");
    home.put("mlops.toml", CLEAN);
    ends(0, home.run("render"));
    let before = home.files("deploy");
    home.put("mlops.toml", clean_and(ERROR));
    ends(1, home.run("render --force"));
    assert_eq!(home.files("deploy"), before);
}

#[test]
fn what_contradicts_itself_on_the_command_line_cannot_be_served() {
    let home = Home::with(CLEAN);
    for call in ["render --stdout -o x", "render --stdout --check", "render --stdout --force", "render --check --force"] {
        ends(2, home.run(call));
    }
    assert_eq!(home.names(""), ["mlops.toml"]);
}

#[derive(Debug)]
struct Document {
    kind: String,
    app: String,
}

fn documents(stream: &str) -> Vec<Document> {
    let value = |document: &str, key: &str| {
        document.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim_matches('"').to_owned()
    };
    let parts = stream.split("---\n").filter(|part| !part.is_empty());
    parts.map(|part| Document { kind: value(part, "kind: "), app: value(part, "    app: ") }).collect()
}

#[test]
fn the_stream_has_namespaces_first_and_grants_before_what_denies() {
    for name in ["quickstart", "recommender", "ab-test", "autoscaled", "callers"] {
        let documents = documents(&ends(0, Home::with(&example(name)).run("render --stdout")).out);
        let last_namespace = documents.iter().rposition(|document| document.kind == "Namespace");
        let first_other = documents.iter().position(|document| document.kind != "Namespace").unwrap();
        assert!(last_namespace.is_none_or(|last| last < first_other), "{name}");
        let apps: std::collections::BTreeSet<&str> = documents.iter().map(|document| document.app.as_str()).collect();
        for app in apps.into_iter().filter(|app| !app.is_empty()) {
            let of_app: Vec<&str> =
                documents.iter().filter(|document| document.app == app).map(|document| document.kind.as_str()).collect();
            for (before, after) in [
                ("AuthorizationPolicy", "Server"),
                ("MeshTLSAuthentication", "Server"),
                ("Server", "Deployment"),
                ("ServiceAccount", "Deployment"),
            ] {
                let last_before = of_app.iter().rposition(|kind| *kind == before);
                let first_after = of_app.iter().position(|kind| *kind == after);
                let right = last_before.zip(first_after).is_none_or(|(before, after)| before < after);
                assert!(right, "{name}: {before} stands behind {after} in {of_app:?}");
            }
        }
    }
}

#[test]
fn the_stream_holds_what_the_folder_would() {
    let home = Home::with(&example("recommender"));
    let stream = ends(0, home.run("render --stdout")).out;
    ends(0, home.run("render"));
    let mut streamed: Vec<&str> = stream.split("---\n").filter(|part| !part.is_empty()).collect();
    let files = home.files("deploy");
    let mut written: Vec<&str> =
        files.iter().filter(|(name, _)| name.ends_with(".yaml")).map(|(_, (text, _))| text.as_str()).collect();
    streamed.sort_unstable();
    written.sort_unstable();
    assert_eq!(streamed, written);
    assert!(written.len() > 50);
}

#[test]
fn the_stream_writes_no_file_and_keeps_warnings_out_of_itself() {
    let home = Home::with(&clean_and(WARNING));
    let said = ends(0, home.run("render --stdout --format short"));
    assert_eq!(home.names(""), ["mlops.toml"]);
    assert!(said.err.contains("warning[retry-budget-unused]"));
    assert!(!said.out.contains("warning"));
}

#[test]
fn a_second_render_touches_nothing() {
    let home = Home::with(&example("quickstart"));
    ends(0, home.run("render"));
    let before = home.files("deploy");
    let said = ends(0, home.run("render"));
    assert_eq!(home.files("deploy"), before);
    assert!(said.err.contains("0 created, 0 changed, 0 removed"), "{}", said.err);
}

#[test]
fn only_what_changed_is_written() {
    let home = Home::with(CLEAN);
    ends(0, home.run("render"));
    let before = home.files("deploy");
    home.put("mlops.toml", CLEAN.replace("ranker:1", "ranker:2"));
    ends(0, home.run("render"));
    let after = home.files("deploy");
    let changed: Vec<&String> = after.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
    assert_eq!(changed, ["deploy/.mlmesh.ledger", "deploy/ml/ranker/deployment-v1.yaml"]);
}

#[test]
fn the_files_of_a_removed_model_go_and_foreign_ones_stay() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    ends(0, home.run("render"));
    assert!(home.path("deploy/ml/scorer/service.yaml").is_file());
    home.put("deploy/ml/ranker/notes.md", "mine\n");
    home.put("deploy/mine.yaml", "kind: Mine\n");
    home.put("mlops.toml", CLEAN);
    ends(0, home.run("render"));
    assert!(!home.path("deploy/ml/scorer").exists());
    assert!(home.path("deploy/ml/ranker/service.yaml").is_file());
    assert_eq!((home.text("deploy/ml/ranker/notes.md"), home.text("deploy/mine.yaml")), ("mine\n".into(), "kind: Mine\n".into()));
}

#[test]
fn an_edited_file_is_named_and_then_nothing_is_written() {
    let home = Home::with(CLEAN);
    ends(0, home.run("render"));
    let edited = "deploy/ml/ranker/service.yaml";
    home.put(edited, home.text(edited) + "# by hand\n");
    let before = home.files("deploy");
    home.put("mlops.toml", clean_and(SECOND_MODEL).replace("port = 8080", "port = 8090"));
    let said = ends(1, home.run("render"));
    assert!(said.err.contains("`ml/ranker/service.yaml` was edited"), "{}", said.err);
    assert!(said.err.contains("--force"), "the way out is named: {}", said.err);
    assert_eq!(home.files("deploy"), before);
    ends(0, home.run("render --force"));
    assert!(!home.text(edited).contains("by hand"));
    assert!(home.path("deploy/ml/scorer/service.yaml").is_file());
}

#[test]
fn a_foreign_file_in_the_way_is_named_and_kept() {
    let home = Home::with(CLEAN);
    home.put("deploy/ml/namespace.yaml", "kind: Mine\n");
    let said = ends(1, home.run("render"));
    assert!(said.err.contains("`ml/namespace.yaml` was not written by mlmesh"), "{}", said.err);
    assert_eq!(home.names("deploy"), ["deploy/ml/namespace.yaml"]);
    assert_eq!(home.text("deploy/ml/namespace.yaml"), "kind: Mine\n");
    ends(0, home.run("render --force"));
    assert!(home.text("deploy/ml/namespace.yaml").contains("kind: Namespace"));
}

#[cfg(unix)]
#[test]
fn a_linked_folder_below_the_output_is_never_followed() {
    let home = Home::with(CLEAN);
    fs::create_dir_all(home.path("elsewhere")).unwrap();
    fs::create_dir_all(home.path("deploy/ml")).unwrap();
    std::os::unix::fs::symlink(home.path("elsewhere"), home.path("deploy/ml/ranker")).unwrap();
    for call in ["render", "render --force"] {
        let said = ends(1, home.run(call));
        assert!(said.err.contains("`ml/ranker` is a link"), "{}", said.err);
        assert_eq!(home.names("elsewhere"), [""; 0]);
        assert!(!home.path("deploy/ml/namespace.yaml").exists(), "nothing else is written either");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_through_a_linked_folder() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    ends(0, home.run("render"));
    fs::rename(home.path("deploy/ml/scorer"), home.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(home.path("elsewhere"), home.path("deploy/ml/scorer")).unwrap();
    let before = home.files("elsewhere");
    home.put("mlops.toml", CLEAN);
    for call in ["render", "render --force"] {
        home.run(call);
        assert_eq!(home.files("elsewhere"), before);
    }
}

#[test]
fn render_check_writes_nothing_and_shows_what_differs() {
    let home = Home::with(CLEAN);
    let said = ends(1, home.run("render --check"));
    assert!(said.out.contains("+++ b/ml/ranker/service.yaml"), "{}", said.out);
    assert_eq!(home.names(""), ["mlops.toml"]);
    ends(0, home.run("render"));
    let before = home.files("deploy");
    let said = ends(0, home.run("render --check"));
    assert_eq!(said.out, "");
    home.put("mlops.toml", CLEAN.replace("ranker:1", "ranker:2"));
    let said = ends(1, home.run("render --check"));
    for line in [
        "--- a/ml/ranker/deployment-v1.yaml",
        "-        image: registry.example.com/ranker:1",
        "+        image: registry.example.com/ranker:2",
    ] {
        assert!(said.out.lines().any(|shown| shown == line), "no `{line}` in\n{}", said.out);
    }
    assert_eq!(home.files("deploy"), before);
    ends(0, home.run("render"));
    ends(0, home.run("render --check"));
}

#[test]
fn render_check_shows_an_edit_and_a_file_too_many() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    ends(0, home.run("render"));
    home.put("mlops.toml", CLEAN);
    home.put("deploy/ml/ranker/service.yaml", "edited\n");
    let said = ends(1, home.run("render --check"));
    assert!(said.out.contains("-edited\n"), "{}", said.out);
    assert!(said.out.contains("--- a/ml/scorer/service.yaml\n+++ /dev/null\n"), "{}", said.out);
}

#[test]
fn render_check_of_a_manifest_with_errors_ends_with_1_and_shows_no_diff() {
    let said = ends(1, Home::with(&clean_and(ERROR)).run("render --check"));
    assert_eq!(said.out, "");
    assert!(said.err.contains("unknown-namespace"));
}

#[test]
fn a_render_for_a_hook_ends_with_1_where_it_writes() {
    let home = Home::with(CLEAN);
    let said = ends(1, home.run("render --exit-code --format short"));
    assert!(
        said.err.contains("`deploy` was not what `mlops.toml` renders to") && said.err.contains("help: add the written files"),
        "{said:?}"
    );
    assert!(home.path("deploy/ml/namespace.yaml").is_file());
    ends(0, home.run("render --exit-code"));
    fs::remove_file(home.path("deploy/ml/namespace.yaml")).unwrap();
    ends(1, home.run("render --exit-code"));
    ends(0, home.run("render --check"));
    for call in ["render --exit-code --check", "render --exit-code --stdout"] {
        ends(2, home.run(call));
    }
}

/// The weights of the versions of a model, as its TrafficSplit has them.
fn weights(stream: &str, model: &str) -> Vec<u32> {
    let split =
        stream.split("---\n").find(|part| part.contains("kind: TrafficSplit") && part.contains(&format!("\n  name: {model}\n")));
    let lines = split.unwrap().lines().filter_map(|line| line.trim().strip_prefix("weight: "));
    lines.map(|weight| weight.parse().unwrap()).collect()
}

#[test]
fn a_step_on_the_command_line_stands_in_place_of_the_written_one() {
    let home = Home::with(&example("recommender"));
    for (step, expected) in [(0, [100, 0]), (1, [90, 10]), (3, [50, 50]), (5, [0, 100]), (6, [0, 100])] {
        for call in [format!("render --stdout --step {step}"), format!("render --stdout --step model-server={step}")] {
            assert_eq!(weights(&ends(0, home.run(&call)).out, "model-server"), expected, "{call}");
        }
    }
    assert_eq!(home.text("mlops.toml"), example("recommender"), "the manifest is left as it is");
}

#[test]
fn of_several_rollouts_each_is_named() {
    let home = Home::with(TWO_ROLLOUTS);
    let out = ends(0, home.run("render --stdout --step a=1 --step b=2")).out;
    assert_eq!((weights(&out, "a"), weights(&out, "b")), (vec![70, 30], vec![0, 100]));
    let said = ends(2, home.run("render --stdout --step 1"));
    assert!(said.err.contains("a, b"), "{}", said.err);
    let said = ends(2, home.run("render --stdout --step c=1"));
    assert!(said.err.contains("`c`") && said.err.contains("a, b"), "{}", said.err);
    assert_eq!(said.out, "");
}

#[test]
fn a_step_that_is_none_is_refused() {
    let home = Home::with(TWO_ROLLOUTS);
    for call in ["render --stdout --step x", "render --stdout --step a=", "render --stdout --step a=-1", "render --step"] {
        ends(2, home.run(call));
    }
    ends(2, Home::with(CLEAN).run("render --stdout --step 1"));
    let said = ends(1, home.run("render --stdout --format short --step a=4"));
    assert!(said.err.starts_with("--step:1:3: error[step-out-of-range]"), "points at the command line: {}", said.err);
    assert_eq!(said.out, "");
}
