//! Traps that have no spelling in the language: whatever is written, the output does not have them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mlmesh::output::Tree;
use mlmesh::{Source, Verdict, analyze};

const HEAD: &str = "[cluster]\ntraffic = \"smi\"\n[namespaces.ml]\n";

const MODEL: &str = r#"
[models.m]
namespace = "ml"
port = { service = 80, container = 8080 }
stable = "v1"
split = { v1 = 90, v2 = 10 }
versions.v1.image = "r/m:1"
versions.v2.image = "r/m:2"
"#;

/// The files that a manifest without errors renders to.
fn files(text: &str) -> BTreeMap<String, String> {
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    let mut files = BTreeMap::new();
    let checked = analysis.checked().unwrap_or_else(|| panic!("{:?}", analysis.report()));
    checked.walk(&mut |path, yaml| drop(files.insert(path.to_owned(), yaml.to_owned())));
    files
}

/// Every manifest of the project that has no errors.
fn manifests() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let sound = |text: &String| analyze(Source::new("mlops.toml", text.as_str()), &[]).unwrap().checked().is_some();
    found.retain(sound);
    assert!(found.len() > 100);
    found
}

#[test]
fn audit_does_not_open_a_port_that_names_its_callers() {
    let text = format!("{HEAD}inbound = \"audit\"\n{MODEL}callers = []\n");
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    let rows = analysis.checked().unwrap().access(None, Some("m")).unwrap();
    assert!(rows.len() > 1 && rows.iter().all(|row| row.verdict == Verdict::Denied), "{rows:?}");
}

#[test]
fn nobody_is_no_policy_that_asks_for_nothing() {
    let files = files(&format!("{HEAD}{MODEL}callers = []\n"));
    assert!(files.keys().all(|path| !path.contains("authorizationpolicy")), "{:?}", files.keys());
}

#[test]
fn the_service_that_callers_know_never_selects_two_versions() {
    let apex = &files(&format!("{HEAD}{MODEL}"))["ml/m/service.yaml"];
    assert!(apex.contains("  selector:\n    app: m\n    version: v1\n"), "{apex}");
}

#[test]
fn a_duration_is_printed_in_one_unit() {
    let files = files(&format!("{HEAD}{MODEL}routes.r = {{ get = \"/\", timeout = \"1m30s\" }}\n"));
    assert!(files["ml/m/serviceprofile.yaml"].contains("timeout: 90s\n"));
}

#[test]
fn an_autoscaled_deployment_has_no_replicas() {
    let autoscale = "resources.requests.cpu = \"1\"\nautoscale = { min = 2, max = 4, cpu = \"50%\" }\n";
    let files = files(&format!("{HEAD}{MODEL}{autoscale}"));
    assert!(files.contains_key("ml/m/horizontalpodautoscaler-v1.yaml"));
    assert!(!files["ml/m/deployment-v1.yaml"].contains("replicas"));
}

#[test]
fn no_selector_holds_what_changes_with_an_image() {
    let selectors = |image: &str| {
        let files = files(&format!("{HEAD}{}", MODEL.replace("r/m:1", image)));
        let deployment = files["ml/m/deployment-v1.yaml"].clone();
        deployment.split("selector:").nth(1).unwrap().split("template:").next().unwrap().to_owned()
    };
    assert_eq!(selectors("r/m:1"), selectors("r/other@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
}

#[test]
fn a_profile_is_named_so_that_it_is_found_and_stands_beside_no_route_of_the_same_service() {
    for text in manifests() {
        let files = files(&text);
        let profiles: Vec<_> = files.iter().filter(|(path, _)| path.ends_with("/serviceprofile.yaml")).collect();
        for (_, yaml) in &profiles {
            let name = yaml.lines().find_map(|line| line.trim().strip_prefix("name: ")).unwrap();
            assert_eq!(name.split('.').nth(2), Some("svc"), "{name}");
        }
        let is_route = |yaml: &str| yaml.contains("\nkind: HTTPRoute\n") || yaml.contains("\nkind: GRPCRoute\n");
        let of_service =
            files.values().any(|yaml| is_route(yaml) && yaml.contains("parentRefs:\n  - group: \"\"\n    kind: Service\n"));
        assert!(profiles.is_empty() || !of_service, "a profile puts the routes of its Service out of use:\n{text}");
    }
}

#[test]
fn every_server_is_for_a_port_that_its_pods_have() {
    for text in manifests() {
        let files = files(&text);
        for (path, yaml) in files.iter().filter(|(_, yaml)| yaml.contains("kind: Server\n") && !yaml.contains("Ref")) {
            let folder = path.rsplit_once('/').unwrap().0;
            let number = yaml.lines().find_map(|line| line.trim().strip_prefix("port: ")).unwrap();
            let mut pods = files.iter().filter(|(other, _)| other.starts_with(folder) && other.contains("/deployment"));
            let has_port = |(_, yaml): (&String, &String)| yaml.contains(&format!("containerPort: {number}\n"));
            assert!(pods.by_ref().next().is_some_and(has_port) && pods.all(has_port), "{path}");
        }
    }
}
