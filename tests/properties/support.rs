//! Manifests, and what becomes of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use mlmesh::{Analysis, Format, Source, analyze, render_report};

pub(crate) fn analysis(text: &str) -> Analysis {
    analyze(Source::new("mlops.toml", text), &[]).unwrap()
}

/// The stream of a manifest; empty where it has errors.
pub(crate) fn stream(analysis: &Analysis) -> String {
    let mut stream = String::new();
    if let Some(checked) = analysis.checked() {
        checked.stream(&mut |text| stream.push_str(text));
    }
    stream
}

pub(crate) fn codes(analysis: &Analysis) -> Vec<&'static str> {
    let mut codes: Vec<_> = analysis.report().diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect();
    codes.sort_unstable();
    codes
}

pub(crate) fn short(analysis: &Analysis) -> String {
    render_report(analysis.report(), analysis.sources(), Format::Short)
}

/// Every `.toml` file below `examples`.
pub(crate) fn manifests() -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension() {
                None => open.push(path),
                Some(extension) if extension == "toml" => found.push(path),
                Some(_) => {}
            }
        }
    }
    found.sort();
    found
}

/// The examples that are right, by name, with their texts.
pub(crate) fn examples() -> Vec<(String, String)> {
    let right = manifests().into_iter().filter(|path| path.ends_with("mlops.toml"));
    right.map(|path| (path.parent().unwrap().display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

pub(crate) fn mlmesh(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlmesh"));
    command.args(arguments);
    command
}

/// `MLMESH_MESHES`, by which all that is generated grows.
pub(crate) fn meshes_wanted() -> usize {
    std::env::var("MLMESH_MESHES").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

/// Numbers that look random and are the same on every run (xorshift64*).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % bound
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Every file below a folder.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for path in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

pub(crate) fn stays_inside(path: &str) -> bool {
    let named = |part: Component<'_>| matches!(part, Component::Normal(_));
    Path::new(path).components().all(named) && !path.contains(['\\', '\0', '\n']) && !path.contains("//")
}
