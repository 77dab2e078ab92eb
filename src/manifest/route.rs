//! Ports, routes and retries: what a model offers and under which terms it is called.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::duration::Duration;
use crate::manifest::path::Path;
use crate::manifest::read::{
    Fields, Read, Reader, SchemaObject, as_str, as_table, integer, read_table, table, words, wrong_type,
};
use crate::manifest::share::Share;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::upstream::linkerd;

codes! {
    ONE_MATCH = "one-match", Error, "a route with no method and path, or with several",
        "One route is one method and one path, so that one name stands for one kind of request in metrics, in policies \
         and in `calls`.";
    INVALID_GRPC_METHOD = "invalid-grpc-method", Error, "a gRPC method that is no `package.Service/Method`",
        "gRPC sends every call as a POST to `/package.Service/Method`; another shape matches no call.";
    INVALID_RETRY_CONDITION = "invalid-retry-condition", Error, "a retry condition that Linkerd does not know",
        "`retry.linkerd.io/http` takes `5xx`, `gateway-error`, `NNN` and `NNN-MMM`, and `retry.linkerd.io/grpc` five status \
         names. On a Service, Linkerd drops a condition that it cannot read (policy-controller, outbound/index/http.rs).";
}

table! {
    /// A port besides the main one.
    pub struct Port {
        /// Its number; `{ service = 80, container = 8080 }` where the Service offers another one.
        required port: Spanned<PortNumbers>,
        /// What is spoken on it. Default: detect.
        optional protocol: Spanned<Protocol>,
        /// Who may call it; everyone else is denied. Default: whom the namespace's `inbound` admits.
        optional callers: Spanned<Vec<Spanned<String>>>,
    }

    /// The share of requests that retries may add.
    pub struct RetryBudget {
        /// How many retries may be added, as a share of the requests; 0.2 is one in five. At most 1000.
        required ratio: Spanned<Share>,
        /// How many retries a second each caller's proxy may always add.
        required min_per_second: Spanned<u32>,
        /// Over how long requests are counted; 1s to 60s.
        required ttl: Spanned<Duration>,
    }
}

words! {
    /// What is spoken on a port.
    pub enum Protocol {
        /// Linkerd looks at the first bytes.
        Detect = "detect",
        /// HTTP/1.1.
        Http1 = "http1",
        /// HTTP/2 without TLS.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
        /// Bytes: no routes, no retries, no metrics of requests.
        Opaque = "opaque",
        /// TLS that the model itself ends.
        Tls = "tls",
    }

    /// The method of a request; `any` is every one.
    pub enum Method {
        /// GET.
        Get = "get",
        /// HEAD.
        Head = "head",
        /// POST.
        Post = "post",
        /// PUT.
        Put = "put",
        /// PATCH.
        Patch = "patch",
        /// DELETE.
        Delete = "delete",
        /// OPTIONS.
        Options = "options",
        /// Every method.
        Any = "any",
    }
}

/// The number of a port on the Service and in the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortNumbers {
    /// What callers use.
    pub service: u16,
    /// What the container listens on.
    pub container: u16,
}

/// One kind of request: a method and a path, and the terms under which it is called.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// The method and the path; `None` if they were missing or wrong.
    pub matches: Option<Match>,
    /// Everything else.
    pub terms: Terms,
}

/// What a route matches.
#[derive(Clone, Debug)]
pub struct Match {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: Spanned<Path>,
    /// Whether it was written as a gRPC method.
    pub grpc: bool,
}

table! {
    /// The terms of a route.
    pub struct Terms {
        /// How long a request may take, retries included. Default: no limit.
        optional timeout: Spanned<Duration>,
        /// Whether a failed request is tried again; `true` is `{ on = ["5xx"], limit = 1 }`. Default: false.
        optional retry: Spanned<Retry>,
        /// Whether trying again does no harm, which a retried POST or PATCH must say. Default: false.
        optional idempotent: Spanned<bool>,
        /// Who may call it, in place of the port's callers. A table of routes in which one names callers is closed: other paths are 404.
        optional callers: Spanned<Vec<Spanned<String>>>,
        /// Whom this route calls, each as `NAME.ROUTE`, `NAME.PORT` or `NAME`; else the model's `calls` hold.
        optional calls: Spanned<Vec<Spanned<String>>>,
    }

    /// When and how often a failed request is tried again.
    pub struct RetryTable {
        /// The statuses that count as failed: `5xx`, `gateway-error`, `503`, `502-504`; on a gRPC route the names of statuses. Default: 5xx.
        optional on: Spanned<Vec<Spanned<RetryCondition>>>,
        /// How often a request is tried again. Default: 1.
        optional limit: Spanned<u32>,
    }
}

/// Whether and how a failed request is tried again.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    /// `retry = false` says so; everything else retries.
    pub enabled: bool,
    /// The statuses that count as failed, where a person wrote them.
    pub on: Option<Spanned<Vec<Spanned<RetryCondition>>>>,
    /// How often, where a person wrote it.
    pub limit: Option<Spanned<u32>>,
}

/// A status that counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RetryCondition {
    /// HTTP statuses from the first to the last.
    Http(u16, u16),
    /// A gRPC status, by its name in Linkerd's annotation.
    Grpc(&'static str),
}

/// The keys under which a route may say what it matches: every method, and `grpc`.
fn match_keys() -> impl Iterator<Item = &'static str> {
    Method::WORDS.iter().copied().chain(["grpc"])
}

impl Read for Route {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let table = as_table(value, report)?;
        let mut reader = Reader::new(table, report);
        let written: Vec<(&str, &Value)> = match_keys().filter_map(|key| reader.value(key).map(|value| (key, value))).collect();
        let terms = Terms::read_fields(&mut reader);
        reader.finish();
        let matches = match written.as_slice() {
            [(key, value)] => read_match(key, value, report),
            [] => {
                let message = "this route says neither method nor path";
                report.push(Diagnostic::new(&ONE_MATCH, value.span, message).help("write one, such as `post = \"/v1/predict\"`"));
                None
            }
            [(first, value), (second, other), ..] => {
                let message = format!("this route is both `{first}` and `{second}`");
                let diagnostic = Diagnostic::new(&ONE_MATCH, other.span, message).also(value.span, "the other one");
                report.push(diagnostic.help("make two routes of it, or write `any = ...`"));
                None
            }
        };
        Some(Self { matches, terms })
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
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let right = text.split_once('/').is_some_and(|(service, method)| service.split('.').all(word) && word(method));
    if !right {
        let message = format!("`{text}` is no gRPC method");
        let help = "write `package.Service/Method`, such as \"inference.GRPCInferenceService/ModelInfer\"";
        report.push(Diagnostic::new(&INVALID_GRPC_METHOD, value.span, message).help(help));
        return None;
    }
    crate::manifest::PathTemplate::parse(&format!("/{text}")).ok().map(Path::Template)
}

impl JsonSchema for Route {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Route".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut object = SchemaObject::default();
        for method in METHODS {
            let doc = match method {
                Method::Any => "The path, for every method.".to_owned(),
                method => format!("The path, for the method {}.", method.word().to_uppercase()),
            };
            object.property(method.word(), &doc, generator.subschema_for::<Path>());
        }
        object.property("grpc", "The gRPC method, as `package.Service/Method`.", generator.subschema_for::<String>());
        Terms::add_properties(&mut object, generator);
        let mut schema = object.finish("One kind of request: one method and one path, and the terms under which it is called.");
        let one: Vec<_> = match_keys().map(|key| serde_json::json!({ "required": [key] })).collect();
        schema.insert("oneOf".to_owned(), one.into());
        schema
    }
}

impl Read for Retry {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        match &value.kind {
            Kind::Boolean(enabled) => Some(Self { enabled: *enabled, ..Self::default() }),
            Kind::Table(table) => {
                let RetryTable { on, limit, .. } = read_table(table, report);
                Some(Self { enabled: true, on, limit })
            }
            _ => {
                wrong_type(value, "`true`, `false` or `{ on = [...], limit = 1 }`", report);
                None
            }
        }
    }
}

impl JsonSchema for Retry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Retry".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<RetryTable>();
        schemars::json_schema!({ "oneOf": [{ "type": "boolean" }, table] })
    }
}

impl RetryCondition {
    fn parse(text: &str) -> Option<Self> {
        let status = |text: &str| text.parse::<u16>().ok().filter(|status| text.len() == 3 && (100..=599).contains(status));
        match text {
            "5xx" => Some(Self::Http(500, 599)),
            "gateway-error" => Some(Self::Http(502, 504)),
            _ => linkerd::GRPC_RETRY_CONDITIONS.iter().find(|name| **name == text).map(|name| Self::Grpc(name)).or_else(|| {
                let (first, last) = text.split_once('-').unwrap_or((text, text));
                let (first, last) = (status(first)?, status(last)?);
                (first <= last).then_some(Self::Http(first, last))
            }),
        }
    }
}

impl Read for RetryCondition {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a status in quotes, such as \"5xx\" or \"503\"", report)?;
        let condition = Self::parse(text);
        if condition.is_none() {
            let message = format!("`{text}` is no retry condition");
            let names = linkerd::GRPC_RETRY_CONDITIONS.join(", ");
            let help = format!("write \"5xx\", \"gateway-error\", \"503\" or \"502-504\"; on a gRPC route one of {names}");
            report.push(Diagnostic::new(&INVALID_RETRY_CONDITION, value.span, message).help(help));
        }
        condition
    }
}

impl JsonSchema for RetryCondition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetryCondition".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["5xx", "gateway-error", "503", "502-504", "unavailable"] })
    }
}

impl Read for PortNumbers {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        match &value.kind {
            Kind::Integer(_) => PortNumber::read(value, report).map(|port| Self { service: port.0, container: port.0 }),
            Kind::Table(table) => {
                let mut reader = Reader::new(table, report);
                let service: Option<PortNumber> = reader.required("service");
                let container: Option<PortNumber> = reader.required("container");
                reader.finish();
                Some(Self { service: service?.0, container: container?.0 })
            }
            _ => {
                wrong_type(value, "a port number, or `{ service = 80, container = 8080 }`", report);
                None
            }
        }
    }
}

struct PortNumber(u16);

impl Read for PortNumber {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        integer(value, 1..=65535, report).and_then(|port| u16::try_from(port).ok()).map(Self)
    }
}

impl JsonSchema for PortNumbers {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PortNumbers".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let number = serde_json::json!({ "type": "integer", "minimum": 1, "maximum": 65535 });
        schemars::json_schema!({ "oneOf": [number, {
            "type": "object", "required": ["service", "container"], "additionalProperties": false,
            "properties": { "service": number, "container": number },
        }] })
    }
}
