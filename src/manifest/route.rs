//! Routes: the kinds of requests that a model takes, and the terms under which it is called.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::read::{Reader, read_table};
use crate::manifest::retry::Retry;
use crate::manifest::table::{FieldDoc, Fields, SchemaObject, table};
use crate::spanned::Spanned;
use crate::syntax::Value;
use crate::value::read::{Read, as_str, as_table};
use crate::value::{Duration, Method, Path, PathTemplate, Quantity};

codes! {
    ONE_MATCH = "one-match", Error, "a route with no method and path, or with several",
        "One route is one method and one path, so that one name stands for one kind of request in metrics, in policies \
         and in `calls`.";
    INVALID_GRPC_METHOD = "invalid-grpc-method", Error, "a gRPC method that is no `package.Service/Method`",
        "gRPC sends every call as a POST to `/package.Service/Method`; another shape matches no call.";
}

/// One kind of request: a method and a path, and the terms under which it is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    /// The method and the path; `None` if they were missing or wrong.
    pub matches: Option<Match>,
    /// Everything else.
    pub terms: Terms,
}

/// What a route matches.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: Spanned<Path>,
    /// Whether it was written as a gRPC method.
    pub grpc: bool,
}

table! {
    /// The terms of a route.
    pub(crate) struct Terms {
        /// How long a request may take, retries included.
        #[default = "no limit"]
        optional timeout: Spanned<Duration>,
        /// How long a request may pass without a byte in either direction, the wait for the first byte of the answer included.
        #[default = "no limit"]
        optional idle_timeout: Spanned<Duration>,
        /// Whether the answer is a stream, whose length nobody knows: it has no timeout and is never tried again.
        #[implied = false]
        optional stream: Spanned<bool>,
        /// Whether a failed request is tried again; `true` is `{ on = ["5xx"], limit = 1 }`.
        #[implied = false]
        optional retry: Spanned<Retry>,
        /// Whether trying again does no harm, which a retried POST or PATCH must say.
        #[default = "no for `post`, `patch`, `any` and `grpc`, yes for every other method"]
        optional idempotent: Spanned<bool>,
        /// The largest body of a request, such as "512Ki"; of larger ones than 64Ki Linkerd retries none.
        optional max_body: Spanned<Quantity>,
        /// Who may call it, in place of the port's callers. A table of routes in which one names callers is closed: other paths are 404.
        optional callers: Spanned<Vec<Spanned<String>>>,
        /// Whom this route calls, each as `NAME.ROUTE`, `NAME.PORT` or `NAME`; else the model's `calls` hold.
        optional calls: Spanned<Vec<Spanned<String>>>,
    }

}

/// The keys under which a route may say what it matches: every method, and `grpc`.
fn match_keys() -> impl Iterator<Item = &'static str> {
    Method::WORDS.iter().copied().chain(["grpc"])
}

impl Fields for Route {
    fn has_key(key: &str) -> bool {
        match_keys().any(|known| known == key) || Terms::has_key(key)
    }

    fn add_fields(fields: &mut Vec<&'static str>) {
        fields.extend(match_keys());
        Terms::add_fields(fields);
    }

    fn read_fields(reader: &mut Reader<'_>) -> Self {
        let written: Vec<(&str, &Value)> = match_keys().filter_map(|key| reader.value(key).map(|value| (key, value))).collect();
        let terms = Terms::read_fields(reader);
        let (span, is_complete) = (reader.span(), reader.is_complete());
        let report = reader.report();
        let matches = match written.as_slice() {
            [(key, value)] => read_match(key, value, report),
            [] if !is_complete => None,
            [] => {
                let message = "this route says neither method nor path";
                report.push(Diagnostic::new(&ONE_MATCH, span, message).help("write one, such as `post = \"/v1/predict\"`"));
                None
            }
            [(first, value), (second, other), ..] => {
                let message = format!("this route is both `{first}` and `{second}`");
                let diagnostic = Diagnostic::new(&ONE_MATCH, other.span, message).also(value.span, "the other one");
                report.push(diagnostic.help("make two routes of it, or write `any = ...`"));
                None
            }
        };
        Self { matches, terms }
    }

    fn add_properties(object: &mut SchemaObject, generator: &mut schemars::SchemaGenerator) {
        for method in METHODS {
            let doc = match method {
                Method::Any => "The path, for every method.".to_owned(),
                method => format!("The path, for the method {}.", method.word().to_uppercase()),
            };
            object.property(method.word(), FieldDoc::of(&doc), generator.subschema_for::<Path>());
        }
        let grpc = FieldDoc::of("The gRPC method, as `package.Service/Method`.");
        let example = Some("inference.GRPCInferenceService/ModelInfer");
        object.property("grpc", FieldDoc { example, ..grpc }, generator.subschema_for::<String>());
        Terms::add_properties(object, generator);
    }
}

impl Read for Route {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        Some(read_table(as_table(value, report)?, report))
    }
}

fn read_match(key: &str, value: &Value, report: &mut Report) -> Option<Match> {
    if key == "grpc" {
        let path = Spanned::new(grpc_path(value, report)?, value.span);
        return Some(Match { method: Method::Post, path, grpc: true });
    }
    let method = METHODS.iter().find(|method| method.word() == key)?;
    Some(Match { method: *method, path: Spanned::read(value, report)?, grpc: false })
}

const METHODS: [Method; 8] =
    [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options, Method::Any];

fn grpc_path(value: &Value, report: &mut Report) -> Option<Path> {
    let text = as_str(value, "a gRPC method, such as \"inference.GRPCInferenceService/ModelInfer\"", report)?;
    let right = text.split_once('/').is_some_and(|(service, method)| service.split('.').all(is_word) && is_word(method));
    if !right {
        let message = format!("`{text}` is no gRPC method");
        let help = "write `package.Service/Method`, such as \"inference.GRPCInferenceService/ModelInfer\"";
        report.push(Diagnostic::new(&INVALID_GRPC_METHOD, value.span, message).help(help));
        return None;
    }
    PathTemplate::parse(&format!("/{text}")).ok().map(Path::Template)
}

fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl JsonSchema for Route {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Route".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut object = SchemaObject::default();
        Self::add_properties(&mut object, generator);
        let mut schema = object.finish("One kind of request: one method and one path, and the terms under which it is called.");
        let one: Vec<_> = match_keys().map(|key| serde_json::json!({ "required": [key] })).collect();
        schema.insert("oneOf".to_owned(), one.into());
        schema
    }
}
