//! Flagger's CRDs indent the further lines of a quoted text no deeper than its key. libyaml reads that and YAML 1.2
//! forbids it, so such a file is read again with those lines indented; the text stays the same, for folding drops
//! the indentation.

use serde_json::Value;

use crate::yaml::{self, YamlError};

/// The documents of a file of upstream schemas.
pub fn read(text: &str) -> Result<Vec<Value>, YamlError> {
    yaml::read(text).or_else(|first| yaml::read(&indented(text)).map_err(|_| first))
}

fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    for line in text.lines() {
        let within = quoted;
        quoted = if within { !closes(line) } else { opens(line) };
        out.push_str(if within { "    " } else { "" });
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// `key: 'text` without the quote that ends it; a doubled quote is a quote within.
fn opens(line: &str) -> bool {
    line.split_once(": '").is_some_and(|(_, rest)| !closes(rest))
}

fn closes(rest: &str) -> bool {
    rest.matches('\'').count() % 2 == 1
}
