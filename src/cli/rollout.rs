//! `mlmesh rollout`: shows where a rollout stands, and moves `step` in the manifest. Every other byte
//! of the file stays.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::manifest::{self, step};
use crate::{Analysis, analyze};

use super::input::Input;
use super::report::Reporting;
use super::{Stop, text};

#[derive(Args)]
pub(super) struct Rollout {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Shows the steps, and the one at which the rollout stands
    Status(Which),
    /// Goes on to the next step
    Advance(Which),
    /// Goes back to step 0: everything to the old version
    Rollback(Which),
    /// Ends the rollout: everything to the new version, for every caller
    Promote(Which),
}

#[derive(Args)]
struct Which {
    /// The model; may be left out where only one has a rollout
    model: Option<String>,
    /// The manifest [default: `mlops.toml` here or in the nearest folder above]
    #[arg(short, long)]
    file: Option<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

impl Rollout {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let (Action::Status(which) | Action::Advance(which) | Action::Rollback(which) | Action::Promote(which)) = &self.action;
        // Nobody waits for a lock who only wants to know.
        let (input, _lock) = match self.action {
            Action::Status(_) => (Input::read(which.file.as_deref())?, None),
            Action::Advance(_) | Action::Rollback(_) | Action::Promote(_) => {
                let (input, lock) = Input::read_to_edit(which.file.as_deref())?;
                (input, Some(lock))
            }
        };
        let analysis = analyze(input.source(), &[])?;
        if analysis.report().has_errors() {
            which.reporting.reporter().report(&analysis)?;
            return Err(Stop::Found);
        }
        let state = State::of(&analysis, which.model.as_deref())?;
        let to = match self.action {
            Action::Status(_) => return text::print(&state.table()),
            Action::Advance(_) => state.next()?,
            Action::Rollback(_) => 0,
            Action::Promote(_) => state.promoted(),
        };
        if to == state.step {
            return text::print(&format!("{}: stays at {}\n", state.model, state.describe(to)));
        }
        let edited = step::with_step(analysis.sources().manifest().text(), state.model, to).ok_or_else(|| {
            Stop::refused(format!(
                "cannot place the step in this text; write `step = {to}` into the rollout of `{}` by hand",
                state.model
            ))
        })?;
        input.replace(&edited)?;
        text::print(&format!("{}: from {} to {}\n", state.model, state.describe(state.step), state.describe(to)))
    }
}

/// A rollout and where it stands.
struct State<'a> {
    model: &'a str,
    rollout: &'a manifest::Rollout,
    steps: &'a [manifest::Step],
    step: u32,
}

impl<'a> State<'a> {
    fn of(analysis: &'a Analysis, model: Option<&str>) -> Result<Self, Stop> {
        let models = analysis.manifest().models.iter().filter_map(|(name, model)| Some((name.as_str(), model.rollout.as_ref()?)));
        let rolling: Vec<(&str, _)> = models.collect();
        let names = rolling.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let found = match model {
            Some(model) => rolling.iter().find(|(name, _)| *name == model),
            None => rolling.first().filter(|_| rolling.len() == 1),
        };
        let (model, rollout) = found.ok_or_else(|| {
            Stop::unusable(match model {
                _ if rolling.is_empty() => "no model of this manifest has a rollout".to_owned(),
                Some(model) => format!("`{model}` has no rollout; these have one: {names}"),
                None => format!("several models have a rollout; name one of {names}"),
            })
        })?;
        let steps = rollout.steps.as_ref().map_or([].as_slice(), |steps| steps.value.as_slice());
        Ok(Self { model, rollout: &rollout.value, steps, step: rollout.step().value })
    }

    fn promoted(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX - 1) + 1
    }

    fn next(&self) -> Result<u32, Stop> {
        match self.promoted() - self.step {
            0 => Err(Stop::refused(format!("`{}` is promoted already", self.model))),
            1 => {
                Err(Stop::refused(format!("`{0}` stands at its last step; end it with `mlmesh rollout promote {0}`", self.model)))
            }
            _ => Ok(self.step + 1),
        }
    }

    fn versions(&self) -> (&str, &str) {
        let from = self.rollout.from.as_ref().map_or("", |version| version.value.as_str());
        let to = self.rollout.to.as_ref().map_or("", |version| version.value.as_str());
        (from, to)
    }

    fn describe(&self, step: u32) -> String {
        let (from, to) = self.versions();
        if step == 0 {
            return format!("step 0 (everything to `{from}`)");
        }
        if step == self.promoted() {
            return format!("step {step} (promoted: everything to `{to}`)");
        }
        let Some(at) = self.steps.get(step as usize - 1) else { return format!("step {step}") };
        let weight = at.weight.given().and_then(|weight| weight.value.0).unwrap_or(0);
        let hold = at.hold.given().map_or(String::new(), |hold| format!(", held {hold}"));
        format!("step {step} ({weight}% to `{to}`{hold})")
    }

    fn table(&self) -> String {
        let (from, to) = self.versions();
        let mut table = format!("{}: from `{from}` to `{to}`\n", self.model);
        for step in 0..=self.promoted() {
            let mark = if step == self.step { '>' } else { ' ' };
            table.push_str(&format!("{mark} {}\n", self.describe(step)));
        }
        table
    }
}
