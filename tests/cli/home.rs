//! A folder, a command in it, and what it said.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use tempfile::TempDir;

/// A folder of its own for each test.
pub(crate) struct Home(TempDir);

/// How a command ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(manifest: &str) -> Self {
        let home = Self::new();
        home.put("mlops.toml", manifest);
        home
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn run(&self, call: &str) -> Said {
        self.run_in("", call)
    }

    /// A command in a folder of this one.
    pub(crate) fn run_in(&self, folder: &str, call: &str) -> Said {
        said(self.command(call).current_dir(self.path(folder)).stdin(Stdio::null()))
    }

    pub(crate) fn run_with_input(&self, call: &str, input: &str) -> Said {
        let mut child = self.command(call).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Who has no use for it may have closed it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        read(child.wait_with_output().unwrap())
    }

    /// Runs a command whose reader went away before it said anything.
    pub(crate) fn run_without_reader(&self, call: &str) -> Said {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        read(self.command(call).stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap())
    }

    pub(crate) fn command(&self, call: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mlmesh"));
        command.args(call.split_whitespace()).current_dir(self.0.path()).env_remove("RUST_BACKTRACE");
        command
    }

    /// Every file and link below a folder, with its text and the time of its last change.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, (String, SystemTime)> {
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

    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        self.files(folder).into_keys().collect()
    }
}

pub(crate) fn said(command: &mut Command) -> Said {
    read(command.output().unwrap())
}

fn read(output: std::process::Output) -> Said {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said = Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!said.err.contains("panicked"), "{}", said.err);
    said
}

/// Holds that a command ended with this code; says what it said if it did not.
pub(crate) fn ends(code: i32, said: Said) -> Said {
    assert_eq!(said.code, code, "out: {}\nerr: {}", said.out, said.err);
    said
}

pub(crate) fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name).join("mlops.toml")).unwrap()
}

/// One model, one caller, nothing to complain of.
pub(crate) const CLEAN: &str = r#"
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

pub(crate) const SECOND_MODEL: &str = r#"
[models.scorer]
namespace = "ml"
port = 8080
[models.scorer.versions.v1]
image = "registry.example.com/scorer:1"
"#;

/// A warning: nothing is retried that the budget could bound.
pub(crate) const WARNING: &str = r#"
[models.ranker.retry-budget]
ratio = 0.2
min-per-second = 10
ttl = "10s"
"#;

/// An error, on the third line below the text before it.
pub(crate) const ERROR: &str = r#"
[services.store]
namespace = "mll"
port = 8081
image = "registry.example.com/store:1"
"#;

/// A warning and an error that do not hang together: an image that no runtime could pull.
pub(crate) const BOTH: &str = r#"
[models.ranker.retry-budget]
ratio = 0.2
min-per-second = 10
ttl = "10s"
[services.store]
namespace = "ml"
port = 8081
image = "registry example"
"#;

/// Two models, each at its first step.
pub(crate) const TWO_ROLLOUTS: &str = r#"
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

pub(crate) fn clean_and(more: &str) -> String {
    format!("{CLEAN}{more}")
}
