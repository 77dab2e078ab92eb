//! Settings that are laid over a manifest before it is read: one mechanism for everything that says
//! "the same file, but". An overlay must name what exists.

use std::fmt;

use crate::source::Source;
use crate::spanned::{SourceId, Spanned};
use crate::syntax::{Kind, Table, Value, span_of};

/// A setting that is laid over a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// The step at which a rollout stands; without a model, the only rollout there is.
    Step {
        /// The model.
        model: Option<String>,
        /// The step.
        step: u32,
    },
    /// Another value of a key of `[cluster]`.
    Cluster {
        /// The key.
        key: String,
        /// What it shall be.
        value: String,
    },
}

/// Why an overlay could not be laid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverlayError {
    /// The manifest has no rollout.
    NoRollout,
    /// It has several, and none was named.
    SeveralRollouts(Vec<String>),
    /// It has none of that model.
    NoRolloutOf(String, Vec<String>),
    /// The manifest says this already.
    ChangesNothing(String, String),
}

impl fmt::Display for OverlayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRollout => write!(f, "no model has a rollout whose step could be set"),
            Self::SeveralRollouts(models) => write!(f, "several models have a rollout ({}): say MODEL=STEP", models.join(", ")),
            Self::NoRolloutOf(model, models) => write!(f, "`{model}` has no rollout; these have one: {}", models.join(", ")),
            Self::ChangesNothing(key, value) => write!(f, "the manifest says `{key} = \"{value}\"` already"),
        }
    }
}

impl std::error::Error for OverlayError {}

impl Overlay {
    /// Reads `MODEL=STEP` or `STEP`; `None` if it is neither.
    #[must_use]
    pub fn step(text: &str) -> Option<Self> {
        let (model, step) = text.split_once('=').map_or((None, text), |(model, step)| (Some(model.to_owned()), step));
        Some(Self::Step { model, step: step.parse().ok()? })
    }

    /// Reads `linkerd=2.21`, `kubernetes=1.34` or `gateway-api=1.2`; `None` if it is none of them.
    #[must_use]
    pub fn version(text: &str) -> Option<Self> {
        let (key, value) = text.split_once('=')?;
        let known = ["linkerd", "kubernetes", "gateway-api"].contains(&key);
        known.then(|| Self::Cluster { key: key.to_owned(), value: value.to_owned() })
    }

    /// Another traffic API.
    #[must_use]
    pub fn traffic(word: &str) -> Self {
        Self::Cluster { key: "traffic".to_owned(), value: word.to_owned() }
    }
}

/// Lays overlays over the table of a manifest. Gives the sources that they become, in the order of their numbers, so that
/// an error can point at each.
pub(crate) fn lay<'s>(root: &mut Table<'s>, overlays: &'s [Overlay]) -> Result<Vec<Source>, OverlayError> {
    let mut sources = Vec::new();
    for (overlay, id) in overlays.iter().zip(SourceId::after_the_manifest()) {
        sources.push(match overlay {
            Overlay::Step { model, step } => lay_step(root, model.as_deref(), *step, id)?,
            Overlay::Cluster { key, value } => lay_cluster(root, key, value, id)?,
        });
    }
    Ok(sources)
}

fn lay_step(root: &mut Table<'_>, model: Option<&str>, step: u32, id: SourceId) -> Result<Source, OverlayError> {
    let model = rollout_of(root, model)?;
    let text = format!("{model}={step}");
    let end = text.len();
    let value = Value { span: span_of(model.len() + 1..end, id), kind: Kind::Integer(Some(i64::from(step))) };
    if let Some(rollout) = rollout_mut(root, &model) {
        rollout.insert(Spanned::new("step".into(), span_of(0..end, id)), value);
    }
    Ok(Source::new("--step", text))
}

/// Without the table `[cluster]` there is nothing to lay it over, which is reported when it is read.
fn lay_cluster<'s>(root: &mut Table<'s>, key: &'s str, value: &'s str, id: SourceId) -> Result<Source, OverlayError> {
    let text = format!("{key}={value}");
    let end = text.len();
    let source = Source::new(if key == "traffic" { "--to" } else { "--cluster" }, text);
    let Some(Kind::Table(cluster)) = root.get_mut("cluster").map(|value| &mut value.kind) else { return Ok(source) };
    if cluster.get(key).is_some_and(|written| matches!(&written.kind, Kind::String(text) if text == value)) {
        return Err(OverlayError::ChangesNothing(key.to_owned(), value.to_owned()));
    }
    let value = Value { span: span_of(key.len() + 1..end, id), kind: Kind::String(value.into()) };
    cluster.insert(Spanned::new(key.into(), span_of(0..end, id)), value);
    Ok(source)
}

fn rollout_of(root: &Table<'_>, model: Option<&str>) -> Result<String, OverlayError> {
    let models = root.get("models").and_then(Value::as_table).into_iter().flat_map(|models| &models.entries);
    let rolling = models.filter(|(_, value)| value.as_table().is_some_and(|model| model.get("rollout").is_some()));
    let mut rolling: Vec<String> = rolling.map(|(name, _)| name.to_string()).collect();
    match model {
        _ if rolling.is_empty() => Err(OverlayError::NoRollout),
        Some(model) if rolling.iter().any(|name| name == model) => Ok(model.to_owned()),
        Some(model) => Err(OverlayError::NoRolloutOf(model.to_owned(), rolling)),
        None if rolling.len() == 1 => Ok(rolling.remove(0)),
        None => Err(OverlayError::SeveralRollouts(rolling)),
    }
}

fn rollout_mut<'a, 's>(root: &'a mut Table<'s>, model: &str) -> Option<&'a mut Table<'s>> {
    let model = root.get_mut("models")?.as_table_mut()?.get_mut(model)?;
    model.as_table_mut()?.get_mut("rollout")?.as_table_mut()
}
