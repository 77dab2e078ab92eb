//! `mlmesh route`: where a request goes, and on what terms.

use clap::{Args, ValueEnum};

use crate::RouteAnswer;

use super::input::Asked;
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
    asked: Asked,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = Layout::Text)]
    format: Layout,
}

#[derive(Clone, Copy, ValueEnum)]
enum Layout {
    /// A few lines
    Text,
    /// One JSON object
    Json,
}

impl Route {
    pub(super) fn run(&self) -> Result<(), Stop> {
        if !self.path.starts_with('/') {
            return Err(Stop::unusable(format!("`{}` is no path: it does not start with `/`", self.path)));
        }
        let analysis = self.asked.analysis()?;
        let checked = analysis.checked().ok_or(Stop::Found)?;
        let method = self.method.to_ascii_uppercase();
        let answer = checked.route(&self.from, &self.to, (&method, &self.path), &self.headers).map_err(Stop::unusable)?;
        text::print(&match self.format {
            Layout::Text => table::plain(&rows(&answer), Width::of_output()),
            Layout::Json => serde_json::to_string_pretty(&answer).expect("an answer holds only strings and numbers") + "\n",
        })
    }
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
