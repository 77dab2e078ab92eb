//! What a syntax error says.

use std::ops::Range;

use toml_spanner::ErrorKind;

use crate::diagnostic::Diagnostic;
use crate::spanned::{SourceId, Span};
use crate::syntax::statement::within;
use crate::syntax::{DUPLICATE_KEY, INVALID_TOML, header, span_of};

pub(super) fn describe(error: &toml_spanner::Error, text: &str, id: SourceId, statement: &Range<usize>) -> Diagnostic {
    let place = span_of(within(text, error.span().range(), statement), id);
    let (message, help) = match error.kind() {
        ErrorKind::DuplicateKey { first } => return taken(place, span_of(first.range(), id)),
        ErrorKind::DuplicateTable { name, first } => {
            return taken(span_of(name.range(), id), span_of(header(text, first.range()), id));
        }
        ErrorKind::RedefineAsArray { first } | ErrorKind::DottedKeyInvalidType { first } => {
            let message = "this name has a value of another kind already";
            return Diagnostic::new(&DUPLICATE_KEY, place, message).also(span_of(first.range(), id), "set here").help(RENAME);
        }
        ErrorKind::UnquotedString => ("this value has no quotes".to_owned(), "put text in quotes, such as `\"text\"`"),
        ErrorKind::UnterminatedString(quote) => {
            (format!("this string has no closing `{quote}`"), "add the closing quote, or use `\"\"\"` for several lines")
        }
        ErrorKind::InvalidEscape(c) => (format!("`\\{}` is not a valid escape sequence", c.escape_debug()), BACKSLASH),
        ErrorKind::InvalidHexEscape(_) | ErrorKind::InvalidEscapeValue(_) => {
            ("this escape sequence is not a Unicode character".to_owned(), BACKSLASH)
        }
        ErrorKind::InvalidCharInString(c) => {
            (format!("a string cannot contain `{}`", c.escape_debug()), "write it as an escape sequence, such as `\\n`")
        }
        ErrorKind::InvalidInteger(why) | ErrorKind::InvalidFloat(why) => {
            (format!("this is not a valid number: {why}"), "put text in quotes, such as `\"text\"`")
        }
        ErrorKind::InvalidDateTime(why) => (format!("this is not a valid date: {why}"), "put text in quotes, such as `\"text\"`"),
        ErrorKind::MissingArrayComma => ("a comma is missing between two items of an array".to_owned(), "add `,` or `]`"),
        ErrorKind::UnclosedArray => ("this array has no closing `]`".to_owned(), "add `]`"),
        ErrorKind::MissingInlineTableComma => ("a comma is missing between two keys of a table".to_owned(), "add `,` or `}`"),
        ErrorKind::UnclosedInlineTable => ("this table has no closing `}`".to_owned(), "add `}`"),
        ErrorKind::MultilineStringKey => ("a key cannot have several lines".to_owned(), "use a string of one line"),
        ErrorKind::UnexpectedEof => ("the file ends in the middle of a statement".to_owned(), "complete the statement"),
        ErrorKind::FileTooLarge => ("the file is larger than 256 MiB".to_owned(), "split it"),
        ErrorKind::Unexpected('\n' | '\r') => ("a value is missing here".to_owned(), "add the value, or remove the key"),
        ErrorKind::Unexpected(c) => (format!("unexpected `{}`", c.escape_debug()), SYNTAX),
        // The library's list grows, and some of its errors come from reading values, which happens elsewhere.
        _ => (error.message(text), SYNTAX),
    };
    Diagnostic::new(&INVALID_TOML, place, message).help(help)
}

const RENAME: &str = "remove one of the two, or rename it";
const BACKSLASH: &str = "write `\\\\` for a backslash, or put the string in single quotes";
const SYNTAX: &str = "see https://toml.io for how this is written";

fn taken(place: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_KEY, place, "this name is taken already in its table").also(first, "first set here").help(RENAME)
}
