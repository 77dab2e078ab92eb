//! How a text of somebody else reaches a terminal or a log: on one line, with every character visible. A manifest, a
//! file's name or an argument can hold line breaks and escape sequences, and a log that is read by machines would
//! take them for its own lines.

use std::fmt::{self, Write};
use std::ops::Deref;

use serde::{Serialize, Serializer};

/// A text without line breaks, control characters and characters that reorder their neighbours: these are escaped, as
/// `\n` or `\u{1b}`. Everything else stays as it was written.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// The text on one line.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut line = String::with_capacity(text.len());
        for character in text.chars() {
            if is_plain(character) {
                line.push(character);
            } else {
                write!(line, "{}", character.escape_debug()).expect("a string takes everything");
            }
        }
        Self(line)
    }
}

/// Whether a character shows itself and moves nothing else. U+2028 and U+2029 end a line in YAML and JavaScript; the
/// others join, hide or reorder what stands beside them (Unicode, UAX #9).
fn is_plain(character: char) -> bool {
    let special = ['\u{61c}', '\u{feff}', '\u{2028}', '\u{2029}'];
    let hidden = ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{2069}'];
    !character.is_control() && !special.contains(&character) && !hidden.iter().any(|range| range.contains(&character))
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        if text.chars().all(is_plain) { Self(text) } else { Self::of(&text) }
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::of(text)
    }
}

impl Deref for Line {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn what_would_end_a_line_or_move_a_cursor_is_escaped() {
        for (text, line) in [
            ("plain, äöü, 模型 and \"quotes\"", "plain, äöü, 模型 and \"quotes\""),
            ("a\nb\r\nc\td", r"a\nb\r\nc\td"),
            ("\u{1b}[31mred\u{7}\u{9b}0m\u{7f}", r"\u{1b}[31mred\u{7}\u{9b}0m\u{7f}"),
            ("x\u{2028}::error::y\u{85}z", r"x\u{2028}::error::y\u{85}z"),
            ("\u{202e}live\u{2066}\u{200b}", r"\u{202e}live\u{2066}\u{200b}"),
        ] {
            assert_eq!(&*Line::of(text), line);
            assert_eq!(Line::from(text.to_owned()), Line::of(text));
        }
    }
}
