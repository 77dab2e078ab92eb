//! One meaning, whichever target carries it: each example is asked the same questions on every target that
//! takes it, and the answers are the same but for what was reported.

use mlmesh::{Analysis, Source, Verdict, analyze};

const TARGETS: [&str; 4] = ["smi", "profile", "gateway-api", "istio"];

/// The examples, by name.
fn examples() -> Vec<(String, String)> {
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap().map(|entry| entry.unwrap().path());
    let manifests = folders.map(|folder| folder.join("mlops.toml")).filter(|manifest| manifest.exists());
    let mut examples: Vec<(String, String)> = manifests
        .map(|manifest| (manifest.parent().unwrap().display().to_string(), std::fs::read_to_string(manifest).unwrap()))
        .collect();
    examples.sort();
    examples
}

/// The example for a target, if the target takes it.
fn on_target(example: &str, target: &str) -> Option<Analysis> {
    let installed = example.contains("\ngateway-api = ");
    let needed = if target == "gateway-api" && !installed { "gateway-api = \"1.2\"\n" } else { "" };
    let line = example.lines().find(|line| line.starts_with("traffic = ")).unwrap();
    let text = example.replace(line, &format!("traffic = \"{target}\"\n{needed}"));
    let analysis = analyze(Source::new("mlops.toml", text), &[]).unwrap();
    analysis.checked().is_some().then_some(analysis)
}

/// The requests that an example's table of access names, with a text in place of each parameter.
fn requests(analysis: &Analysis) -> Vec<(String, String, String)> {
    let mut requests: Vec<(String, String, String)> = Vec::new();
    for row in analysis.checked().unwrap().access(Some("meshed"), None).unwrap() {
        let app = row.to.split('.').next().unwrap().to_owned();
        let Some((method, path)) = row.request.split_once(' ').filter(|(_, path)| path.starts_with('/')) else { continue };
        let method = match method {
            "gRPC" => "POST",
            "any" => "PUT",
            method => method,
        };
        let path = path.trim_end_matches(", a probe").replace("{x*}", "q/r").replace("{x}", "q");
        requests.push((app.clone(), method.to_owned(), path));
        requests.push((app, "DELETE".to_owned(), "/no/such/path".to_owned()));
    }
    requests.sort();
    requests.dedup();
    requests
}

/// What does not hang on the target. A closed table answers 404 on Linkerd and 403 on Istio, as the note
/// of such a table says; the kubelet's path is open to everyone on Linkerd alone, since Istio answers the
/// kubelet itself; and what bounds retries differs, which is reported for a budget and for a limit.
fn meaning(answer: mlmesh::RouteAnswer, probed: bool) -> String {
    let verdict = |verdict: Verdict| match verdict {
        _ if probed => "a probe",
        Verdict::Allowed => "allowed",
        Verdict::Partly => "partly",
        Verdict::ClusterDefault => "cluster default",
        Verdict::Denied | Verdict::NotFound => "refused",
    };
    let backends: Vec<String> =
        answer.backends.iter().map(|one| format!("{} {} {}", one.service, one.weight, verdict(one.verdict))).collect();
    let retry = answer.retry.map(|retry| retry.on);
    format!("{:?} {:?} {:?} {retry:?} {backends:?}", answer.route, answer.timeouts.request, answer.timeouts.idle)
}

#[test]
fn an_example_means_the_same_on_every_target_that_takes_it() {
    let mut compared = 0;
    for (name, text) in examples() {
        let analyses: Vec<(&str, Analysis)> =
            TARGETS.iter().filter_map(|target| Some((*target, on_target(&text, target)?))).collect();
        let (first, reference) = &analyses[0];
        let probe = |path: &str| text.contains(&format!("path = \"{path}\""));
        let grpc = text.contains("grpc = \"");
        let headers = [vec![], vec![("x-cohort".to_owned(), "pilot".to_owned())]];
        let callers: std::collections::BTreeSet<String> =
            reference.checked().unwrap().access(None, None).unwrap().into_iter().map(|row| row.from).collect();
        for (app, method, path) in requests(reference) {
            for (from, headers) in callers.iter().flat_map(|from| headers.iter().map(move |headers| (from, headers))) {
                let ask = |analysis: &Analysis| {
                    let mut answer = analysis.checked().unwrap().route(from, &app, (&method, &path), headers).unwrap();
                    // A ServiceProfile counts a failed call as a 5xx; the others name the statuses.
                    answer.retry.iter_mut().filter(|_| grpc).for_each(|retry| retry.on.clear());
                    meaning(answer, probe(&path))
                };
                let expected = ask(reference);
                for (target, analysis) in &analyses {
                    assert_eq!(ask(analysis), expected, "{name}: {from} {method} {app}{path}, {target} against {first}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
}
