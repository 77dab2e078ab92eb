//! What the golden tests share: a set of expected files, and how it is compared or written anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use mlmesh::output::Tree;
use mlmesh::{Analysis, Overlay, Source, analyze};

/// Files by path.
pub(crate) type Files = BTreeMap<String, String>;

/// The folder of the project.
pub(crate) fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the examples.
pub(crate) fn examples() -> Vec<String> {
    let folders = fs::read_dir(home().join("examples")).unwrap().map(|entry| entry.unwrap());
    let named = folders.map(|entry| entry.file_name().into_string().unwrap()).filter(|name| name != "invalid");
    let mut names: Vec<String> = named.collect();
    names.sort();
    names
}

/// The manifest of an example.
pub(crate) fn manifest(example: &str) -> String {
    fs::read_to_string(home().join("examples").join(example).join("mlops.toml")).unwrap()
}

/// The same manifest for another traffic API. The routes of the Gateway API need its CRDs.
pub(crate) fn with_traffic(manifest: &str, target: &str) -> String {
    let installed = manifest.lines().any(|line| line.starts_with("gateway-api = "));
    let needed = if target == "gateway-api" && !installed { "\ngateway-api = \"1.2\"" } else { "" };
    let lines = manifest.lines().map(|line| match line.strip_prefix("traffic = ") {
        Some(_) => format!("traffic = \"{target}\"{needed}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// A manifest without errors.
pub(crate) fn analysis(text: &str, steps: &[Overlay]) -> Analysis {
    let analysis = analyze(Source::new("mlops.toml", text), steps).unwrap();
    assert!(analysis.checked().is_some(), "{:?}", analysis.report());
    analysis
}

/// The tree that a manifest renders to.
pub(crate) fn tree(text: &str, steps: &[Overlay]) -> Files {
    let analysis = analysis(text, steps);
    let mut files = Files::new();
    analysis.checked().unwrap().walk(&mut |path, text| {
        let twice = files.insert(path.to_owned(), text.to_owned());
        assert!(twice.is_none(), "two objects are written to {path}");
    });
    files
}

/// What `text` must be, in a file that is generated.
pub(crate) fn generated(path: &str, text: &str) {
    let path = home().join(path);
    let found = fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("UPDATE_GOLDEN").is_some() && found != text {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        return fs::write(&path, text).unwrap();
    }
    assert!(found == text, "{}: `UPDATE_GOLDEN=1 cargo test` writes it anew", path.display());
}

/// Holds each block of a page that begins with this fence against what `right` makes of it, and says how many there are.
pub(crate) fn page(path: &str, fence: &str, right: impl Fn(&str) -> String) -> usize {
    // Two tests may write blocks of one page anew.
    static WRITING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(home().join(path)).unwrap();
    let begin = format!("{fence}\n");
    let mut blocks = 0;
    // Between the first fence and the second stands a block, between the second and the third the text of the page.
    let parts = text.split("```").enumerate().map(|(at, part)| match part.strip_prefix(&begin).filter(|_| at % 2 == 1) {
        Some(block) => {
            blocks += 1;
            format!("{begin}{}", right(block))
        }
        None => part.to_owned(),
    });
    let whole = parts.collect::<Vec<_>>().join("```");
    generated(path, &whole);
    blocks
}

/// Holds `expected` against the folder: missing, changed and orphaned files fail. With `UPDATE_GOLDEN`
/// set, the folder is written anew instead.
pub(crate) fn compare(folder: &Path, expected: &Files) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(folder);
        for (path, text) in expected {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    let found = read(folder);
    let missing: Vec<&String> = expected.keys().filter(|path| !found.contains_key(*path)).collect();
    let orphaned: Vec<&String> = found.keys().filter(|path| !expected.contains_key(*path)).collect();
    let changed: Vec<&String> =
        expected.keys().filter(|path| found.get(*path).is_some_and(|text| *text != expected[*path])).collect();
    let right = missing.is_empty() && orphaned.is_empty() && changed.is_empty();
    let first = changed.first().map_or("", |path| expected[*path].as_str());
    assert!(
        right,
        "{}: missing {missing:?}, orphaned {orphaned:?}, changed {changed:?}\n\
         the first changed file is now\n{first}\n`UPDATE_GOLDEN=1 cargo test` writes them anew",
        folder.display()
    );
}

fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().map(|entry| entry.unwrap()) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
