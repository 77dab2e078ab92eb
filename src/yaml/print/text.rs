//! Writes one string so that every reader reads that string: the rules of plain, quoted and `|` text, as wide as all
//! the grammars of YAML 1.1, YAML 1.2 and Go taken together.
//!
//! What could be a number, a date or a word with a meaning is quoted without asking which reader would see it so.

use std::fmt::{self, Write};

/// A key of more bytes is written `? "key"`: readers refuse a `key:` of more than 1,024 characters, and an escape
/// makes up to four characters of one byte.
const LONGEST_SIMPLE_KEY: usize = 120;

/// Writes `text` as a key, up to where its `:` goes.
pub(super) fn key(text: &str, indent: usize, out: &mut String) -> fmt::Result {
    if text.len() > LONGEST_SIMPLE_KEY {
        out.push_str("? ");
        quote(text, out)?;
        out.push('\n');
        pad(indent, out);
    } else if style(text) == Style::Plain {
        out.push_str(text);
    } else {
        quote(text, out)?;
    }
    Ok(())
}

/// Writes `text` as a value that belongs to a map or list in column `indent`, and ends the line.
pub(super) fn value(text: &str, indent: usize, out: &mut String) -> fmt::Result {
    match style(text) {
        Style::Plain => out.push_str(text),
        Style::Quoted => quote(text, out)?,
        Style::Lines => {
            lines(text, indent + 2, out);
            return Ok(());
        }
    }
    out.push('\n');
    Ok(())
}

/// Writes the blanks before column `indent`, which is even.
pub(super) fn pad(indent: usize, out: &mut String) {
    for _ in 0..indent / 2 {
        out.push_str("  ");
    }
}

/// Prints a `|` block, whose sign says how many line breaks the text ends in: none, one or more.
fn lines(text: &str, indent: usize, out: &mut String) {
    out.push_str(match text.strip_suffix('\n') {
        None => "|-\n",
        Some(rest) if rest.ends_with('\n') => "|+\n",
        Some(_) => "|\n",
    });
    for line in text.split_terminator('\n') {
        if !line.is_empty() {
            pad(indent, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn quote(text: &str, out: &mut String) -> fmt::Result {
    out.push('"');
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if visible(c) && c != '"' && c != '\\' {
            continue;
        }
        out.push_str(&text[done..at]);
        done = at + c.len_utf8();
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{ff}' => write!(out, "\\x{:02X}", u32::from(c))?,
            '\u{100}'..='\u{ffff}' => write!(out, "\\u{:04X}", u32::from(c))?,
            _ => write!(out, "\\U{:08X}", u32::from(c))?,
        }
    }
    out.push_str(&text[done..]);
    out.push('"');
    Ok(())
}

/// Whether every reader takes `c` as it stands: no control character, no line break of YAML 1.1 (NEL, LS, PS), no
/// byte order mark, no code point that Unicode says is no character.
fn visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' => false,
        _ => u32::from(c) & 0xfffe != 0xfffe,
    }
}

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    Plain,
    Quoted,
    Lines,
}

/// Finds the plainest style that every reader reads as `text`. A leading `---` is quoted whatever follows, since
/// kubectl cuts its files into documents, line by line, before it parses them.
fn style(text: &str) -> Style {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Style::Quoted;
    };
    // Most keys, and no word with a meaning is as long.
    if text.len() > LONGEST_WORD && bytes.iter().all(u8::is_ascii_alphabetic) {
        return Style::Plain;
    }
    let seen = bytes.iter().fold(0, |seen, byte| seen | CLASS[usize::from(*byte)]);
    if seen & CONTROL != 0 || (seen & WIDE != 0 && !text.chars().all(|c| visible(c) || c == '\n' || c == '\t')) {
        Style::Quoted
    } else if seen & BREAK != 0 {
        let lost = first.is_ascii_whitespace() || text.split('\n').any(|line| line.ends_with([' ', '\t']));
        if lost || text.split('\n').any(is_command) { Style::Quoted } else { Style::Lines }
    } else if CLASS[usize::from(*first)] & START == 0
        || seen & TAB != 0
        || matches!(last, b' ' | b':')
        || (seen & MARK != 0 && bytes.windows(2).any(|pair| matches!(pair, b": " | b" #")))
        || matches!(bytes, [b'-', b' ', ..] | [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..])
        || number_like(bytes, seen)
        || word_like(text)
    {
        Style::Quoted
    } else {
        Style::Plain
    }
}

/// Whether a runner of CI jobs that finds this line in a log takes it for an instruction, as a block of YAML or its diff
/// would show it (docs.github.com, workflow commands; learn.microsoft.com, logging commands of Azure Pipelines).
fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    ["::", "##[", "##vso["].iter().any(|start| line.starts_with(start))
}

/// Whether some reader could see a number or a date: wider than all their grammars, and cheap to know. Go drops every
/// `_` before it looks, so that `0_x1F` is a number too.
fn number_like(bytes: &[u8], seen: u8) -> bool {
    if seen & WORD == 0 {
        return !matches!(bytes, [b'e' | b'E', ..]);
    }
    if !matches!(bytes, [b'0'..=b'9' | b'+' | b'-' | b'.' | b'_', ..]) {
        return false;
    }
    let ([b'+' | b'-', digits @ ..] | digits) = bytes;
    if let [b'.', name @ ..] = digits {
        return name.eq_ignore_ascii_case(b"inf") || name.eq_ignore_ascii_case(b"nan");
    }
    let zeros = digits.iter().take_while(|byte| matches!(byte, b'0' | b'_')).count();
    let based = matches!(digits.get(zeros), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'));
    let dated = digits.get(4) == Some(&b'-') && digits[..4].iter().all(u8::is_ascii_digit);
    dated || (based && digits[..zeros].contains(&b'0'))
}

/// How long the longest word is that a reader could take for something else than text: `false`.
const LONGEST_WORD: usize = 5;

/// Whether some reader could see a boolean or a null, in any case: Go has even `y` and `N`.
fn word_like(text: &str) -> bool {
    let words: &[&str] = match text.len() {
        1 => &["y", "n"],
        2 => &["no", "on"],
        3 => &["yes", "off"],
        4 => &["true", "null"],
        5 => &["false"],
        _ => return false,
    };
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A byte that may begin a plain string.
const START: u8 = 1;
/// A byte that no number or date without letters has.
const WORD: u8 = 2;
/// A byte that ends a plain string when a blank is on its one side: `:` or `#`.
const MARK: u8 = 4;
/// A byte of a character outside ASCII.
const WIDE: u8 = 8;
const BREAK: u8 = 16;
const TAB: u8 = 32;
const CONTROL: u8 = 64;

/// What each byte means to a string that has it.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'\t' => TAB,
            b'\n' => BREAK,
            0..b' ' | 0x7f => CONTROL,
            0x80.. => WIDE | START | WORD,
            b'0'..=b'9' | b'+' | b'-' | b'.' | b'_' | b'e' | b'E' => START,
            b',' => 0,
            b':' => MARK,
            b'#' => MARK | WORD,
            b'A'..=b'Z' | b'a'..=b'z' | b'/' | b'$' | b'(' | b'^' | b'\\' => START | WORD,
            _ => WORD,
        };
        byte += 1;
    }
    class
};

#[cfg(test)]
mod tests {
    use super::{Style, style};

    #[track_caller]
    fn all(expected: Style, texts: &str) {
        for text in texts.split('|') {
            assert_eq!(style(text), expected, "{text:?}");
        }
    }

    #[test]
    fn everyday_strings_are_plain() {
        all(Style::Plain, "web|a b|/bin/sh|--port=8080|-x|100m|1.5Gi|$(POD_IP)|10.0.0.0/8|.git|e");
        all(Style::Plain, "a:b|a#b|it's|x, [y] {z}|50%|größe|日本|🙂|nope|12345-a");
    }

    #[test]
    fn what_a_reader_could_take_for_another_type_is_quoted() {
        all(Style::Quoted, "|~|null|y|N|oN|yes|False|=|<<");
        all(Style::Quoted, "1|-1|1_000|0_x1F|0o17|-0x1F|1e3|.5|12:30|+.inf|.NaN|2001-01-01T00");
    }

    #[test]
    fn what_a_reader_could_take_for_syntax_is_quoted() {
        all(Style::Quoted, "a: b|a:|a #b| a|a |a\tb|- a|-|---|---a|... a|%a|? a|:a|@a|`a|[a|{a|*a");
        all(Style::Quoted, "\0|\u{7f}|\u{85}|\u{2028}|\u{2029}|\u{feff}|\u{fffe}|\u{1ffff}");
    }

    #[test]
    fn lines_are_a_block_where_it_keeps_them() {
        all(Style::Lines, "a\nb|a\n|a\n\n\n|a\n\tb|a\n  b\n|# a\n---\n");
        all(Style::Quoted, "\n|\na| a\nb|\ta\nb|a \nb|a\n\t\nb|a\r\nb|a\n\u{85}b");
    }
}
