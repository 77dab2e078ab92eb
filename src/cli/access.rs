//! `mlmesh access`: who may call whom.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::questions::access::Access as Row;

use super::input::Asked;
use super::table::{self, Width};
use super::{Stop, text};

#[derive(Args)]
pub(super) struct Access {
    /// The caller: a model, service, job or identity; `meshed` or `unmeshed` is a stranger [default: everyone]
    from: Option<String>,
    /// What is called: an app, or a route or further port of it as `APP.ROUTE` [default: everything]
    to: Option<String>,
    #[command(flatten)]
    asked: Asked,
    /// How the matrix is printed
    #[arg(long, value_enum, default_value_t = Layout::Table)]
    format: Layout,
}

#[derive(Clone, Copy, ValueEnum)]
enum Layout {
    /// One line for each request and rule, with the callers that it decides for
    Table,
    /// One JSON array, with an object for each caller and request
    Json,
    /// The table in Markdown
    Markdown,
}

impl Access {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let analysis = self.asked.analysis()?;
        let checked = analysis.checked().ok_or(Stop::Found)?;
        let rows = checked.access(self.from.as_deref(), self.to.as_deref()).map_err(Stop::unusable)?;
        text::print(&match self.format {
            Layout::Table => tables(&rows, Width::of_output()),
            Layout::Json => serde_json::to_string_pretty(&rows).expect("rows hold only strings") + "\n",
            Layout::Markdown => markdown(&rows),
        })
    }
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
