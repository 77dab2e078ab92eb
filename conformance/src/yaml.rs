//! YAML read as `kubectl` reads it: documents to JSON values, plain scalars resolved by the rules of its Go library.
//!
//! Stricter than that library where a generated file has no business: a duplicate key, a merge key, a tag other
//! than `!!str`, or nesting beyond [`DEPTH`] is an error. Not a general reader: the first error ends a file.

mod scalar;

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::{Map, Value};

/// How deep lists and mappings may nest.
const DEPTH: usize = 96;
/// How many nodes the aliases of one file may add.
const ALIAS_BUDGET: usize = 100_000;

/// Why a text is not the YAML that we accept, and on which line (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    pub line: usize,
    pub message: String,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for YamlError {}

/// The documents of a stream in order; those that are empty are left out.
pub fn read(text: &str) -> Result<Vec<Value>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { events: Parser::new_from_str(text), anchors: HashMap::new(), budget: ALIAS_BUDGET };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next_event()? {
        if matches!(event, Event::DocumentStart(_)) {
            let document = reader.node(0)?;
            documents.extend((!document.is_null()).then_some(document));
            reader.anchors.clear();
        } else if matches!(event, Event::StreamEnd) {
            return Ok(documents);
        } else if !matches!(event, Event::StreamStart | Event::DocumentEnd) {
            return Err(error(span, "content outside of a document"));
        }
    }
    Ok(documents)
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Value>,
    budget: usize,
}

type Spanned<'t> = (Event<'t>, Span);

impl<'t> Reader<'t> {
    fn next_event(&mut self) -> Result<Option<Spanned<'t>>, YamlError> {
        let event = self.events.next_event().transpose();
        event.map_err(|e| YamlError { line: e.marker().line(), message: e.info().to_owned() })
    }

    fn expect_event(&mut self) -> Result<Spanned<'t>, YamlError> {
        let ended = YamlError { line: 0, message: "the file ends within a document".to_owned() };
        self.next_event()?.ok_or(ended)
    }

    fn node(&mut self, depth: usize) -> Result<Value, YamlError> {
        let (event, span) = self.expect_event()?;
        self.node_from(event, span, depth)
    }

    fn node_from(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Value, YamlError> {
        if depth > DEPTH {
            return Err(error(span, "nested too deeply"));
        }
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, scalar_value(&text, style, tag.as_deref()).map_err(|m| error(span, m))?)
            }
            Event::SequenceStart(anchor, None) => (anchor, self.sequence(depth)?),
            Event::MappingStart(anchor, None) => (anchor, self.mapping(depth)?),
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::SequenceStart(..) | Event::MappingStart(..) => return Err(error(span, "a tag is not read here")),
            _ => return Err(error(span, "a value is missing here")),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.expect_event()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Value::Array(items));
            }
            items.push(self.node_from(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut fields = Map::new();
        loop {
            let (event, span) = self.expect_event()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::Object(fields));
            }
            let key = key(event).map_err(|m| error(span, m))?;
            let value = self.node(depth + 1)?;
            if fields.contains_key(&key) {
                return Err(error(span, format!("the key `{key}` is here twice")));
            }
            fields.insert(key, value);
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Value, YamlError> {
        let value =
            self.anchors.get(&anchor).ok_or_else(|| error(span, "an alias of a value that is not yet whole"))?;
        let value = value.clone();
        let left = self.budget.checked_sub(count(&value));
        self.budget = left.ok_or_else(|| error(span, "the aliases of this file grow without bound"))?;
        Ok(value)
    }
}

/// A scalar's value; a quoted or block scalar is always a text.
fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        None if style == ScalarStyle::Plain => scalar::resolve(text),
        None => Ok(text.into()),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => Ok(text.into()),
        Some(tag) => Err(format!("the tag `{}{}` is not read", tag.handle, tag.suffix)),
    }
}

/// A mapping's key as Go makes a JSON key of it: `8080:` is `"8080"`, `y:` is `"true"`.
fn key(event: Event<'_>) -> Result<String, String> {
    let Event::Scalar(text, style, _, tag) = event else {
        return Err("a key must be a scalar; is this a template?".to_owned());
    };
    if style == ScalarStyle::Plain && text == "<<" {
        return Err("a merge key is not read".to_owned());
    }
    match scalar_value(&text, style, tag.as_deref())? {
        Value::String(key) => Ok(key),
        Value::Null => Err("a key must not be null".to_owned()),
        other => Ok(other.to_string()),
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

fn error(span: Span, message: impl Into<String>) -> YamlError {
    YamlError { line: span.start.line(), message: message.into() }
}
