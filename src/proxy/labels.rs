//! What selects pods, and the pods, found by their labels: a mesh has many of both, and every question asks
//! for them.

use std::collections::BTreeMap;

use crate::objects::Map;

/// A namespace, and a label in it.
type Label<'a> = (&'a str, &'a str, &'a str);

fn labels<'a>(namespace: &'a str, map: &'a Map) -> impl Iterator<Item = Label<'a>> {
    map.iter().map(move |(key, value)| (namespace, key.as_ref(), value.as_ref()))
}

/// Whether pods with these labels are selected.
fn is_subset(selector: &Map, labels: &Map) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

/// A thing that selects pods of a namespace; without a selector all of them.
pub(super) type Selecting<'a, T> = (&'a str, Option<&'a Map>, T);

/// Things that select pods, each under the first label of its selector, and those that select all pods of a namespace.
pub(super) struct Selectors<'a, T> {
    by_label: BTreeMap<Label<'a>, Vec<(&'a Map, T)>>,
    of_all: BTreeMap<&'a str, Vec<T>>,
}

impl<'a, T> Selectors<'a, T> {
    fn insert(&mut self, namespace: &'a str, selector: Option<&'a Map>, thing: T) {
        match selector.and_then(|selector| Some((selector, labels(namespace, selector).next()?))) {
            Some((selector, first)) => self.by_label.entry(first).or_default().push((selector, thing)),
            None => self.of_all.entry(namespace).or_default().push(thing),
        }
    }

    /// What selects pods with these labels.
    pub(super) fn of<'s>(&'s self, namespace: &'s str, pod: &'s Map) -> impl Iterator<Item = &'s T> {
        let candidates = labels(namespace, pod).filter_map(|label| self.by_label.get(&label)).flatten();
        let by_label = candidates.filter(|(selector, _)| is_subset(selector, pod)).map(|(_, thing)| thing);
        by_label.chain(self.of_all.get(namespace).into_iter().flatten())
    }
}

impl<'a, T> FromIterator<Selecting<'a, T>> for Selectors<'a, T> {
    fn from_iter<I: IntoIterator<Item = Selecting<'a, T>>>(things: I) -> Self {
        let mut selectors = Self { by_label: BTreeMap::new(), of_all: BTreeMap::new() };
        things.into_iter().for_each(|(namespace, selector, thing)| selectors.insert(namespace, selector, thing));
        selectors
    }
}

/// Pods, each under every label of its own.
pub(super) struct Labelled<'a, T>(BTreeMap<Label<'a>, Vec<(&'a Map, T)>>);

impl<'a, T> Labelled<'a, T> {
    /// The pods that a selector takes.
    pub(super) fn of<'s>(&'s self, namespace: &'s str, selector: &'s Map) -> impl Iterator<Item = &'s T> {
        let candidates = labels(namespace, selector).next().and_then(|first| self.0.get(&first)).into_iter().flatten();
        candidates.filter(|(own, _)| is_subset(selector, own)).map(|(_, pod)| pod)
    }
}

impl<'a, T: Clone> FromIterator<(&'a str, &'a Map, T)> for Labelled<'a, T> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a Map, T)>>(pods: I) -> Self {
        let mut labelled = Self(BTreeMap::new());
        for (namespace, own, pod) in pods {
            labels(namespace, own).for_each(|label| labelled.0.entry(label).or_default().push((own, pod.clone())));
        }
        labelled
    }
}
