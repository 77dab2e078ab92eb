//! The texts of one run: the manifest, and each setting of the command line, so that an error can
//! point at either. A source knows its lines; it never reads a file itself.

use crate::line::Line;
use crate::spanned::{SourceId, Span};

const BOM: char = '\u{feff}';

/// One text and the name under which a person knows it.
#[derive(Debug)]
pub struct Source {
    name: Line,
    file_name: Line,
    text: String,
    line_starts: Vec<u32>,
    /// Where the first bytes stand that are no UTF-8.
    not_text: Option<u32>,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Source {
    /// A source called `name` in messages.
    pub fn new(name: impl Into<Line>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let breaks = text.match_indices('\n').map(|(at, _)| offset(at + 1));
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { file_name: Line::of(last_part(&name)), name, text, line_starts, not_text: None }
    }

    /// A source of bytes that need not be text: what is no UTF-8 becomes U+FFFD, and parsing reports it.
    pub fn of_bytes(name: impl Into<Line>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(name, text),
            Err(error) => {
                let not_text = Some(offset(error.utf8_error().valid_up_to()));
                Self { not_text, ..Self::new(name, String::from_utf8_lossy(error.as_bytes())) }
            }
        }
    }

    /// The same source, of a file of this name: where nobody knows the file, as on standard input, the output should
    /// still be that of the file.
    #[must_use]
    pub fn with_file_name(self, name: &str) -> Self {
        Self { file_name: Line::of(name), ..self }
    }

    /// The name of the file without its folders, which are no part of what it means.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Where the first bytes stand that are no UTF-8.
    pub(crate) fn not_text(&self) -> Option<u32> {
        self.not_text
    }

    /// The name that messages use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte offset. A byte order mark takes no column.
    #[must_use]
    pub fn place(&self, at: u32) -> Place {
        let line = self.line_of(at);
        let before = &self.text[self.line_start(line)..at as usize];
        let columns = before.chars().filter(|&character| character != BOM).count();
        Place { line: line + 1, column: columns + 1 }
    }

    /// The number, from 0, of the line that holds this offset.
    pub(crate) fn line_of(&self, at: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= at) - 1
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The offset at which a line, numbered from 0, begins; behind the last one, the end of the text.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line).map_or(self.text.len(), |&start| start as usize)
    }
}

/// The last part of a path.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A byte offset as spans store it.
pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// All the texts of one run, in the order in which they came. The first is the manifest.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl FromIterator<Source> for Sources {
    fn from_iter<I: IntoIterator<Item = Source>>(sources: I) -> Self {
        Self(sources.into_iter().collect())
    }
}

impl Sources {
    /// The text that a span points into.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[usize::from(id.0)]
    }

    /// The manifest itself.
    #[must_use]
    pub fn manifest(&self) -> &Source {
        &self.0[0]
    }

    /// The name of the manifest itself.
    #[must_use]
    pub fn manifest_name(&self) -> &str {
        self.0.first().map_or("", Source::name)
    }

    /// The words at a span.
    #[must_use]
    pub fn words(&self, span: Span) -> &str {
        &self.get(span.source).text()[span.range()]
    }
}
