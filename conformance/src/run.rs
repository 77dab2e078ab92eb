//! The command: judges trees of YAML, and prints what it found.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::object::Object;
use crate::schemas::{LEFT_OUT_FILES, Schemas, Verdict};
use crate::{judge_tree, yaml};

/// A tree as text.
#[derive(Debug)]
pub struct TextTree {
    pub name: String,
    /// Each file: its path and its text.
    pub files: Vec<(String, String)>,
}

/// What the judgement of some trees came to.
#[derive(Debug, Default)]
struct Total {
    trees: usize,
    objects: usize,
    faults: usize,
    rule_runs: usize,
    rules_run: BTreeSet<String>,
    unjudged: BTreeSet<String>,
}

/// The verdict on each object by its JSON text: the trees of one example hold mostly the same objects.
type Verdicts = HashMap<String, Verdict>;

/// Judges each tree, and reports to `out`. True if there is no fault, no rule that goes unjudged, and at least one
/// object in each tree. Objects that are the same are judged once.
pub fn run(
    schemas: &Schemas,
    trees: impl IntoIterator<Item = io::Result<TextTree>>,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut total = Total { unjudged: forbidden(schemas), ..Total::default() };
    let mut verdicts = Verdicts::new();
    for tree in trees {
        judge_one(schemas, &tree?, &mut verdicts, &mut total, out)?;
    }
    report_left_out(schemas, out)?;
    report_total(schemas, &total, verdicts.len(), out)?;
    Ok(total.faults == 0 && total.unjudged.is_empty())
}

/// The `*.yaml` files of a folder and of the folders in it, sorted; a file is itself.
pub fn yaml_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    if !root.is_dir() {
        return Ok(vec![root.to_owned()]);
    }
    let mut entries = fs::read_dir(root)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(yaml_files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "yaml") {
            files.push(entry);
        }
    }
    Ok(files)
}

/// The tree at a path: a folder, a file, or `-` for standard input.
pub fn read_tree(path: &str) -> io::Result<TextTree> {
    Ok(TextTree { name: path.to_owned(), files: texts(path)? })
}

fn texts(tree: &str) -> io::Result<Vec<(String, String)>> {
    if tree == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(vec![("standard input".to_owned(), text)]);
    }
    let named = |e: io::Error, path: &Path| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    let files = yaml_files(Path::new(tree)).map_err(|e| named(e, Path::new(tree)))?;
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok((path.display().to_string(), text)),
        Err(e) => Err(named(e, &path)),
    };
    files.into_iter().map(read).collect()
}

/// The objects of a tree, and a fault for each file that is not YAML.
fn objects(tree: &TextTree) -> (Vec<Object>, Vec<Fault>) {
    let mut objects = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in &tree.files {
        match yaml::read(text) {
            Ok(documents) => objects.extend(documents.into_iter().map(|value| Object::new(path, value))),
            Err(e) => faults.push(Fault::of_file(path, e.to_string())),
        }
    }
    (objects, faults)
}

fn judge_one(
    schemas: &Schemas,
    tree: &TextTree,
    verdicts: &mut Verdicts,
    total: &mut Total,
    out: &mut impl Write,
) -> io::Result<()> {
    let (objects, mut faults) = objects(tree);
    if objects.is_empty() {
        faults.push(Fault::of_file(&tree.name, "an empty tree"));
    }
    for object in &objects {
        let verdict = verdicts.entry(object.value.to_string()).or_insert_with(|| {
            let verdict = schemas.examine(object);
            total.rule_runs += verdict.rule_runs;
            total.rules_run.extend(verdict.rules_run.iter().cloned());
            verdict
        });
        faults.extend(verdict.faults.iter().map(|fault| Fault { path: object.path.clone(), ..fault.clone() }));
        let named = |rule| format!("{}: {}/{}: {rule}", object.path, object.kind(), object.name());
        total.unjudged.extend(verdict.unjudged.iter().map(named));
    }
    faults.extend(judge_tree(&objects));
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    writeln!(out, "{}: {} objects, {} faults", tree.name, objects.len(), faults.len())?;
    total.trees += 1;
    total.objects += objects.len();
    total.faults += faults.len();
    Ok(())
}

fn forbidden(schemas: &Schemas) -> BTreeSet<String> {
    let unjudged = schemas.unjudged().iter();
    unjudged.filter(|rule| !rule.allowed).map(ToString::to_string).collect()
}

fn report_left_out(schemas: &Schemas, out: &mut impl Write) -> io::Result<()> {
    for (file, reason) in LEFT_OUT_FILES {
        writeln!(out, "left out: {file}: {reason}")?;
    }
    for rule in schemas.unjudged().iter().filter(|rule| rule.allowed) {
        writeln!(out, "left out: {rule}")?;
    }
    Ok(())
}

fn report_total(schemas: &Schemas, total: &Total, distinct: usize, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "unjudged rules: {}", total.unjudged.len())?;
    for rule in &total.unjudged {
        writeln!(out, "  {rule}")?;
    }
    let counts = schemas.counts();
    writeln!(
        out,
        "total: {} trees, {} objects ({} distinct), {} faults; {} schemas; {} CEL rules ({} distinct), {} of them run {} times",
        total.trees,
        total.objects,
        distinct,
        total.faults,
        counts.schemas,
        counts.rules,
        counts.distinct_rules,
        total.rules_run.len(),
        total.rule_runs
    )
}
