//! Everything that mlmesh renders for the examples has no fault: each example for each traffic API that takes it, each
//! step of its rollout, each step of each migration, and each fixed example of a diagnostic.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mlmesh::output::Tree;
use mlmesh::{Analysis, Checked, Overlay, Source, analyze};
use mlmesh_conformance::run::{self, TextTree};

use crate::support;

const TARGETS: [&str; 4] = ["smi", "profile", "gateway-api", "istio"];

/// The targets that an example is migrated to.
const GOALS: [&str; 2] = ["gateway-api", "istio"];

#[test]
fn the_upstream_schemas_accept_what_the_examples_render_to() {
    let Some(schemas) = support::schemas("rendered") else { return };
    let examples = examples();
    let rendered = examples.iter().flat_map(|example| TARGETS.into_iter().flat_map(|target| rendered(example, target)));
    let migrated = examples.iter().flat_map(|example| GOALS.into_iter().flat_map(|target| migrated(example, target)));
    let trees = rendered.chain(migrated).chain(fixed_examples());
    let mut report = Vec::new();
    let accepted = run::run(schemas, trees.map(Ok), &mut report).unwrap();
    let report = String::from_utf8(report).unwrap();
    assert!(accepted, "{report}");
    // Past the test's capture, so that it is seen how much was judged.
    writeln!(io::stderr(), "{}", report.lines().last().unwrap()).unwrap();
}

struct Example {
    name: String,
    manifest: String,
    /// The targets that refuse the example, which the golden tests hold.
    refused_by: Vec<&'static str>,
}

impl Example {
    fn read(folder: &Path) -> Example {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let golden = home().join("golden").join(&name);
        let refused_by =
            TARGETS.into_iter().filter(|target| golden.join(target).join("refused.txt").exists()).collect();
        Example { name, manifest: fs::read_to_string(folder.join("mlops.toml")).unwrap(), refused_by }
    }

    /// What is laid over the manifest so that it is for a target; nothing if it is already.
    fn overlays(&self, target: &str) -> Vec<Overlay> {
        if self.has_line(&format!("traffic = \"{target}\"")) {
            return Vec::new();
        }
        let needs_version = target == "gateway-api" && !self.has_line("gateway-api = ");
        let version = needs_version.then(|| Overlay::version("gateway-api=1.2").unwrap());
        [Overlay::traffic(target)].into_iter().chain(version).collect()
    }

    fn has_line(&self, start: &str) -> bool {
        self.manifest.lines().any(|line| line.starts_with(start))
    }

    fn analysis(&self, overlays: &[Overlay]) -> Analysis {
        analyze(Source::new("mlops.toml", self.manifest.as_str()), overlays).unwrap()
    }

    /// The analysis at a step of the only rollout, if it has such a step.
    fn at_step(&self, step: u32, overlays: &[Overlay]) -> Option<Analysis> {
        let overlays: Vec<Overlay> = overlays.iter().cloned().chain([Overlay::Step { model: None, step }]).collect();
        let analysis = analyze(Source::new("mlops.toml", self.manifest.as_str()), &overlays).ok()?;
        analysis.checked().is_some().then_some(analysis)
    }
}

fn examples() -> Vec<Example> {
    let mut folders = paths(&home().join("examples"));
    folders.retain(|folder| folder.join("mlops.toml").exists());
    folders.iter().map(|folder| Example::read(folder)).collect()
}

/// The tree of an example for a target, and that of each step of its rollout.
fn rendered(example: &Example, target: &str) -> Vec<TextTree> {
    if example.refused_by.contains(&target) {
        return Vec::new();
    }
    let name = format!("{} on {target}", example.name);
    let overlays = example.overlays(target);
    let whole = text_tree(&name, &sound(&name, &example.analysis(&overlays)));
    let steps = (0..).map_while(|step| Some((step, example.at_step(step, &overlays)?)));
    let steps = steps.map(|(step, analysis)| text_tree(&format!("{name}, step {step}"), &sound(&name, &analysis)));
    [whole].into_iter().chain(steps).collect()
}

/// The tree of each step of the migration of an example to a target.
fn migrated(example: &Example, target: &str) -> Vec<TextTree> {
    let overlays = example.overlays(target);
    if example.refused_by.contains(&target) || overlays.is_empty() {
        return Vec::new();
    }
    let name = format!("{} to {target}", example.name);
    let (here, there) = (example.analysis(&[]), example.analysis(&overlays));
    let (before, after) = (sound(&name, &here), sound(&name, &there));
    let steps = before.steps_to(after);
    let trees = steps.iter().zip(1..).map(|(step, at)| text_tree(&format!("{name}, step {at}"), step));
    trees.filter(|tree| !has_only_the_grants_of_old_routes(tree)).collect()
}

/// Once the old routes are gone, their policies wait one step more: they are for nothing, on purpose.
fn has_only_the_grants_of_old_routes(tree: &TextTree) -> bool {
    let granted = "group: policy.linkerd.io\n    kind: HTTPRoute\n";
    let mut files = tree.files.iter();
    files.clone().any(|(path, text)| path.contains("authorizationpolicy") && text.contains(granted))
        && !files.any(|(path, _)| path.contains("policy-httproute"))
}

/// The tree of each example of a diagnostic once it is fixed.
fn fixed_examples() -> Vec<TextTree> {
    let mut paths = paths(&home().join("examples/invalid"));
    paths.retain(|path| path.to_str().unwrap().ends_with(".fixed.toml"));
    assert!(paths.len() > 100, "{}", paths.len());
    paths.iter().map(|path| fixed_example(path)).collect()
}

fn fixed_example(path: &Path) -> TextTree {
    let name = path.file_name().unwrap().to_str().unwrap();
    let analysis = analyze(Source::new("mlops.toml", fs::read_to_string(path).unwrap()), &[]).unwrap();
    text_tree(name, &sound(name, &analysis))
}

fn sound<'a>(name: &str, analysis: &'a Analysis) -> Checked<'a> {
    analysis.checked().unwrap_or_else(|| panic!("{name}: {:?}", analysis.report()))
}

/// The objects of a tree as they are written to files.
fn text_tree(name: &str, tree: &impl Tree) -> TextTree {
    let mut files = Vec::new();
    tree.walk(&mut |path, text| files.push((format!("{name}/{path}"), text.to_owned())));
    files.retain(|(path, _)| path.ends_with(".yaml"));
    TextTree { name: name.to_owned(), files }
}

fn home() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
