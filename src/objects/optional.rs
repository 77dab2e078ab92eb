//! A list or a map that an object may leave out.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A collection that is left out where it is empty, unless it was read from a text that has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Optional<C> {
    value: C,
    is_written_empty: bool,
}

impl<C: Default + PartialEq> Optional<C> {
    /// Whether it is left out.
    pub(crate) fn is_absent(&self) -> bool {
        !self.is_written_empty && self.value == C::default()
    }
}

impl<C> From<C> for Optional<C> {
    fn from(value: C) -> Self {
        Self { value, is_written_empty: false }
    }
}

impl<T, C: FromIterator<T>> FromIterator<T> for Optional<C> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<C>().into()
    }
}

impl<C> Deref for Optional<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.value
    }
}

impl<C> DerefMut for Optional<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.value
    }
}

impl<C: Serialize> Serialize for Optional<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// A null is absent, as it is to Kubernetes.
impl<'de, C: Deserialize<'de> + Default + PartialEq> Deserialize<'de> for Optional<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(value) = Option::<C>::deserialize(deserializer)? else { return Ok(C::default().into()) };
        let is_written_empty = value == C::default();
        Ok(Self { value, is_written_empty })
    }
}
