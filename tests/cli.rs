//! The command line as people run it: what each command says, writes and leaves alone, and how it ends.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use regex::Regex;
use tempfile::TempDir;

// ---- a folder, a command in it, and what it said ----

/// A folder of its own for each test.
struct Home(TempDir);

/// How a command ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(manifest: &str) -> Self {
        let home = Self::new();
        home.put("mlops.toml", manifest);
        home
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn run(&self, call: &str) -> Said {
        self.run_in("", call)
    }

    /// A command in a folder of this one.
    fn run_in(&self, folder: &str, call: &str) -> Said {
        said(self.command(call).current_dir(self.path(folder)).stdin(Stdio::null()))
    }

    fn run_with_input(&self, call: &str, input: &str) -> Said {
        let mut child = self.command(call).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        read(child.wait_with_output().unwrap())
    }

    /// Runs a command whose reader went away before it said anything.
    fn run_without_reader(&self, call: &str) -> Said {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        read(self.command(call).stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap())
    }

    fn command(&self, call: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mlmesh"));
        command.args(call.split_whitespace()).current_dir(self.0.path()).env_remove("RUST_BACKTRACE");
        command
    }

    /// Every file and link below a folder, with its text and the time of its last change.
    fn files(&self, folder: &str) -> BTreeMap<String, (String, SystemTime)> {
        let mut files = BTreeMap::new();
        let mut open = vec![self.path(folder)];
        while let Some(at) = open.pop() {
            for entry in fs::read_dir(at).into_iter().flatten().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    open.push(entry.path());
                } else {
                    let changed = fs::symlink_metadata(entry.path()).unwrap().modified().unwrap();
                    files.insert(self.name(&entry.path()), (fs::read_to_string(entry.path()).unwrap(), changed));
                }
            }
        }
        files
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.0.path()).unwrap().to_str().unwrap().replace('\\', "/")
    }

    fn names(&self, folder: &str) -> Vec<String> {
        self.files(folder).into_keys().collect()
    }
}

fn said(command: &mut Command) -> Said {
    read(command.output().unwrap())
}

fn read(output: std::process::Output) -> Said {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said = Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!said.err.contains("panicked"), "{}", said.err);
    said
}

/// Holds that a command ended with this code; says what it said if it did not.
fn ends(code: i32, said: Said) -> Said {
    assert_eq!(said.code, code, "out: {}\nerr: {}", said.out, said.err);
    said
}

fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name).join("mlops.toml")).unwrap()
}

/// One model, one caller, nothing to complain of.
const CLEAN: &str = r#"
[cluster]
traffic = "profile"
[namespaces.ml]
[identities.gate]
namespace = "edge"
service-account = "gate"
[models.ranker]
namespace = "ml"
port = 8080
callers = ["gate"]
routes.predict = { post = "/predict", timeout = "5s" }
[models.ranker.versions.v1]
image = "registry.example.com/ranker:1"
"#;

const SECOND_MODEL: &str = r#"
[models.scorer]
namespace = "ml"
port = 8080
[models.scorer.versions.v1]
image = "registry.example.com/scorer:1"
"#;

/// A warning: nothing is retried that the budget could bound.
const WARNING: &str = r#"
[models.ranker.retry-budget]
ratio = 0.2
min-per-second = 10
ttl = "10s"
"#;

/// An error, on the third line below the text before it.
const ERROR: &str = r#"
[services.store]
namespace = "mll"
port = 8081
image = "registry.example.com/store:1"
"#;

/// A warning and an error that do not hang together: an image that no runtime could pull.
const BOTH: &str = r#"
[models.ranker.retry-budget]
ratio = 0.2
min-per-second = 10
ttl = "10s"
[services.store]
namespace = "ml"
port = 8081
image = "registry example"
"#;

fn clean_and(more: &str) -> String {
    format!("{CLEAN}{more}")
}

// ---- init ----

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

// ---- check: how it ends ----

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
    home.put("latin1.toml", b"# a comment\n# caf\xe9\n");
    fs::create_dir(home.path("folder")).unwrap();
    for (call, why) in [
        ("check", "no `mlops.toml`"),
        ("check missing.toml", "missing.toml"),
        ("check folder", "folder"),
        ("check latin1.toml", "latin1.toml:2:6: this is not UTF-8"),
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

// ---- check: which file ----

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

// ---- check: formats ----

#[test]
fn the_human_format_shows_the_line_and_the_way_out() {
    let said = ends(1, Home::with(&clean_and(ERROR)).run("check"));
    for part in ["error[unknown-namespace]", "mlops.toml:17:13", "namespace = \"mll\"", "^^^^^", "did you mean `ml`?"] {
        assert!(said.err.contains(part), "no {part} in\n{}", said.err);
    }
    assert!(!said.err.contains('\u{1b}'), "no colours where nobody looks");
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
    assert_eq!(Home::with(CLEAN).run("check --format json").err, "");
}

#[test]
fn the_json_format_is_one_object_a_line() {
    let said = ends(1, Home::with(&clean_and(BOTH)).run("check --format json"));
    let objects: Vec<serde_json::Value> = said.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
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

// ---- render: where to ----

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

// ---- render: the stream ----

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

// ---- render: the folder ----

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

// ---- render --check ----

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

// ---- render --step ----

const TWO_ROLLOUTS: &str = r#"
[cluster]
traffic = "smi"
[namespaces.ml]
[models.a]
namespace = "ml"
port = 8080
rollout = { from = "v1", to = "v2", steps = [{ weight = 30, hold = "5m" }, { weight = 100 }] }
versions.v1.image = "registry.example.com/a:1"
versions.v2.image = "registry.example.com/a:2"
[models.b]
namespace = "ml"
port = 8080
rollout = { from = "v1", to = "v2", step = 1, steps = [{ weight = 40 }, { weight = 100 }] }
versions.v1.image = "registry.example.com/b:1"
versions.v2.image = "registry.example.com/b:2"
"#;

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

// ---- rollout ----

#[test]
fn rollout_status_shows_every_step_and_marks_one() {
    let said = ends(0, Home::with(&example("recommender")).run("rollout status"));
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 8, "a title, the start, five steps, the promotion:\n{}", said.out);
    assert!(lines[0].contains("model-server") && lines[0].contains("v1") && lines[0].contains("v2"));
    let marked: Vec<&&str> = lines.iter().filter(|line| line.starts_with('>')).collect();
    assert_eq!(marked, [&"> step 1 (10% to `v2`, held 5m)"]);
}

#[test]
fn rollout_goes_forth_and_back() {
    let home = Home::with(&example("recommender"));
    let written = example("recommender");
    let stands_at =
        |step: u32| assert_eq!(home.text("mlops.toml"), written.replace("\nstep = 1\n", &format!("\nstep = {step}\n")));
    for step in 2..=5 {
        ends(0, home.run("rollout advance"));
        stands_at(step);
    }
    let said = ends(1, home.run("rollout advance"));
    assert!(said.err.contains("mlmesh rollout promote model-server"), "{}", said.err);
    stands_at(5);
    ends(0, home.run("rollout promote model-server"));
    stands_at(6);
    ends(1, home.run("rollout advance model-server"));
    stands_at(6);
    ends(0, home.run("rollout rollback"));
    stands_at(0);
    ends(0, home.run("rollout promote"));
    stands_at(6);
}

#[test]
fn a_rollout_that_is_there_already_stays_untouched() {
    let home = Home::with(&example("recommender"));
    ends(0, home.run("rollout rollback"));
    let before = home.files("");
    ends(0, home.run("rollout rollback"));
    assert_eq!(home.files(""), before);
}

/// Layouts of one rollout. `<1>` is the step that stands; `<<step = N>>` is not there, and is put there.
const LAYOUTS: &[&str] = &[
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nstep = <1>\nsteps = STEPS\n",
    "[models.a.rollout]\n<<step = N\n>>from = 'v1'\nto = 'v2'\nsteps = STEPS\n",
    // no line break at the end
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nsteps = STEPS\nstep = <1>",
    "[models.a.rollout]\nto = 'v2'\nsteps = STEPS\n<<step = N\n>>from = 'v1'",
    // other line breaks, blanks and comments
    "[models.a.rollout] # here\r\nfrom = 'v1'\r\nto = 'v2'\r\nstep = <1> # now\r\nsteps = STEPS\r\n",
    "[models.a.rollout] # here\r\n<<\tstep = N\r\n>>\tfrom = 'v1' # old\r\n\tto = 'v2'\r\n\tsteps = STEPS\r\n",
    "[models.a.rollout]\n# step = 7\n<<step = N\n>>from = 'v1' # step = 8\n\n# to whom\nto = 'v2'\nsteps = STEPS\n",
    // other spellings of numbers, texts and keys
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nstep=<0b0_1># now\nsteps = STEPS\n",
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\n\"step\" = <+1>\nsteps = STEPS\n",
    "[models.a.rollout]\n<<step = N\n>>from = '''\nv1'''\nto = 'v2'\nsteps = STEPS\n",
    "[ models . 'a' . \"rollout\" ]\n<< step = N\n>> \"from\" = 'v1'\n'to' = 'v2'\n\"steps\" = STEPS\n",
    // inline tables
    "[models.a]\nMODEL\nrollout = { from = 'v1', to = 'v2', step = <1>, steps = STEPS } # inline\n",
    "[models.a]\nMODEL\nrollout = { <<step = N, >>from = 'v1', to = 'v2', steps = STEPS }\n",
    "[models.a]\nMODEL\nrollout = {to='v2',steps=STEPS,<<step = N, >>from='v1'}\n",
    "[models.a]\nMODEL\nrollout = { to = 'v2', <<step = N, >>from = 'v1', steps = STEPS }\n",
    "[models]\na = { INLINE, rollout = { <<step = N, >>from = 'v1', to = 'v2', steps = STEPS } }\n",
    "[models]\na = { INLINE, <<rollout.step = N, >>rollout.from = 'v1', rollout.to = 'v2', rollout.steps = STEPS }\n",
    "[models.a]\nMODEL\nrollout = {\n  # whence\n  <<step = N, >>from = 'v1', # old\n  to = 'v2',\n  steps = STEPS,\n}\n",
    // dotted keys
    "[models.a]\nMODEL\nrollout.from = 'v1'\nrollout.to = 'v2'\nrollout.step = <1>\nrollout.steps = STEPS\n",
    "[models.a]\nMODEL\n<<rollout.step = N\n>>rollout.from = 'v1'\nrollout.to = 'v2'\nrollout.steps = STEPS\n",
    "[models.a]\nMODEL\n<<\"rollout\" . step = N\n>>\"rollout\" . 'from' = 'v1'\nrollout.to = 'v2'\nrollout.steps = STEPS\n",
    "DOTTED\n<<models.a.rollout.step = N\n>>models.a.rollout.from = 'v1'\nmodels.a.rollout.to = 'v2'\nmodels.a.rollout.steps = STEPS\n",
    // an array of tables
    "[models.a.rollout]\n<<step = N\n>>from = 'v1'\nto = 'v2'\n[[models.a.rollout.steps]]\nweight = 50\n[[models.a.rollout.steps]]\nweight = 100\n",
];

/// A whole manifest with this layout in it, the marks still there.
fn laid_out(layout: &str) -> String {
    const STEPS: &str = "[{ weight = 50 }, { weight = 100 }]";
    const REST: &str = "# grüße\n[cluster]\ntraffic = 'smi' # \u{1f980}\n[namespaces.ml]\n";
    const MODEL: &str = "namespace = 'ml'\nport = 8080\nversions = { v1 = { image = 'a:1' }, v2 = { image = 'a:2' } }";
    let dotted = MODEL.lines().map(|line| format!("models.a.{line}")).collect::<Vec<_>>().join("\n");
    let inline = MODEL.replace('\n', ", ");
    let whole = layout.replace("STEPS", STEPS).replace("MODEL", MODEL).replace("INLINE", &inline).replace("DOTTED", &dotted);
    let before = match layout {
        _ if layout.starts_with("DOTTED") => return whole + REST,
        _ if layout.contains("MODEL") || layout.contains("INLINE") => REST.to_owned(),
        _ => format!("{REST}[models.a]\n{MODEL}\n"),
    };
    if layout.contains("\r\n") { before.replace('\n', "\r\n") + &whole } else { before + &whole }
}

/// The text of a layout as it stands, or moved to a step.
fn at_step(marked: &str, step: Option<u32>) -> String {
    let absent = Regex::new("(?s)<<(.*?)>>").unwrap();
    let text = absent
        .replace(marked, |found: &regex::Captures<'_>| step.map_or(String::new(), |to| found[1].replace('N', &to.to_string())));
    let stands = Regex::new("<([^<>]*)>").unwrap();
    stands.replace(&text, |found: &regex::Captures<'_>| step.map_or(found[1].to_owned(), |to| to.to_string())).into_owned()
}

#[test]
fn however_a_rollout_is_written_its_step_moves_and_every_other_byte_stays() {
    for layout in LAYOUTS {
        for start in ["", "\u{feff}"] {
            let marked = format!("{start}{}", laid_out(layout));
            let home = Home::new();
            let stands = u32::from(!marked.contains("<<"));
            for (action, to) in [("advance", stands + 1), ("promote", 3), ("rollback", 0)] {
                home.put("mlops.toml", at_step(&marked, None));
                let said = home.run(&format!("rollout {action}"));
                assert_eq!(said.code, 0, "{action} of {marked:?}: {}", said.err);
                let expected = at_step(&marked, Some(to).filter(|to| *to != stands));
                assert_eq!(home.text("mlops.toml"), expected, "{action} of {marked:?}");
                assert!(home.run("rollout status").out.contains(&format!("> step {to} ")), "{action} of {marked:?}");
            }
        }
    }
}

#[test]
fn of_several_rollouts_only_the_named_one_moves() {
    let home = Home::with(TWO_ROLLOUTS);
    let said = ends(2, home.run("rollout advance"));
    assert!(said.err.contains("a, b"), "{}", said.err);
    let said = ends(2, home.run("rollout advance c"));
    assert!(said.err.contains("`c`") && said.err.contains("a, b"), "{}", said.err);
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS);
    ends(0, home.run("rollout promote b"));
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS.replace("step = 1", "step = 3"));
    assert!(ends(0, home.run("rollout status a")).out.contains("> step 0"));
}

#[test]
fn a_manifest_without_a_rollout_has_none_to_move() {
    let home = Home::with(CLEAN);
    for action in ["status", "advance", "rollback", "promote"] {
        assert!(ends(2, home.run(&format!("rollout {action}"))).err.contains("rollout"));
    }
    assert_eq!(home.text("mlops.toml"), CLEAN);
}

#[test]
fn a_manifest_with_errors_is_left_alone() {
    let broken = TWO_ROLLOUTS.replace("port = 8080", "port = 'x'");
    let home = Home::with(&broken);
    for action in ["status a", "advance a", "rollback b", "promote a"] {
        assert!(ends(1, home.run(&format!("rollout {action}"))).err.contains("wrong-type"));
        assert_eq!(home.text("mlops.toml"), broken);
    }
}

#[test]
fn standard_input_can_be_looked_at_and_not_edited() {
    let home = Home::new();
    assert!(ends(0, home.run_with_input("rollout status b -f -", TWO_ROLLOUTS)).out.contains("> step 1"));
    assert!(ends(2, home.run_with_input("rollout advance b -f -", TWO_ROLLOUTS)).err.contains("standard input"));
}

#[test]
fn a_rollout_of_another_file_is_moved_there() {
    let home = Home::with(TWO_ROLLOUTS);
    home.put("other/mlops.toml", TWO_ROLLOUTS);
    ends(0, home.run("rollout advance b --file other/mlops.toml"));
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS);
    assert_eq!(home.text("other/mlops.toml"), TWO_ROLLOUTS.replace("step = 1", "step = 2"));
}

#[cfg(unix)]
#[test]
fn a_moved_rollout_keeps_the_permissions_of_its_file_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.put("real/manifest.toml", TWO_ROLLOUTS);
    fs::set_permissions(home.path("real/manifest.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real/manifest.toml", home.path("mlops.toml")).unwrap();
    ends(0, home.run("rollout advance a"));
    assert!(fs::symlink_metadata(home.path("mlops.toml")).unwrap().is_symlink());
    let mode = fs::metadata(home.path("real/manifest.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(home.text("real/manifest.toml").contains("step = 1"));
    assert_eq!(home.names("real"), ["real/manifest.toml"], "nothing is left beside it");
}

// ---- explain, completions, and what prints ----

#[test]
fn explain_tells_of_every_code() {
    let home = Home::new();
    for code in mlmesh::codes() {
        let said = ends(0, home.run(&format!("explain {}", code.name)));
        assert!(said.out.starts_with(code.name) && said.out.contains(code.summary), "{}", said.out);
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
    assert!(!differs.err.contains("error"), "{}", differs.err);
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

// ---- check --fix ----

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

// ---- access, route ----

#[test]
fn access_is_asked_of_one_caller_and_one_callee() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    let all = ends(0, home.run("access --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&all.out).unwrap();
    assert!(rows.iter().any(|row| row["from"] == "scorer" && row["to"] == "ranker.predict"), "{}", all.out);
    assert!(rows.iter().any(|row| row["from"] == "unmeshed" && row["to"] == "scorer"), "{}", all.out);
    let one = ends(0, home.run("access scorer ranker.predict --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&one.out).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["verdict"], "denied");
}

#[test]
fn a_question_about_nobody_says_who_was_probably_meant() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    assert!(ends(2, home.run("access scorre")).err.contains("did you mean `scorer`?"));
    assert!(ends(2, home.run("access scorer rankr")).err.contains("did you mean `ranker`?"));
    assert!(ends(2, home.run("route --from scorer --to rankr GET /")).err.contains("did you mean `ranker`?"));
    assert!(ends(2, home.run("route --from scorer --to ranker GET predict")).err.contains("does not start with `/`"));
}

#[test]
fn a_question_about_a_manifest_with_errors_is_not_answered() {
    let said = ends(1, Home::with(&clean_and(ERROR)).run("access"));
    assert!(said.out.is_empty() && said.err.contains("unknown-namespace"), "{}", said.err);
}

#[test]
fn route_says_the_terms_of_a_request() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    let said = ends(0, home.run("route --from scorer --to ranker post /predict?debug=1"));
    assert!(
        said.out.starts_with("route     predict\ntimeout   5s\nretry     never\nto        ranker 100 %: denied (no policy of the Server ranker admits it)\n"),
        "{}",
        said.out
    );
    let json: serde_json::Value =
        serde_json::from_str(&ends(0, home.run("route --from unmeshed --to ranker POST /predict --format json")).out).unwrap();
    assert_eq!((&json["route"], &json["timeout"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn route_looks_at_the_headers_of_a_request() {
    let home = Home::with(&example("chat"));
    let call = "route --from web --to assistant POST /v1/chat/completions";
    let stable = ends(0, home.run(call));
    assert!(stable.out.contains("idle      20s") && stable.out.contains("to        assistant 100 %: allowed"), "{stable:?}");
    let mut command = home.command(call);
    let pilot = ends(0, said(command.args(["-H", "X-Cohort:  pilot"])));
    assert!(pilot.out.contains("to        assistant-m2 100 %: allowed"), "{pilot:?}");
    let wrong = ends(2, said(home.command(call).args(["-H", "x-cohort"])));
    assert!(wrong.err.contains("NAME: VALUE"), "{wrong:?}");
}

// ---- another version, another API ----

#[test]
fn another_version_shows_what_would_break_and_what_would_change() {
    let home = Home::with(&example("recommender"));
    let older = ends(1, home.run("check --cluster kubernetes=1.28 --format short"));
    assert!(older.err.lines().all(|line| line.contains("job-never-completes")) && older.err.lines().count() == 4, "{older:?}");
    let sidecars = ends(0, home.run("check --cluster linkerd=2.19"));
    assert!(sidecars.out.contains("+            config.beta.linkerd.io/proxy-enable-native-sidecar: \"true\""), "{sidecars:?}");
    assert_eq!(sidecars.err, "mlops.toml: 0 created, 4 changed, 0 removed\n");
    assert_eq!(ends(0, home.run("check --cluster linkerd=2.20")).out, "", "that is the default");
    assert_eq!(home.names(""), ["mlops.toml"], "a check writes nothing");
}

#[test]
fn what_is_deployed_elsewhere_has_no_keys_of_a_deployment_and_the_error_says_why() {
    let home = Home::with(&example("chat").replace("host = \"search", "namespace = \"chat\"\nhost = \"search"));
    let said = ends(1, home.run("check"));
    let wanted = "help: a service with a `host` is outside of the cluster, and takes only `host`, `port`, `protocol`, `routes`";
    assert!(said.err.contains("unknown-key") && said.err.contains(wanted), "{said:?}");
}

#[test]
fn another_version_is_one_that_is_known_and_another() {
    let home = Home::with(&example("callers"));
    for (call, said) in [
        ("check --cluster linkerd=2.19", "the manifest says `linkerd = \"2.19\"` already"),
        ("check --cluster istio=1.22", "such as `linkerd=2.21`"),
        ("check --cluster 2.21", "such as `linkerd=2.21`"),
        ("migrate --to smi", "the manifest says `traffic = \"smi\"` already"),
        ("migrate --to consul", "possible values: smi, profile, gateway-api, istio"),
    ] {
        let answer = ends(2, home.run(call));
        assert!(answer.err.contains(said), "{call}: {answer:?}");
    }
    let wrong = ends(1, home.run("check --cluster linkerd=two"));
    assert!(wrong.err.contains("invalid-version") && wrong.err.contains("--cluster:1:9"), "{wrong:?}");
}

#[test]
fn a_migration_is_a_report_and_the_trees_of_its_steps() {
    let home = Home::with(&example("quickstart"));
    let call = "migrate --to gateway-api --cluster gateway-api=1.2";
    let dry = ends(0, home.run(call));
    let expected = "\
mlops.toml: to `gateway-api` in 2 steps

Noticed by callers
  ranker.metadata (GET /v1/models/{x}): retry `on 500-599; at most 20 % more requests, and 10 a second from each client` becomes `on 500-599; 1 more for one request`

Steps: commit one, wait until the cluster has all of it, then the next
  1. what is new, beside what is there: Linkerd looks at no route of a Service that has a ServiceProfile, so these do nothing yet
     + ml/ranker/httproute-outbound-metadata.yaml
     + ml/ranker/httproute.yaml
  2. what is old goes, all in one commit: the TrafficSplit and the ServiceProfile go together: alone, the extension would take the weights out of the profile
     - ml/ranker/serviceprofile.yaml
     - ml/ranker/trafficsplit.yaml

With the last step, write `traffic = \"gateway-api\"` and `gateway-api = \"1.2\"` into `[cluster]`: that is what `render` gives from then on.
";
    assert_eq!(dry.out, expected);
    assert_eq!(home.names(""), ["mlops.toml"], "a dry report writes nothing");
    assert_eq!(ends(0, home.run(&format!("{call} -o steps"))).out, expected);
    let moved = example("quickstart").replace("traffic = \"smi\"", "traffic = \"gateway-api\"\ngateway-api = \"1.2\"");
    home.put("mlops.toml", moved);
    assert_eq!(ends(0, home.run("render --check -o steps/2")).out, "", "the last step is what is rendered afterwards");
    let both = home.names("steps/1");
    assert!(both.contains(&"steps/1/ml/ranker/httproute.yaml".to_owned()), "{both:?}");
    assert!(both.contains(&"steps/1/ml/ranker/serviceprofile.yaml".to_owned()), "{both:?}");
}

#[test]
fn a_migration_that_would_lose_a_setting_altogether_is_refused_and_shows_which() {
    let home = Home::with(&example("chat"));
    let refused = ends(1, home.run("migrate --to profile --format short -o steps"));
    assert_eq!(refused.out, "");
    let lost: Vec<&str> = refused.err.lines().filter(|line| line.contains("error[ignored-setting]")).collect();
    assert_eq!(lost.len(), 5, "{refused:?}");
    assert_eq!(home.names(""), ["mlops.toml"]);
}
