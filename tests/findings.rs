//! What a field test found wrong, one manifest each in `findings/`: what was said of it was untrue, or not said.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

use std::fs;
use std::path::Path;

use mlmesh::{Analysis, Format, Source, analyze, render_report};

/// The analysis of a manifest of `findings/`.
fn finding(name: &str) -> Analysis {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings").join(name).with_extension("toml");
    analysis(&fs::read_to_string(path).unwrap())
}

fn analysis(text: &str) -> Analysis {
    analyze(Source::new("mlops.toml", text), &[]).unwrap()
}

/// The codes that are raised, each with the line of its place.
fn raised(analysis: &Analysis) -> Vec<(&'static str, usize)> {
    let place = |at: &mlmesh::Diagnostic| analysis.sources().get(at.primary.span.source).place(at.primary.span.start).line;
    analysis.report().diagnostics().iter().map(|one| (one.code.name, place(one))).collect()
}

// ---- D2: annotations that Linkerd reads ----

#[test]
fn genuine_annotations_of_linkerd_are_accepted() {
    for annotation in [
        "config.linkerd.io/enable-debug-sidecar\" = \"true",
        "config.linkerd.io/image-pull-policy\" = \"Always",
        "config.linkerd.io/proxy-uid\" = \"2102",
        "config.linkerd.io/close-wait-timeout\" = \"1m",
        "viz.linkerd.io/disable-tap\" = \"true",
    ] {
        assert_eq!(raised(&analysis(&with_annotation(annotation))), [], "{annotation}");
    }
}

#[test]
fn an_unknown_annotation_is_no_neighbour_of_every_other() {
    let help = |annotation| analysis(&with_annotation(annotation)).report().diagnostics()[0].help.clone().unwrap().to_string();
    assert_eq!(help("config.linkerd.io/proxy-cpu-requst\" = \"1"), "did you mean `proxy-cpu-request`?");
    assert!(help("config.linkerd.io/retries\" = \"1").starts_with("remove it"));
}

fn with_annotation(annotation: &str) -> String {
    format!(
        "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[services.s]\nnamespace = \"ml\"\nport = 8080\nimage = \"r/s:1\"\n\
         annotations = {{ \"{annotation}\" }}\n"
    )
}

// ---- B2: labels of a namespace that contradict what mlmesh writes ----

#[test]
fn a_label_of_a_namespace_contradicts_nothing() {
    assert_eq!(raised(&finding("rev")), [("reserved-annotation", 4)]);
    assert_eq!(raised(&finding("podsec")), [("reserved-annotation", 6)]);
    for (label, code) in [
        ("kubernetes.io/metadata.name\" = \"other", "reserved-annotation"),
        ("config.linkerd.io/admission-webhooks\" = \"disabled", "reserved-annotation"),
        ("pod-security.kubernetes.io/warn\" = \"strict", "invalid-label"),
        ("pod-security.kubernetes.io/audit-version\" = \"1.33", "invalid-label"),
        ("pod-security.kubernetes.io/adit\" = \"restricted", "invalid-label"),
    ] {
        let text = format!("[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\nlabels = {{ \"{label}\" }}\n");
        assert_eq!(raised(&analysis(&text)), [(code, 4)], "{label}");
    }
}

// ---- C3: texts of a manifest that forge lines of a log ----

const FORMATS: [Format; 6] = [Format::Human, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Junit];

/// The lines of a log that somebody else wrote.
fn forged(log: &str) -> Vec<&str> {
    let log = log.lines().filter(|line| line.trim_start().starts_with("::error") && line.contains("forged"));
    log.filter(|line| !line.contains("title=")).collect()
}

#[test]
fn no_text_of_a_manifest_forges_a_line_of_a_log() {
    let analysis = finding("forge");
    assert_eq!(raised(&analysis), [("invalid-time-zone", 8)]);
    for format in FORMATS {
        let report = render_report(analysis.report(), analysis.sources(), format);
        assert_eq!(forged(&report), [""; 0], "{report}");
    }
}

/// The examples that are right.
fn examples() -> Vec<String> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap();
    let manifests = folders.map(|folder| folder.unwrap().path().join("mlops.toml")).filter(|manifest| manifest.exists());
    manifests.map(|manifest| fs::read_to_string(manifest).unwrap()).collect()
}

/// A break and a command in every place of a manifest that holds a text: no format of no report shows it as a line.
#[test]
fn no_text_anywhere_reaches_a_log_as_it_is() {
    let mut tried = 0;
    for example in examples() {
        for (at, _) in example.match_indices('"').step_by(2) {
            let analysis = analysis(&format!("{}\\n::error::forged\\u001b[31m{}", &example[..=at], &example[at + 1..]));
            hold_no_forged_line(&analysis);
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

fn hold_no_forged_line(analysis: &Analysis) {
    for format in FORMATS {
        let report = render_report(analysis.report(), analysis.sources(), format);
        let plain = anstream::adapter::strip_str(&report).to_string();
        assert!(forged(&plain).is_empty() && !plain.contains('\u{1b}'), "{report}");
        assert!(format == Format::Human || !report.contains('\u{1b}'), "{report}");
    }
    let Some(checked) = analysis.checked() else { return };
    let mut stream = String::new();
    checked.stream(&mut |text| stream.push_str(text));
    assert_eq!(forged(&stream), [""; 0], "{stream}");
    for row in checked.access(None, None).unwrap() {
        assert_eq!(forged(&format!("{}\n{}", row.request, row.rule)), [""; 0]);
    }
}
