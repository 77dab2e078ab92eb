//! Where the requests of an app go: to one version, or to several by weights that stand or that move step by step.

use crate::spanned::{Span, Spanned};

/// Where the requests of an app go that no variant takes.
#[derive(Debug)]
pub(crate) enum Routing {
    /// To the version of this key; a service has no key, and neither has a model whose versions are in doubt.
    Single(Option<String>),
    /// By weights that stand.
    Split {
        /// The key of the version for callers without a proxy.
        stable: Option<String>,
        /// The weights.
        split: Split,
    },
    /// By weights that move from one version to another.
    Rollout(Rollout),
}

/// How requests are split.
#[derive(Debug)]
pub(crate) struct Split {
    /// Where it was written.
    pub span: Span,
    /// Whole percent for each version that takes part, by its key; 100 together.
    pub weights: Vec<(String, Spanned<u32>)>,
}

/// A rollout at its position.
#[derive(Debug)]
pub(crate) struct Rollout {
    /// Where its steps are written.
    pub span: Span,
    /// The key of the old version; `None` where it was deleted after the promotion.
    pub from: Option<String>,
    /// The key of the new version.
    pub to: String,
    /// The percentage of the new version at each step; `None` if it cannot be read.
    pub steps: Vec<Option<Spanned<u32>>>,
    /// Where it stands.
    pub position: Position,
    /// How requests are split there.
    pub split: Split,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// Before the first step: the new version gets no request.
    Start,
    /// At a step, counted from 1.
    Step(u32),
    /// Behind the last step: the new version gets every request, also those of callers without a proxy.
    Promoted,
}

impl Routing {
    /// The key of the version that takes requests of callers without a proxy.
    #[must_use]
    pub(crate) fn stable(&self) -> Option<&str> {
        match self {
            Self::Single(stable) | Self::Split { stable, .. } => stable.as_deref(),
            Self::Rollout(rollout) => match (rollout.position, &rollout.from) {
                (Position::Promoted, _) | (_, None) => Some(&rollout.to),
                (Position::Start | Position::Step(_), Some(from)) => Some(from),
            },
        }
    }

    /// How requests are split; `None`: they all go to the stable version.
    #[must_use]
    pub(crate) fn split(&self) -> Option<&Split> {
        match self {
            Self::Single(_) => None,
            Self::Split { split, .. } => Some(split),
            Self::Rollout(rollout) => Some(&rollout.split),
        }
    }

    /// The rollout, if there is one.
    #[must_use]
    pub(crate) fn rollout(&self) -> Option<&Rollout> {
        match self {
            Self::Single(_) | Self::Split { .. } => None,
            Self::Rollout(rollout) => Some(rollout),
        }
    }
}

impl Rollout {
    /// The split at a position.
    pub(crate) fn at(
        span: Span,
        (from, to): (Option<String>, String),
        steps: Vec<Option<Spanned<u32>>>,
        position: Position,
    ) -> Self {
        let unmoved = Spanned::new(0, span);
        let weight = match (position, &from) {
            (Position::Promoted, _) | (_, None) => Spanned::new(100, span),
            (Position::Start, Some(_)) => unmoved,
            (Position::Step(step), Some(_)) => steps.get(step as usize - 1).copied().flatten().unwrap_or(unmoved),
        };
        let split = split(span, from.as_deref(), &to, weight);
        Self { span, from, to, steps, position, split }
    }

    /// The splits of its steps, from the first to the last, as far as they can be read; none after the old version was
    /// deleted.
    pub(crate) fn splits(&self) -> impl Iterator<Item = Split> {
        let from = self.from.as_deref();
        let weights = self.steps.iter().flatten().filter(move |_| from.is_some());
        weights.map(move |weight| split(self.span, from, &self.to, *weight))
    }
}

/// The new version gets this weight, and the old one the rest.
fn split(span: Span, from: Option<&str>, to: &str, weight: Spanned<u32>) -> Split {
    let rest = Spanned::new(100 - weight.value.min(100), weight.span);
    let mut weights: Vec<(String, Spanned<u32>)> = from.map(|from| (from.to_owned(), rest)).into_iter().collect();
    weights.push((to.to_owned(), weight));
    weights.sort_by(|one, other| one.0.cmp(&other.0));
    Split { span, weights }
}
