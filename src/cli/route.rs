//! `mlmesh route`: where a request goes, and on what terms.

use clap::Args;
use serde::Serialize;

use crate::RouteAnswer;

use super::arguments::Arguments;
use super::manifests::Manifest;
use super::table::{self, Width};
use super::{Stop, text};

#[derive(Args)]
pub(super) struct Route {
    /// The caller: a model, service, job or identity; `meshed` or `unmeshed` is a stranger
    #[arg(long)]
    from: String,
    /// The app that is called, on its main port
    #[arg(long)]
    to: String,
    /// The method, such as `POST`
    method: String,
    /// The path, such as `/v1/predict`
    path: String,
    /// A header of the request, as `NAME: VALUE`; may be said again
    #[arg(short = 'H', long = "header", value_name = "HEADER", value_parser = header)]
    headers: Vec<(String, String)>,
    #[command(flatten)]
    arguments: Arguments,
}

impl Route {
    pub(super) fn run(&self) -> Result<(), Stop> {
        if !self.path.starts_with('/') {
            return Err(Stop::unusable(format!("`{}` is not a path: it does not start with `/`", self.path)));
        }
        let reporter = self.arguments.reporter();
        let manifests = self.arguments.analyses()?;
        reporter.report_errors(&manifests.list)?;
        let manifests = manifests.sound()?;
        if reporter.is_json() {
            return text::print_each(&manifests, |manifest| self.json(manifest));
        }
        let width = Width::of_output();
        text::print_answers(&manifests, |manifest| Ok(table::plain(&rows(&self.answer(manifest)?), width)))
    }

    fn answer(&self, manifest: &Manifest) -> Result<RouteAnswer, Stop> {
        let checked = manifest.analysis.checked().ok_or(Stop::Found)?;
        let method = self.method.to_ascii_uppercase();
        let answer = checked.route(&self.from, &self.to, (&method, &self.path), &self.headers);
        answer.map_err(|message| manifest.unusable(message))
    }

    fn json(&self, manifest: &Manifest) -> Result<String, Stop> {
        let row = Answer { manifest: manifest.name(), answer: self.answer(manifest)? };
        Ok(serde_json::to_string_pretty(&row).expect("an answer holds only strings and numbers") + "\n")
    }
}

/// The answer of one manifest.
#[derive(Serialize)]
struct Answer<'a> {
    manifest: &'a str,
    #[serde(flatten)]
    answer: RouteAnswer,
}

/// The name in lowercase, as headers are compared, and the value without the spaces round it.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is a `NAME: VALUE`")?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

fn rows(answer: &RouteAnswer) -> Vec<[String; 2]> {
    let mut rows = vec![
        ("route", answer.route.clone().unwrap_or_else(|| "none matches".to_owned())),
        ("timeout", answer.timeouts.request.clone().unwrap_or_else(|| "none".to_owned())),
    ];
    rows.extend(answer.timeouts.of_parts().map(|(name, timeout)| (name, timeout.to_owned())));
    rows.push(("retry", answer.retry.as_ref().map_or_else(|| "never".to_owned(), ToString::to_string)));
    let whole: u32 = answer.backends.iter().map(|backend| backend.weight).sum();
    for backend in &answer.backends {
        let share = f64::from(backend.weight) * 100.0 / f64::from(whole.max(1));
        rows.push(("to", format!("{} {share:.0} %: {} ({})", backend.service, backend.verdict.word(), backend.rule)));
    }
    rows.extend(answer.copies.as_ref().map(|copies| ("copies", format!("{} {} %", copies.service, copies.percent))));
    rows.into_iter().map(|(name, value)| [format!("{name:12}"), value]).collect()
}
