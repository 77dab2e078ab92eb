//! Tables as text. On a terminal, a table that is wider than the screen is folded: its widest columns become narrower,
//! and their cells continue on the next line. In a pipe, each row is one line.

use std::io::IsTerminal;

/// How many columns of characters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width(Option<usize>);

impl Width {
    /// That of the terminal which standard output is: `COLUMNS`, if it says one, or its own. Anything else has no end.
    #[expect(clippy::disallowed_methods, reason = "the command line knows its terminal")]
    pub(super) fn of_output() -> Self {
        if !std::io::stdout().is_terminal() {
            return Self(None);
        }
        let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        Self(said.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))))
    }
}

/// Between two columns.
const GAP: &str = "  ";

pub(super) fn with_headings<const N: usize>(headings: [&str; N], rows: &[[String; N]], width: Width) -> String {
    let headings = headings.map(str::to_owned);
    plain(&std::iter::once(&headings).chain(rows).cloned().collect::<Vec<_>>(), width)
}

pub(super) fn plain<const N: usize>(rows: &[[String; N]], width: Width) -> String {
    let mut widths = widest(rows, length);
    if let Width(Some(width)) = width {
        let room = width.saturating_sub(GAP.len() * (N - 1));
        widths = narrowed(widths, widest(rows, longest_word), room);
    }
    rows.iter().map(|row| folded(row, widths)).collect()
}

pub(super) fn markdown<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let head = format!("| {} |\n|{}\n", headings.map(str::to_lowercase).join(" | "), "---|".repeat(N));
    let rows = rows.iter().map(|cells| format!("| {} |\n", cells.each_ref().map(|cell| cell.replace('|', "\\|")).join(" | ")));
    head + &rows.collect::<String>()
}

/// The largest measure of the cells of each column.
fn widest<const N: usize>(rows: &[[String; N]], measure: fn(&str) -> usize) -> [usize; N] {
    std::array::from_fn(|column| rows.iter().map(|row| measure(&row[column])).max().unwrap_or(0))
}

/// The widths with the widest reduced to one limit, the largest with which all of them fit. No column becomes narrower
/// than its longest word, unless the words alone do not fit.
fn narrowed<const N: usize>(widths: [usize; N], words: [usize; N], room: usize) -> [usize; N] {
    let words = if words.iter().sum::<usize>() <= room { words } else { [1; N] };
    let limits = (0..=widths.into_iter().max().unwrap_or(0)).rev();
    let mut fitting = limits.map(|limit| limited(widths, words, limit)).filter(|widths| widths.iter().sum::<usize>() <= room);
    fitting.next().unwrap_or([1; N])
}

fn limited<const N: usize>(widths: [usize; N], words: [usize; N], limit: usize) -> [usize; N] {
    std::array::from_fn(|column| widths[column].min(limit).max(words[column]))
}

/// A row on as many lines as its longest cell needs.
fn folded<const N: usize>(row: &[String; N], widths: [usize; N]) -> String {
    let cells: [Vec<String>; N] = std::array::from_fn(|column| wrapped(&row[column], widths[column]));
    let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..lines).map(|line| joined(&cells, line, widths)).collect()
}

fn joined<const N: usize>(cells: &[Vec<String>; N], line: usize, widths: [usize; N]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| padded(cell.get(line).map_or("", String::as_str), width));
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned() + "\n"
}

/// A cell with blanks behind it. The widths of `format!` end at 65,535 and panic beyond.
fn padded(cell: &str, width: usize) -> String {
    let blanks = width.saturating_sub(length(cell));
    format!("{cell}{}", " ".repeat(blanks))
}

/// A text in lines of at most `width` characters: between words, and within a word that is longer than a line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    if length(text) <= width {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for piece in words(text).flat_map(|word| pieces(word, width)) {
        let line = lines.last_mut().expect("there is a first line");
        if length(line) + length(piece.trim_end()) <= width {
            line.push_str(&piece);
        } else {
            lines.push(piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn longest_word(text: &str) -> usize {
    words(text).map(|word| length(word.trim_end())).max().unwrap_or(0)
}

/// The parts of a text between which a line may end: behind a blank or a hyphen, and before a slash.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.char_indices().filter_map(|(at, character)| match character {
        ' ' | '-' => Some(at + 1),
        '/' => Some(at),
        _ => None,
    });
    let mut start = 0;
    ends.chain([text.len()]).map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

/// A word in pieces of at most `width` characters, without the blank behind it.
fn pieces(word: &str, width: usize) -> Vec<String> {
    if length(word.trim_end()) <= width {
        return vec![word.to_owned()];
    }
    let characters: Vec<char> = word.chars().collect();
    characters.chunks(width.max(1)).map(|piece| piece.iter().collect()).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::{Width, plain, wrapped};

    #[test]
    fn a_table_that_fits_is_not_folded() {
        let rows = [["a".to_owned(), "b c".to_owned()]];
        assert_eq!(plain(&rows, Width(Some(6))), "a  b c\n");
        assert_eq!(plain(&rows, Width(Some(5))), "a  b\n   c\n");
    }

    #[test]
    fn the_widest_columns_become_narrower_and_words_stay_whole_if_they_can() {
        let rows = [["GET".to_owned(), "one, two, three".to_owned(), "policy of-some-length".to_owned()]];
        let expected = "GET  one, two,   policy of-\n     three       some-\n                 length\n";
        assert_eq!(plain(&rows, Width(Some(27))), expected);
        let folded = plain(&rows, Width(Some(12)));
        assert!(folded.lines().all(|line| line.chars().count() <= 12), "{folded}");
    }

    #[test]
    fn a_line_ends_behind_a_blank_or_a_hyphen_and_before_a_slash() {
        assert_eq!(wrapped("GET /v1/models", 8), ["GET /v1", "/models"]);
        assert_eq!(wrapped("embed-batch", 7), ["embed-", "batch"]);
        assert_eq!(wrapped("é\u{1f980}abc", 2), ["é\u{1f980}", "ab", "c"]);
    }

    #[test]
    fn nothing_is_lost_at_any_width() {
        let text = "AuthorizationPolicy embedder-inbound, from 10.20.0.0/16, fd00:20::/64";
        for width in 0..80 {
            let lines = wrapped(text, width);
            assert!(lines.iter().all(|line| line.len() <= width.max(1)), "at width {width}: {lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""), "at width {width}");
        }
    }
}
