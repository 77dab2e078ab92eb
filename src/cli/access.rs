//! `mlmesh access`: who may call whom.

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use crate::questions::access::Access as Row;

use super::arguments::Arguments;
use super::manifests::Manifest;
use super::table::{self, Width};
use super::{Stop, text};

#[derive(Args)]
pub(super) struct Access {
    /// The caller: a model, service, job or identity; `meshed` or `unmeshed` is a stranger [default: everyone]
    from: Option<String>,
    /// What is called: an app, or a route or further port of it as `APP.ROUTE` [default: everything]
    to: Option<String>,
    /// The same by name, which needs no FROM
    #[arg(long = "to", value_name = "TO", conflicts_with = "to")]
    callee: Option<String>,
    /// Prints the table in Markdown
    #[arg(long, conflicts_with = "format")]
    markdown: bool,
    #[command(flatten)]
    arguments: Arguments,
}

impl Access {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let reporter = self.arguments.reporter();
        let manifests = self.arguments.analyses()?;
        reporter.report_errors(&manifests.list)?;
        let manifests = manifests.sound()?;
        if reporter.is_json() {
            return self.print_json(&manifests);
        }
        let width = Width::of_output();
        text::print_answers(&manifests, |manifest| {
            let rows = self.rows(manifest)?;
            Ok(if self.markdown { markdown(&rows) } else { tables(&rows, width) })
        })
    }

    fn rows(&self, manifest: &Manifest) -> Result<Vec<Row>, Stop> {
        let checked = manifest.analysis.checked().ok_or(Stop::Found)?;
        let to = self.to.as_deref().or(self.callee.as_deref());
        checked.access(self.from.as_deref(), to).map_err(|message| manifest.unusable(message))
    }

    /// One array, whatever number of manifests was asked.
    fn print_json(&self, manifests: &[Manifest]) -> Result<(), Stop> {
        let (mut rows, mut stops) = (Vec::new(), Vec::new());
        for manifest in manifests {
            match self.rows(manifest) {
                Ok(found) => rows.extend(found.into_iter().map(|row| Answer { manifest: manifest.name(), row })),
                Err(stop) => stops.push(stop),
            }
        }
        if stops.len() < manifests.len() {
            text::print(&(serde_json::to_string_pretty(&rows).expect("rows hold only strings") + "\n"))?;
        }
        Stop::all(stops)
    }
}

/// A row, and the manifest that it is of.
#[derive(Serialize)]
struct Answer<'a> {
    manifest: &'a str,
    #[serde(flatten)]
    row: Row,
}

fn tables(rows: &[Row], width: Width) -> String {
    let access = table::with_headings(HEADINGS, &grouped(&lines(rows)), width);
    format!("{access}\n{}", table::with_headings(LEGEND, &principals(rows), width))
}

fn markdown(rows: &[Row]) -> String {
    format!("{}\n{}", table::markdown(HEADINGS, &lines(rows)), table::markdown(LEGEND, &principals(rows)))
}

const HEADINGS: [&str; 5] = ["CALLEE", "REQUEST", "VERDICT", "CALLERS", "BY"];
const LEGEND: [&str; 2] = ["CALLER", "KNOWN AS"];

/// One line for each request, verdict and rule; the callers that share them stand together.
fn lines(rows: &[Row]) -> Vec<[String; 5]> {
    let mut lines: Vec<[String; 5]> = Vec::new();
    for of_target in rows.chunk_by(|one, other| (&one.to, &one.request) == (&other.to, &other.request)) {
        let mut groups: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for row in of_target {
            groups.entry((row.verdict, &row.rule)).or_default().push(&row.from);
        }
        let Row { to, request, .. } = &of_target[0];
        lines.extend(groups.into_iter().map(|((verdict, rule), callers)| {
            [to.clone(), request.to_string(), verdict.word().to_owned(), callers.join(", "), rule.clone()]
        }));
    }
    lines
}

/// The same lines; what is called is not written again where it stands in the line above.
fn grouped(lines: &[[String; 5]]) -> Vec<[String; 5]> {
    let mut grouped = lines.to_vec();
    for (line, above) in grouped[1.min(lines.len())..].iter_mut().zip(lines) {
        if line[..2] == above[..2] {
            line[..2].iter_mut().for_each(String::clear);
        }
    }
    grouped
}

/// How the mesh knows each caller of the rows.
fn principals(rows: &[Row]) -> Vec<[String; 2]> {
    let known: BTreeMap<&str, &str> = rows.iter().map(|row| (row.from.as_str(), &*row.principal)).collect();
    known.into_iter().map(|(caller, principal)| [caller.to_owned(), principal.to_owned()]).collect()
}
