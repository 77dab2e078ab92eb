//! Reads the documents of a text as kubectl does. Where kubectl would silently take one of two meanings, or where a text is
//! no longer plain data, this is an error: a key that is there twice, a merge key, a tag other than `!!str`.

use std::collections::BTreeMap;
use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::{Map, Value};

use super::scalar;

/// How deep lists and mappings may nest.
const MAX_DEPTH: usize = 96;

/// How many nodes the aliases of one text may add.
const MAX_ALIASED: usize = 100_000;

/// Why a text is not YAML that can be read, and on which line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl YamlError {
    fn at(span: Span, message: impl Into<String>) -> Self {
        Self { line: span.start.line(), message: message.into() }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for YamlError {}

/// The documents of a text in their order, without empty ones.
///
/// # Errors
/// At the first thing that cannot be read.
pub(crate) fn read(text: &str) -> Result<Vec<Value>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { events: Parser::new_from_str(text), anchors: BTreeMap::new(), aliased: 0 };
    let mut documents = Vec::new();
    loop {
        let (event, _) = reader.event()?;
        if let Event::DocumentStart(_) = event {
            documents.push(reader.node(0)?);
            reader.anchors.clear();
        } else if event == Event::StreamEnd {
            documents.retain(|document| !document.is_null());
            return Ok(documents);
        }
    }
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, Value>,
    /// How many nodes the aliases have added so far.
    aliased: usize,
}

impl<'t> Reader<'t> {
    fn event(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        match self.events.next_event() {
            Some(event) => event.map_err(|error| YamlError { line: error.marker().line(), message: error.info().to_owned() }),
            None => Err(YamlError { line: 0, message: "the text ends within a document".to_owned() }),
        }
    }

    fn node(&mut self, depth: usize) -> Result<Value, YamlError> {
        let (event, span) = self.event()?;
        self.node_of(event, span, depth)
    }

    /// The node that begins with this event.
    fn node_of(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Value, YamlError> {
        if depth > MAX_DEPTH {
            return Err(YamlError::at(span, "lists and mappings are nested too deeply"));
        }
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar_value(&text, style, tag.as_deref(), span)?),
            Event::SequenceStart(anchor, None) => (anchor, self.sequence(depth)?),
            Event::MappingStart(anchor, None) => (anchor, self.mapping(depth)?),
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::SequenceStart(..) | Event::MappingStart(..) => return Err(YamlError::at(span, "unsupported tag")),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return Err(YamlError::at(span, "a value is missing")),
        };
        // Zero is no anchor.
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::SequenceEnd {
                return Ok(Value::Array(items));
            }
            items.push(self.node_of(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut fields = Map::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::MappingEnd {
                return Ok(Value::Object(fields));
            }
            let key = key(event, span)?;
            let value = self.node(depth + 1)?;
            if fields.contains_key(&key) {
                return Err(YamlError::at(span, format!("duplicate key `{key}`")));
            }
            fields.insert(key, value);
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Value, YamlError> {
        let value = self.anchors.get(&anchor).ok_or_else(|| YamlError::at(span, "an alias of a value that it is part of"))?;
        self.aliased += nodes(value);
        if self.aliased > MAX_ALIASED {
            return Err(YamlError::at(span, "the aliases of this text add too much"));
        }
        Ok(value.clone())
    }
}

/// A scalar's value: a quoted or block scalar is always a text.
fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Value, YamlError> {
    match tag {
        None if style == ScalarStyle::Plain => {
            scalar::resolve(text).ok_or_else(|| YamlError::at(span, format!("`{text}` has no value in JSON")))
        }
        None => Ok(text.into()),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => Ok(text.into()),
        Some(_) => Err(YamlError::at(span, "unsupported tag")),
    }
}

/// A mapping's key as Go makes a JSON key of it: `8080:` is `"8080"`, `y:` is `"true"`.
fn key(event: Event<'_>, span: Span) -> Result<String, YamlError> {
    let Event::Scalar(text, style, _, tag) = event else {
        return Err(YamlError::at(span, "a key must be a scalar; is this a template?"));
    };
    if style == ScalarStyle::Plain && text == "<<" {
        return Err(YamlError::at(span, "merge keys are not supported"));
    }
    match scalar_value(&text, style, tag.as_deref(), span)? {
        Value::String(key) => Ok(key),
        Value::Null => Err(YamlError::at(span, "a key must not be null")),
        other => Ok(other.to_string()),
    }
}

fn nodes(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(nodes).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn documents_come_in_their_order_without_empty_ones() {
        let text = "# a comment\n---\na: &x [yes, \"yes\"]\nb: *x\n---\n---\n8080: !!str 017\n";
        assert_eq!(read(text), Ok(vec![json!({ "a": [true, "yes"], "b": [true, "yes"] }), json!({ "8080": "017" })]));
        assert_eq!(read("# nothing\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_has_two_meanings_or_none_is_an_error() {
        let wrong = [
            ("a: 1\nb: 2\na: 3\n", 3, "duplicate key `a`"),
            ("a: .inf\n", 1, "`.inf` has no value in JSON"),
            ("a: !secret b\n", 1, "unsupported tag"),
            ("a: &x {b: c}\nd:\n  <<: *x\n", 3, "merge keys are not supported"),
            ("{{ name }}: a\n", 1, "a key must be a scalar; is this a template?"),
            ("~: a\n", 1, "a key must not be null"),
        ];
        for (text, line, message) in wrong {
            let error = read(text).unwrap_err();
            assert_eq!((error.line, error.message.as_str()), (line, message), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read(&deep).is_err_and(|error| error.message.contains("nested")));
        let laughs = format!("l0: &l0 lol\n{}", (0..9).map(level).collect::<String>());
        assert!(read(&laughs).is_err_and(|error| error.message.contains("aliases")));
    }

    /// A list of nine aliases of the list before.
    fn level(at: usize) -> String {
        format!("l{}: &l{} [{}]\n", at + 1, at + 1, vec![format!("*l{at}"); 9].join(", "))
    }
}
