//! `mlmesh rollout`: shows where a rollout stands, and moves `step` in the manifest. Every other byte
//! of the file stays.

use clap::{Args, Subcommand};

use crate::manifest::{self, step};

use super::arguments::Arguments;
use super::manifests::Manifest;
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
    #[command(flatten)]
    arguments: Arguments,
}

impl Rollout {
    pub(super) fn run(&self) -> Result<(), Stop> {
        match &self.action {
            Action::Status(which) => which.show(),
            Action::Advance(which) => which.change(|state| state.next()),
            Action::Rollback(which) => which.change(|_| Ok(0)),
            Action::Promote(which) => which.change(|state| Ok(state.promoted())),
        }
    }
}

impl Which {
    /// Nobody waits for a lock who only wants to know.
    fn show(&self) -> Result<(), Stop> {
        let manifests = self.arguments.analyses()?;
        self.arguments.reporter().report_errors(&manifests.list)?;
        text::print_answers(&manifests.sound()?, |manifest| Ok(State::of(manifest, self.model.as_deref())?.table()))
    }

    /// Nothing is written before the step of every manifest is found and placed.
    fn change(&self, target: impl Fn(&State<'_>) -> Result<u32, Stop>) -> Result<(), Stop> {
        let (manifests, _locks) = self.arguments.analyses_to_edit()?;
        self.arguments.reporter().report_errors(&manifests.list)?;
        let manifests = manifests.sound()?;
        let mut edits = Vec::new();
        for manifest in &manifests {
            let state = State::of(manifest, self.model.as_deref())?;
            let to = target(&state)?;
            edits.push((manifest, state.moved(to, manifest)?, state.movement(to)));
        }
        for (manifest, text, _) in &edits {
            text.iter().try_for_each(|text| manifest.place.replace(text))?;
        }
        text::print(&edits.into_iter().map(|(_, _, movement)| movement).collect::<String>())
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
    fn of(manifest: &'a Manifest, model: Option<&str>) -> Result<Self, Stop> {
        let models =
            manifest.analysis.manifest().models.iter().filter_map(|(name, model)| Some((name.as_str(), model.rollout.as_ref()?)));
        let rolling: Vec<(&str, _)> = models.collect();
        let names = rolling.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let found = match model {
            Some(model) => rolling.iter().find(|(name, _)| *name == model),
            None => rolling.first().filter(|_| rolling.len() == 1),
        };
        let (model, rollout) = found.ok_or_else(|| {
            manifest.unusable(match model {
                _ if rolling.is_empty() => "no model of this manifest has a rollout".to_owned(),
                Some(model) => format!("`{model}` has no rollout; these have one: {names}"),
                None => format!("several models have a rollout; name one of {names}"),
            })
        })?;
        let steps = rollout.steps.as_ref().map_or([].as_slice(), |steps| steps.value.as_slice());
        Ok(Self { model, rollout: &rollout.value, steps, step: rollout.step().value })
    }

    /// The text of the manifest with the rollout at this step; none where it is there already.
    fn moved(&self, to: u32, manifest: &Manifest) -> Result<Option<String>, Stop> {
        if to == self.step {
            return Ok(None);
        }
        let edited = step::with_step(manifest.sources().manifest().text(), self.model, to);
        edited.map(Some).ok_or_else(|| {
            let name = manifest.name();
            Stop::refused(format!(
                "{name}: cannot place the step; write `step = {to}` into the rollout of `{}` by hand",
                self.model
            ))
        })
    }

    fn movement(&self, to: u32) -> String {
        match to == self.step {
            true => format!("{}: stays at {}\n", self.model, self.describe(to)),
            false => format!("{}: from {} to {}\n", self.model, self.describe(self.step), self.describe(to)),
        }
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
