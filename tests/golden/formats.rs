//! One report in every format: an error with a suggestion, a warning with a second place, a note.

use crate::support::{Files, compare, home};
use mlmesh::{Format, Source, analyze, render_report};

const MANIFEST: &str = r#"[cluster]
traffic = "smi"

[namespaces.ml]
inbound = "deny"

[services."feature-store"]
namespace = "ml"
port = 8081
image = "registry.example.com/feature store:1.4"
callers = ["training"]
routes.write = { put = "/features/{set}", callers = ["training"] }

[jobs.training]
namespace = "ml"
image = "registry.example.com/training:3.2"
calls = ["feature-store.write"]
env = { TOKEN = "100% <a & b>, c: d" }
"#;

#[test]
fn a_report_reads_as_it_did_in_every_format() {
    let analysis = analyze(Source::new("mlops.toml", MANIFEST), &[]).unwrap();
    let formats = [
        ("human.txt", Format::Human),
        ("short.txt", Format::Short),
        ("json.txt", Format::Json),
        ("sarif.json", Format::Sarif),
        ("github.txt", Format::Github),
        ("junit.xml", Format::Junit),
    ];
    let mut expected = Files::new();
    for (name, format) in formats {
        let text = render_report(analysis.report(), analysis.sources(), format);
        expected.insert(name.to_owned(), anstream::adapter::strip_str(&text).to_string());
    }
    compare(&home().join("golden/formats"), &expected);
}
