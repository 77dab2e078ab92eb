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

/// Several edits of one text at once, each where it stood before the others. Of two that touch each
/// other the first one is made. Says how many were made.
#[must_use]
pub fn apply_all(edits: &[Edit], source: &str) -> (String, usize) {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    let (mut edited, mut at, mut made) = (String::with_capacity(source.len()), 0, 0);
    for edit in sorted {
        let range = edit.span.range();
        // Offsets are those of the text before any edit, so an edit that overlaps one that was made has lost its place.
        if range.start >= at && (made == 0 || range.start > at) {
            edited.push_str(&source[at..range.start]);
            edited.push_str(&edit.text);
            (at, made) = (range.end, made + 1);
        }
    }
    edited.push_str(&source[at..]);
    (edited, made)
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
