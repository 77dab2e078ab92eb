//! What became of a key that a table may have.

/// A key of a table, as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field<T> {
    /// Nobody wrote it.
    #[default]
    Absent,
    /// It was written, or may have been, and has no value that can be used; that was reported.
    Invalid,
    /// Its value.
    Given(T),
}

impl<T> Field<T> {
    /// The value, if it was given.
    pub(crate) fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Invalid => None,
        }
    }

    /// The value itself, if it was given.
    pub(crate) fn given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Invalid => None,
        }
    }

    /// This field of a table, or where it was left out, that of the table that it inherits from.
    pub(crate) fn inherit<'a>(&'a self, parent: &'a Self) -> &'a Self {
        if self.is_absent() { parent } else { self }
    }

    /// Whether it has a value that can be used.
    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    /// Whether it was left out for sure, so that something may be said of its absence.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it was written, or may have been, without a value that can be used.
    pub(crate) fn is_invalid(&self) -> bool {
        matches!(self, Self::Invalid)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Given)
    }
}
