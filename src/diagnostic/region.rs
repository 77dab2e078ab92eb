//! Where a span stands, in the words that machines read.

use crate::source::{Place, Sources};
use crate::spanned::Span;

/// Where a span stands, for machines: the end is behind the last character.
pub(super) struct Region<'a> {
    pub(super) file: &'a str,
    pub(super) start: Place,
    pub(super) end: Place,
}

impl<'a> Region<'a> {
    pub(super) fn of(span: Span, sources: &'a Sources) -> Self {
        let source = sources.get(span.source);
        Self { file: source.name(), start: source.place(span.start), end: source.place(span.end) }
    }
}
