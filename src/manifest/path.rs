//! How the path of a route is written: a template, or a regular expression in a table.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::read::read_table;
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::upstream::gateway;
use crate::value::read::{Read, wrong_type};
use crate::value::{INVALID_PATH, Path, PathTemplate};

codes! {
    INVALID_REGEX = "invalid-regex", Error, "a regular expression that the proxy would refuse",
        "Linkerd's proxy compiles the expression with Rust's `regex` crate (no look-around, no back-references) and drops, \
         without a word, a ServiceProfile route whose expression does not compile (linkerd/service-profiles/src/proto.rs).";
}

table! {
    /// A path that is written as an expression.
    pub(crate) struct Expression {
        /// An expression of Rust's regex crate that matches the whole path.
        required regex: Spanned<String>,
    }
}

impl Read for Path {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let path = read_path(value, report)?;
        let written = if path.literal().is_some() { path.to_string() } else { path.whole_regex() };
        let length = written.chars().count();
        if length > gateway::MAX_PATH {
            let message = format!("this path is written as an expression of {length} characters");
            let help = format!("shorten it: a route of the Gateway API takes {}", gateway::MAX_PATH);
            report.push(Diagnostic::new(&INVALID_PATH, value.span, message).help(help));
            return None;
        }
        Some(path)
    }
}

fn read_path(value: &Value, report: &mut Report) -> Option<Path> {
    match &value.kind {
        Kind::String(_) => PathTemplate::read(value, report).map(Path::Template),
        Kind::Table(table) => {
            let Expression { regex, .. } = read_table(table, report);
            checked_regex(regex.as_ref()?, report).map(Path::Regex)
        }
        _ => {
            wrong_type(value, "a path in quotes, or `{ regex = \"...\" }`", report);
            None
        }
    }
}

fn checked_regex(regex: &Spanned<String>, report: &mut Report) -> Option<String> {
    let why = match regex::Regex::new(&format!("^(?:{})$", regex.value)) {
        Ok(_) => return Some(regex.value.clone()),
        Err(regex::Error::CompiledTooBig(_)) => "it is too large for the proxy".to_owned(),
        Err(error) => error.to_string().lines().last().unwrap_or("").trim_start_matches("error: ").to_owned(),
    };
    let message = format!("the proxy would refuse this expression: {why}");
    let help = "write an expression of Rust's `regex` crate: no look-around and no back-references";
    report.push(Diagnostic::new(&INVALID_REGEX, regex.span, message).help(help));
    None
}

impl JsonSchema for Path {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Path".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let template = generator.subschema_for::<PathTemplate>();
        schemars::json_schema!({ "oneOf": [template, {
            "type": "object", "required": ["regex"], "additionalProperties": false,
            "properties": { "regex": { "type": "string", "description": "An expression of Rust's regex crate that matches the whole path." } },
        }] })
    }
}
