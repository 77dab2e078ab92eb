//! The command: reads trees of YAML, judges them, and prints what it found.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::object::Object;
use crate::schemas::{LEFT_OUT_FILES, Schemas};
use crate::{judge_tree, yaml};

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

/// Judges each tree (a folder, a file, or `-` for standard input) by the schemas under `schemas`, and reports to
/// `out`. True if there is no fault, no rule that goes unjudged, and at least one object in each tree.
pub fn run(schemas: &Path, trees: &[String], out: &mut impl Write) -> Result<bool, Box<dyn std::error::Error>> {
    let schemas = Schemas::load(schemas)?;
    let mut total = Total { unjudged: forbidden(&schemas), ..Total::default() };
    for tree in trees {
        judge_one(&schemas, tree, &mut total, out)?;
    }
    report_left_out(&schemas, out)?;
    report_total(&schemas, &total, out)?;
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

/// The objects of a tree, and a fault for each file that is not YAML.
pub fn read_tree(tree: &str) -> io::Result<(Vec<Object>, Vec<Fault>)> {
    let mut objects = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in texts(tree)? {
        match yaml::read(&text) {
            Ok(documents) => objects.extend(documents.into_iter().map(|value| Object::new(path.as_str(), value))),
            Err(e) => faults.push(Fault::of_file(&path, e.to_string())),
        }
    }
    Ok((objects, faults))
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

fn judge_one(schemas: &Schemas, tree: &str, total: &mut Total, out: &mut impl Write) -> io::Result<()> {
    let (objects, mut faults) = read_tree(tree)?;
    if objects.is_empty() {
        faults.push(Fault::of_file(tree, "an empty tree"));
    }
    for object in &objects {
        let verdict = schemas.examine(object);
        faults.extend(verdict.faults);
        total.rule_runs += verdict.rule_runs;
        total.rules_run.extend(verdict.rules_run);
        let named = |rule| format!("{}: {}/{}: {rule}", object.path, object.kind(), object.name());
        total.unjudged.extend(verdict.unjudged.iter().map(named));
    }
    faults.extend(judge_tree(&objects));
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    writeln!(out, "{tree}: {} objects, {} faults", objects.len(), faults.len())?;
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

fn report_total(schemas: &Schemas, total: &Total, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "unjudged rules: {}", total.unjudged.len())?;
    for rule in &total.unjudged {
        writeln!(out, "  {rule}")?;
    }
    let counts = schemas.counts();
    writeln!(
        out,
        "total: {} trees, {} objects, {} faults; {} schemas; {} CEL rules ({} distinct), {} of them run {} times",
        total.trees,
        total.objects,
        total.faults,
        counts.schemas,
        counts.rules,
        counts.distinct_rules,
        total.rules_run.len(),
        total.rule_runs
    )
}
