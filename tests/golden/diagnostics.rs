//! Every diagnostic has an example that raises it, and only it, a mended one that raises nothing, and
//! a golden report that a person would read.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use crate::support::{Files, compare, home};
use mlmesh::{Analysis, Format, Source, analyze, codes, render_report};

/// The notes that an example cannot help raising: where routes name callers, and where a host is called by TLS.
const BESIDE: [&str; 2] = ["closed-routes", "unseen-host"];

fn analysis(file: &str) -> Analysis {
    let text = fs::read_to_string(home().join("examples/invalid").join(file)).unwrap();
    analyze(Source::new(format!("examples/invalid/{file}"), text), &[]).unwrap()
}

/// The report of a code's example, as a person reads it.
pub(crate) fn human(code: &str) -> String {
    report(&analysis(&format!("{code}.toml")), Format::Human)
}

fn report(analysis: &Analysis, format: Format) -> String {
    anstream::adapter::strip_str(&render_report(analysis.report(), analysis.sources(), format)).to_string()
}

fn raised(analysis: &Analysis) -> Vec<&'static str> {
    analysis.report().diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect()
}

#[test]
fn the_example_of_a_code_raises_that_code_once_and_the_mended_one_nothing() {
    for code in codes() {
        let bad = raised(&analysis(&format!("{}.toml", code.name)));
        let about_it: Vec<_> = bad.iter().filter(|name| **name == code.name || !BESIDE.contains(name)).collect();
        assert_eq!(about_it, [&code.name], "examples/invalid/{}.toml", code.name);
        let fixed = raised(&analysis(&format!("{}.fixed.toml", code.name)));
        assert!(
            fixed.iter().all(|name| BESIDE.contains(name) && !BESIDE.contains(&code.name)),
            "{}.fixed.toml raises {fixed:?}",
            code.name
        );
    }
}

#[test]
fn there_are_at_least_sixty_and_every_file_belongs_to_one() {
    let names: BTreeSet<String> = codes().iter().map(|code| code.name.to_owned()).collect();
    assert!(names.len() >= 60, "{}", names.len());
    assert_eq!(names.len(), codes().len(), "two codes share a name");
    for entry in fs::read_dir(home().join("examples/invalid")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.trim_end_matches(".toml").trim_end_matches(".fixed");
        assert!(names.contains(name), "examples/invalid/{file} belongs to no code");
    }
}

/// One line for each diagnostic of each fixture, so that a change of the compiler shows what it does to all of them.
#[test]
fn the_fixtures_raise_what_they_did() {
    let mut lines = String::from("fixture, code, severity, line:column\n");
    for folder in ["examples/invalid", "tests/findings"] {
        let mut fixtures: Vec<String> =
            fs::read_dir(home().join(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        fixtures.sort();
        for fixture in fixtures {
            let name = format!("{folder}/{fixture}");
            let analysis = analyze(Source::new(name.as_str(), fs::read_to_string(home().join(&name)).unwrap()), &[]).unwrap();
            for one in analysis.report().diagnostics() {
                let place = analysis.sources().get(one.primary.span.source).place(one.primary.span.start);
                let severity = one.severity.word();
                writeln!(lines, "{name}, {}, {severity}, {}:{}", one.code.name, place.line, place.column).unwrap();
            }
        }
    }
    compare(&home().join("golden/fixtures"), &Files::from([("fixtures.csv".to_owned(), lines)]));
}

#[test]
fn a_report_reads_as_it_did() {
    let mut expected = Files::new();
    for code in codes() {
        let analysis = analysis(&format!("{}.toml", code.name));
        let texts = [Format::Human, Format::Short].map(|format| report(&analysis, format));
        expected.insert(format!("{}.txt", code.name), texts.concat());
    }
    compare(&home().join("golden/diagnostics"), &expected);
}

#[test]
fn every_message_says_the_way_out() {
    for code in codes() {
        for diagnostic in analysis(&format!("{}.toml", code.name)).report().diagnostics() {
            assert!(diagnostic.help.as_ref().is_some_and(|help| !help.is_empty()), "{} has no help", code.name);
            let message = &diagnostic.message;
            assert!(
                !message.ends_with('.') && !message.starts_with(char::is_uppercase)
                    || message.starts_with("Linkerd")
                    || message.starts_with("Kubernetes")
                    || message.starts_with("Istio"),
                "{message}"
            );
        }
    }
}

#[test]
fn an_explanation_shows_both_examples() {
    for code in codes() {
        let explanation = code.explanation();
        let first_line = |text: &'static str| text.lines().next().unwrap();
        assert!(explanation.contains(first_line(code.example)) && explanation.contains(first_line(code.instead)));
        assert!(explanation.contains(code.why), "{}", code.name);
    }
}
