//! The arguments of every command that reads manifests: which ones, what is assumed in place of what they say, and how
//! their diagnostics are printed.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;

use crate::manifest::overlay::Overlay;

use super::input::{self, Place};
use super::manifests::{Manifest, Manifests};
use super::report::{Reporter, Reporting};
use super::{Stop, tracked};

/// Which manifests, and how.
#[derive(Args)]
pub(super) struct Arguments {
    /// A manifest; repeat it for several; `-` is standard input [default: `mlops.toml` here or in the nearest folder above]
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    named: Vec<PathBuf>,
    /// Every `mlops.toml` in this folder and below that Git tracks
    #[arg(long, conflicts_with = "named")]
    all: bool,
    /// Assumes another version of `linkerd`, `kubernetes` or `gateway-api`
    #[arg(long, value_name = "NAME=VERSION", value_parser = version)]
    cluster: Vec<Overlay>,
    /// Assumes that the rollout of MODEL (or the only one) is at this step
    #[arg(long, value_name = "[MODEL=]N", value_parser = step)]
    step: Vec<Overlay>,
    #[command(flatten)]
    reporting: Reporting,
}

/// The same for a command without other positional arguments: its files need no option.
#[derive(Args)]
pub(super) struct FileArguments {
    /// The manifests; `-` is standard input [default: `mlops.toml` here or in the nearest folder above]
    #[arg(value_name = "FILE", conflicts_with_all = ["named", "all"])]
    files: Vec<PathBuf>,
    #[command(flatten)]
    common: Arguments,
}

impl FileArguments {
    /// As [`Arguments::analyses`].
    pub(super) fn analyses(&self) -> Result<Manifests, Stop> {
        self.with(&self.common.overlays())
    }

    /// Every manifest as it is written, but at the step of `--step`.
    pub(super) fn without_cluster(&self) -> Result<Manifests, Stop> {
        self.with(&self.common.step)
    }

    /// The manifests, each to be read by `read`.
    pub(super) fn each(&self, read: impl Fn(Place) -> Result<Manifest, Stop>) -> Result<Manifests, Stop> {
        Ok(Manifests::of(self.places()?, read))
    }

    /// The step that `--step` assumes, and these settings.
    pub(super) fn step_and(&self, overlays: &[Overlay]) -> Vec<Overlay> {
        [&self.common.step, overlays].concat()
    }

    /// The versions that `--cluster` assumes.
    pub(super) fn cluster(&self) -> &[Overlay] {
        &self.common.cluster
    }

    pub(super) fn reporter(&self) -> Reporter {
        self.common.reporter()
    }

    fn with(&self, overlays: &[Overlay]) -> Result<Manifests, Stop> {
        self.each(|place| Manifest::read(place, overlays))
    }

    fn places(&self) -> Result<Vec<Place>, Stop> {
        if self.files.is_empty() { self.common.places() } else { Ok(input::places(&self.files)) }
    }
}

impl Arguments {
    /// Every manifest, with `--cluster` and `--step` laid over it.
    pub(super) fn analyses(&self) -> Result<Manifests, Stop> {
        let overlays = self.overlays();
        Ok(Manifests::of(self.places()?, |place| Manifest::read(place, &overlays)))
    }

    /// Every manifest, to change it: nobody else changes a manifest of these folders until the locks are dropped.
    pub(super) fn analyses_to_edit(&self) -> Result<(Manifests, Vec<File>), Stop> {
        if !self.overlays().is_empty() {
            return Err(Stop::unusable("`--cluster` and `--step` cannot be combined with a change of the manifest"));
        }
        let places = self.places()?;
        let locks = input::lock(&places)?;
        Ok((Manifests::of(places, |place| Manifest::read(place, &[])), locks))
    }

    pub(super) fn reporter(&self) -> Reporter {
        self.reporting.reporter()
    }

    /// What is laid over every manifest.
    fn overlays(&self) -> Vec<Overlay> {
        [self.cluster.as_slice(), &self.step].concat()
    }

    fn places(&self) -> Result<Vec<Place>, Stop> {
        if self.all {
            return Ok(input::places(&tracked::manifests()?));
        }
        if self.named.is_empty() { Ok(vec![input::search()?]) } else { Ok(input::places(&self.named)) }
    }
}

/// Another version of something that the cluster has.
fn version(text: &str) -> Result<Overlay, String> {
    Overlay::version(text)
        .ok_or_else(|| "write `linkerd`, `kubernetes` or `gateway-api` and a version, such as `linkerd=2.21`".to_owned())
}

fn step(text: &str) -> Result<Overlay, String> {
    Overlay::step(text).ok_or_else(|| "write a step, such as `2` or `recommender=2`".to_owned())
}
