//! `mlmesh access`: who may call whom.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::{Args, ValueEnum};

use crate::Access as Row;

use super::input::Asked;
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
            Layout::Table => table(&lines(&rows)),
            Layout::Json => serde_json::to_string_pretty(&rows).expect("rows hold only strings") + "\n",
            Layout::Markdown => markdown(&lines(&rows)),
        })
    }
}

const HEADINGS: [&str; 5] = ["CALLEE", "REQUEST", "VERDICT", "CALLERS", "BY"];

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

fn table(lines: &[[String; 5]]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.chain([HEADINGS[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut out = String::new();
    let mut row = |cells: [&str; 5]| {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| padded(cell, width)).collect();
        writeln!(out, "{}", padded.join("  ").trim_end()).expect("a string takes everything");
    };
    row(HEADINGS);
    for (at, line) in lines.iter().enumerate() {
        let again = at > 0 && lines[at - 1][..2] == line[..2];
        let [to, request, verdict, callers, rule] = line.each_ref().map(String::as_str);
        row(if again { ["", "", verdict, callers, rule] } else { [to, request, verdict, callers, rule] });
    }
    out
}

/// A cell with blanks behind it. The widths of `format!` end at 65,535 and panic beyond.
fn padded(cell: &str, width: usize) -> String {
    let blanks = width.saturating_sub(cell.chars().count());
    format!("{cell}{}", " ".repeat(blanks))
}

fn markdown(lines: &[[String; 5]]) -> String {
    let row = |cells: &[String; 5]| format!("| {} |\n", cells.each_ref().map(|cell| cell.replace('|', "\\|")).join(" | "));
    let head = format!("| {} |\n|---|---|---|---|---|\n", HEADINGS.map(str::to_lowercase).join(" | "));
    head + &lines.iter().map(row).collect::<String>()
}
