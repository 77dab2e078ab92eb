//! A change to a person's text: these bytes become those. Every other byte stays as it is, line
//! endings, byte order mark and comments included.

use crate::spanned::Span;

/// Replace what stands at `span` (nothing, where it is empty) by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// The edited text.
    #[must_use]
    pub fn apply(&self, source: &str) -> String {
        let range = self.span.range();
        let mut edited = String::with_capacity(source.len() + self.text.len());
        edited.push_str(&source[..range.start]);
        edited.push_str(&self.text);
        edited.push_str(&source[range.end..]);
        edited
    }
}
