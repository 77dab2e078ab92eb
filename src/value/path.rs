//! The path of a route: a template of literal text, `{x}` and a closing `{x*}`, or a regular expression.

use std::fmt;

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::syntax::Value;
use crate::upstream::gateway;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_PATH = "invalid-path", Error, "a template that is no path",
        "The Gateway API refuses a path that does not start with `/` or that holds `//`, `/./`, `/../`, `%2f`, `?` or `#` \
         (CEL rules of HTTPRoute v1.2.1), and a proxy matches the path without its query: such a route would never match.";
}

/// What a route matches the path of a request with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Literal text and parameters.
    Template(PathTemplate),
    /// An expression that must match the whole path.
    Regex(String),
}

/// Literal text and parameters, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathTemplate {
    /// The pieces; the first one starts with `/`.
    pub pieces: Vec<Piece>,
}

/// A piece of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These characters.
    Literal(String),
    /// `{x}`: one or more characters inside one segment.
    Parameter,
    /// `{x*}`: anything, to the end.
    Rest,
}

impl PathTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Says in a few words why the text is no path.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with('/') {
            return Err("it does not start with `/`");
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            push_literal(&mut pieces, &rest[..open])?;
            let close = rest.find('}').filter(|&close| close > open).ok_or("a `{` is not closed")?;
            pieces.push(parameter(&rest[open + 1..close], &pieces, &rest[close + 1..])?);
            rest = &rest[close + 1..];
        }
        push_literal(&mut pieces, rest)?;
        let shape: String = pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text } else { "x" }).collect();
        if gateway::has_lost_segment(&shape) {
            return Err("it holds an empty segment, `.`, `..` or an encoded slash");
        }
        Ok(Self { pieces })
    }

    /// The path itself, if it has no parameter.
    #[must_use]
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// What stands between two slashes of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// Text of which a part is a parameter.
    Open,
    /// Everything from here on.
    Rest,
}

impl PathTemplate {
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut current = Segment::Literal(String::new());
        for piece in &self.pieces {
            match piece {
                Piece::Parameter => current = Segment::Open,
                Piece::Rest => current = Segment::Rest,
                Piece::Literal(text) => {
                    for (at, part) in text.split('/').enumerate() {
                        if at > 0 {
                            segments.push(std::mem::replace(&mut current, Segment::Literal(String::new())));
                        }
                        if let Segment::Literal(literal) = &mut current {
                            literal.push_str(part);
                        }
                    }
                }
            }
        }
        segments.push(current);
        segments
    }
}

fn parameter(name: &str, before: &[Piece], behind: &str) -> Result<Piece, &'static str> {
    let (plain, rest) = name.strip_suffix('*').map_or((name, false), |plain| (plain, true));
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Err("a parameter is a name in braces, such as `{name}` or `{path*}`");
    }
    let after_slash = matches!(before.last(), Some(Piece::Literal(text)) if text.ends_with('/'));
    match (rest, before.last()) {
        (true, _) if !after_slash || !behind.is_empty() => Err("`{x*}` stands alone behind the last slash"),
        (true, _) => Ok(Piece::Rest),
        (false, Some(Piece::Literal(_))) => Ok(Piece::Parameter),
        (false, _) => Err("two parameters need something between them"),
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) -> Result<(), &'static str> {
    if !gateway::is_path_text(text) {
        return Err("it holds a character that a path cannot have, or a `%` without two hexadecimal digits");
    }
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
    Ok(())
}

impl Path {
    /// A regular expression that matches the whole path, without anchors.
    #[must_use]
    pub(crate) fn regex(&self) -> String {
        match self {
            Self::Regex(regex) => format!("(?:{regex})"),
            Self::Template(template) => template.pieces.iter().map(piece_regex).collect(),
        }
    }

    /// An expression that matches the whole path and no part of it, whoever reads it. Linkerd looks at the leftmost match
    /// alone, so that only `$` keeps one that is shorter from coming first.
    #[must_use]
    pub(crate) fn whole_regex(&self) -> String {
        match self {
            Self::Regex(_) => format!("{}$", self.regex()),
            Self::Template(_) => self.regex(),
        }
    }

    /// A key that sorts the more specific path first, wherever two can match one request: a character
    /// before the end, the end before a parameter, a parameter before a rest; then expressions, and last
    /// of all `/{x*}`, which takes everything.
    #[must_use]
    pub(crate) fn precedence(&self) -> Vec<u32> {
        const END: u32 = char::MAX as u32 + 1;
        const PARAMETER: u32 = END + 1;
        const REST: u32 = END + 2;
        const REGEX: u32 = END + 3;
        match self {
            everything if everything.is_everything() => vec![u32::MAX],
            Self::Regex(regex) => std::iter::once(REGEX).chain(characters(regex)).collect(),
            Self::Template(template) => {
                let pieces = template.pieces.iter().flat_map(|piece| match piece {
                    Piece::Literal(text) => characters(text),
                    Piece::Parameter => vec![PARAMETER],
                    Piece::Rest => vec![REST],
                });
                pieces.chain([END]).collect()
            }
        }
    }

    /// Whether it is `/{x*}`, which takes every path.
    #[must_use]
    pub(crate) fn is_everything(&self) -> bool {
        let Self::Template(template) = self else { return false };
        matches!(template.pieces.as_slice(), [Piece::Literal(root), Piece::Rest] if root == "/")
    }

    /// Whether it takes the path `/`, of which what takes everything matches as much.
    #[must_use]
    pub(crate) fn takes_root(&self) -> bool {
        match self {
            Self::Template(template) => template.literal() == Some("/") || self.is_everything(),
            Self::Regex(_) => regex::Regex::new(&format!("^{}$", self.regex())).is_ok_and(|regex| regex.is_match("/")),
        }
    }

    /// Whether it is a template whose parameters are whole segments and whose text holds no `*`.
    #[must_use]
    pub(crate) fn is_of_whole_segments(&self) -> bool {
        let Self::Template(template) = self else { return false };
        template.pieces.iter().enumerate().all(|(at, piece)| match piece {
            Piece::Literal(text) => !text.contains('*') && (at == 0 || text.starts_with('/')),
            Piece::Parameter | Piece::Rest => matches!(&template.pieces[at - 1], Piece::Literal(text) if text.ends_with('/')),
        })
    }

    /// These characters and nothing else.
    #[must_use]
    pub(crate) fn literally(text: &str) -> Self {
        Self::Template(PathTemplate { pieces: vec![Piece::Literal(text.to_owned())] })
    }

    /// What stands between its slashes; of an expression nothing is known.
    pub(crate) fn segments(&self) -> Option<Vec<Segment>> {
        match self {
            Self::Template(template) => Some(template.segments()),
            Self::Regex(_) => None,
        }
    }

    /// The text that every path begins with which it matches; of an expression none is known.
    #[must_use]
    pub(crate) fn beginning(&self) -> &str {
        match self {
            Self::Template(template) => match template.pieces.first() {
                Some(Piece::Literal(text)) => text,
                Some(Piece::Parameter | Piece::Rest) | None => "",
            },
            Self::Regex(_) => "",
        }
    }

    /// The path itself, if it is literal text.
    #[must_use]
    pub(crate) fn literal(&self) -> Option<&str> {
        match self {
            Self::Template(template) => template.literal(),
            Self::Regex(_) => None,
        }
    }
}

fn characters(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

fn piece_regex(piece: &Piece) -> String {
    match piece {
        Piece::Literal(text) => escaped(text),
        Piece::Parameter => "[^/]+".to_owned(),
        Piece::Rest => ".*".to_owned(),
    }
}

/// Only what means something outside of a class is escaped, so that a person can still read the path.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if r".+*?()|[]{}^$\".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regex(regex) => write!(f, "~{regex}"),
            Self::Template(template) => template.pieces.iter().try_for_each(|piece| match piece {
                Piece::Literal(text) => f.write_str(text),
                Piece::Parameter => f.write_str("{x}"),
                Piece::Rest => f.write_str("{x*}"),
            }),
        }
    }
}

impl Read for PathTemplate {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a path in quotes, such as \"/v1/predict\"", report)?;
        match Self::parse(text) {
            Ok(template) => Some(template),
            Err(why) => {
                let message = format!("`{text}` is no path: {why}");
                let help = "write a path such as \"/v1/models/{name}\" or \"/v2/{rest*}\"";
                let diagnostic = Diagnostic::new(&INVALID_PATH, value.span, message).help(help);
                let slashed = format!("/{text}");
                let right = Self::parse(&slashed).is_ok();
                report.push(if right { diagnostic.suggest(Safety::Safe, quoted(&slashed)) } else { diagnostic });
                None
            }
        }
    }
}

impl JsonSchema for PathTemplate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PathTemplate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^/", "maxLength": gateway::MAX_PATH, "examples": ["/v1/models/{name}"] })
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, PathTemplate};

    #[test]
    fn templates_become_expressions() {
        for (template, regex) in [
            ("/v1/predict", "/v1/predict"),
            ("/v1/models/{name}:predict", "/v1/models/[^/]+:predict"),
            ("/v1.0/{rest*}", r"/v1\.0/.*"),
            ("/", "/"),
        ] {
            let path = PathTemplate::parse(template).map(|template| Path::Template(template).regex());
            assert_eq!(path.as_deref(), Ok(regex));
        }
    }

    #[test]
    fn what_no_request_can_have_is_no_path() {
        for wrong in [
            "", "v1", "/a//b", "/a?b", "/{x}{y}", "/{x*}/b", "/a{x*}", "/{", "/}", "/{}", "/a b", "/../b", "/a/..", "/%2F",
            "/a%zz", "/a%2", "/100%",
        ] {
            assert!(PathTemplate::parse(wrong).is_err(), "{wrong}");
        }
    }
}
