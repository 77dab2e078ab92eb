//! Tables of one kind, each under its name: `[models.NAME]`. A sorted list: most are short, and a list
//! takes no more room than its entries.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::diagnostic::Report;
use crate::spanned::Spanned;
use crate::syntax::Value;
use crate::value::read::{Read, as_table};

/// Values by name, in the order of the names; each name keeps its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<T> {
    entries: Vec<(Spanned<String>, T)>,
    /// Whether these are all: others may have been written where nothing could be read.
    complete: bool,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), complete: true }
    }
}

impl<T> Named<T> {
    /// None that can be read, of which nobody knows how many there are.
    #[must_use]
    pub(crate) fn of_unknown() -> Self {
        Self { entries: Vec::new(), complete: false }
    }

    /// Whether these are all.
    #[must_use]
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// The value under a name.
    #[must_use]
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.position(name).ok().map(|at| &self.entries[at].1)
    }

    /// Whether there is one under this name.
    #[must_use]
    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// Whether there is none at all.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Spanned<String>, &T)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    /// The names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Spanned<String>> + Clone {
        self.entries.iter().map(|(name, _)| name)
    }

    /// The values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The names with their values.
    pub(crate) fn into_entries(self) -> Vec<(Spanned<String>, T)> {
        self.entries
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(other, _)| other.value.as_str().cmp(name))
    }
}

impl<T: Clone> Named<T> {
    /// These entries, with those of `other` in place of the ones that bear the same names.
    #[must_use]
    pub(crate) fn overlaid(&self, other: &Self) -> Self {
        let mut entries = self.entries.clone();
        entries.retain(|(name, _)| !other.contains_key(name));
        entries.extend(other.entries.iter().cloned());
        Self { complete: self.complete && other.complete, ..entries.into_iter().collect() }
    }
}

impl<T> FromIterator<(Spanned<String>, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (Spanned<String>, T)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by(|one, other| one.0.value.cmp(&other.0.value));
        entries.shrink_to_fit();
        Self { entries, complete: true }
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = (&'a Spanned<String>, &'a T);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (Spanned<String>, T)>, fn(&'a (Spanned<String>, T)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}

/// A name that is written stays known even where its table is broken: see [`Default`].
impl<T: Read + Default> Read for Named<T> {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let table = as_table(value, report)?;
        let entries = table.entries.iter();
        let named =
            entries.map(|(key, value)| (Spanned::new(key.to_string(), key.span), T::read(value, report).unwrap_or_default()));
        let named: Self = named.collect();
        Some(Self { complete: table.complete, ..named })
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}
