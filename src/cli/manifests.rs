//! The manifests of one command. Each is analysed by itself, and one that cannot be read does not hide what is found in
//! the others.

use std::fmt::Display;
use std::mem::ManuallyDrop;

use crate::manifest::overlay::Overlay;
use crate::{Analysis, Report, Source, Sources, analyze};

use super::Stop;
use super::input::Place;

/// A manifest that was read.
pub(super) struct Manifest {
    pub(super) place: Place,
    /// A process that ends does not have to give back piece by piece what it holds.
    pub(super) analysis: ManuallyDrop<Analysis>,
}

impl Manifest {
    /// Reads and analyses a manifest with settings laid over it.
    pub(super) fn read(place: Place, overlays: &[Overlay]) -> Result<Self, Stop> {
        let source = place.read()?;
        Self::of(place, source, overlays)
    }

    /// Analyses a manifest with settings laid over it.
    pub(super) fn of(place: Place, source: Source, overlays: &[Overlay]) -> Result<Self, Stop> {
        let name = source.name().to_owned();
        let analysis = analyze(source, overlays).map_err(|error| Stop::unusable(format!("{name}: {error}")))?;
        Ok(Self { place, analysis: ManuallyDrop::new(analysis) })
    }

    /// The name that messages use.
    pub(super) fn name(&self) -> &str {
        self.sources().manifest_name()
    }

    pub(super) fn report(&self) -> &Report {
        self.analysis.report()
    }

    /// Its text as a source of another analysis.
    fn source(&self) -> Source {
        self.place.source_of(self.sources().manifest().text())
    }

    pub(super) fn sources(&self) -> &Sources {
        self.analysis.sources()
    }

    /// An error about this manifest.
    pub(super) fn unusable(&self, message: impl Display) -> Stop {
        Stop::unusable(format!("{}: {message}", self.name()))
    }
}

/// The manifests that could be read, in the order in which they were named, and the reasons why others could not.
pub(super) struct Manifests {
    pub(super) list: Vec<Manifest>,
    stops: Vec<Stop>,
}

impl Manifests {
    pub(super) fn of<T>(places: impl IntoIterator<Item = T>, read: impl Fn(T) -> Result<Manifest, Stop>) -> Self {
        let (mut list, mut stops) = (Vec::new(), Vec::new());
        for place in places {
            match read(place) {
                Ok(manifest) => list.push(manifest),
                Err(stop) => stops.push(stop),
            }
        }
        Self { list, stops }
    }

    /// The same manifests, which are text, with settings laid over them.
    pub(super) fn again(list: &[Manifest], overlays: &[Overlay]) -> Self {
        Self::of(list, |manifest| Manifest::of(manifest.place.clone(), manifest.source(), overlays))
    }

    pub(super) fn has_errors(&self) -> bool {
        self.list.iter().any(|manifest| manifest.report().has_errors())
    }

    /// Every manifest, if all could be read and none has errors.
    pub(super) fn sound(mut self) -> Result<Vec<Manifest>, Stop> {
        if self.has_errors() {
            self.stops.push(Stop::Found);
        }
        Stop::all(self.stops)?;
        Ok(self.list)
    }
}

/// Each manifest of `after` behind the same one of `before`.
pub(super) fn pairs<'a>(before: &'a [Manifest], after: &'a [Manifest]) -> Vec<(&'a Manifest, &'a Manifest)> {
    after.iter().filter_map(|one| Some((at(&one.place, before)?, one))).collect()
}

fn at<'a>(place: &Place, manifests: &'a [Manifest]) -> Option<&'a Manifest> {
    manifests.iter().find(|manifest| manifest.place == *place)
}
