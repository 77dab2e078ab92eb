//! The statement that holds a syntax error: what is left out, so that the rest can be read.

use std::ops::Range;

/// Where the header stands that a statement belongs to; the root has none.
pub(super) fn section_of(text: &str, statement: usize) -> Option<usize> {
    let mut end = statement;
    while end > 0 {
        let start = text[..end - 1].rfind('\n').map_or(0, |end| end + 1);
        let line = &text[start..];
        if begins_statement(line) && begins_header(line) {
            return Some(start + line.find('[').unwrap_or(0));
        }
        end = start;
    }
    None
}

/// The lines of the statement that holds this offset: from the last line that begins a statement to
/// the next one that does. A broken header takes the statements below it along.
pub(super) fn statement_around(text: &str, at: usize) -> Range<usize> {
    let at = if text[at..].starts_with('\n') || at == text.len() { at.saturating_sub(1) } else { at };
    let line_start = text[..floor(text, at)].rfind('\n').map_or(0, |end| end + 1);
    let mut start = line_start;
    while start > 0 && !begins_statement(&text[start..]) {
        start = text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    // A value that an earlier line leaves open runs into this one: that line is to blame.
    let mut before = start;
    while before > 0 && (before == start || !begins_statement(&text[before..])) {
        before = text[..before - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    if before < start && leaves_open(&text[before..start]) {
        return before..start;
    }
    let header = text[start..].trim_start().starts_with('[');
    let mut end = next_line(text, start);
    while end < text.len() && !(if header { begins_header(&text[end..]) } else { begins_statement(&text[end..]) }) {
        end = next_line(text, end);
    }
    // The error of an unclosed value is where the text ends, its statement where the value began.
    start..end.max(start)
}

/// Whether a bracket is opened here that is not closed; texts in quotes and comments do not count.
fn leaves_open(statement: &str) -> bool {
    let (mut depth, mut quote) = (0i32, None);
    for line in statement.lines() {
        let mut escaped = false;
        for c in line.chars() {
            match quote {
                Some(end) if c == end && !escaped => quote = None,
                Some(end) => escaped = end == '"' && c == '\\' && !escaped,
                None if c == '#' => break,
                None if c == '"' || c == '\'' => quote = Some(c),
                None if c == '[' || c == '{' => depth += 1,
                None if c == ']' || c == '}' => depth -= 1,
                None => {}
            }
        }
        quote = None;
    }
    depth > 0
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn next_line(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |end| from + end + 1)
}

pub(super) fn begins_header(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '\u{feff}']).starts_with('[')
}

/// Whether a line looks like `key = ...` or `[header]`, and not like the inside of a longer value.
fn begins_statement(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or("").trim_start_matches('\u{feff}');
    let indented = line.starts_with([' ', '\t']);
    let line = line.trim_start();
    if line.starts_with('[') {
        return !indented && !line.trim_end().ends_with(',');
    }
    let key_end = line.find(|c: char| !(c.is_alphanumeric() || "-_.\"' \t".contains(c)));
    key_end.is_some_and(|end| end > 0 && line[end..].starts_with('=') && !line.trim_end().ends_with(','))
}

/// The place of an error inside the statement that is to blame; at least one character, if it can be.
pub(super) fn within(text: &str, at: Range<usize>, statement: &Range<usize>) -> Range<usize> {
    let written = text[statement.clone()].trim_end().len() + statement.start;
    let start = floor(text, at.start.clamp(statement.start, written));
    let end = at.end.clamp(start, written);
    let one = text[start..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8);
    start..if text.is_char_boundary(end) { end.max(start + one) } else { start + one }
}

pub(super) fn blanked(text: &str, range: Range<usize>) -> String {
    let mut blanked = text.to_owned();
    let spaces: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    blanked.replace_range(range, &spaces);
    blanked
}
