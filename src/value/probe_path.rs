//! The path of a probe.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::syntax::Value;
use crate::upstream::gateway;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_PROBE_PATH = "invalid-probe-path", Error, "a path of a probe that no server answers as it is written",
        "The kubelet asks the path as it is written. Without a slash in front it would be part of the host's name, and a policy \
         matches exactly this text: a path that a server would clean up first never meets it, and the pod never becomes ready. \
         (kubernetes, pkg/probe/http; linkerd2, policy-controller/k8s/index/src/inbound/workload.rs)";
}

/// The path of a probe, which may have a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProbePath(pub String);

impl Read for ProbePath {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a path in quotes, such as \"/health\"", report)?;
        if is_probe_path(text) {
            return Some(Self(text.to_owned()));
        }
        let diagnostic = Diagnostic::new(&INVALID_PROBE_PATH, value.span, format!("`{text}` is not a valid path of a probe"));
        let diagnostic = diagnostic.help("use a path such as \"/health\", without empty segments, `.`, `..` and blanks");
        let slashed = format!("/{text}");
        let is_slash_missing = !text.starts_with('/') && !text.is_empty() && is_probe_path(&slashed);
        report.push(if is_slash_missing { diagnostic.suggest(Safety::Safe, quoted(&slashed)) } else { diagnostic });
        None
    }
}

/// The kubelet asks the path as it is, with its query; proxies compare the path alone.
fn is_probe_path(text: &str) -> bool {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let is_query = query.split('?').all(gateway::is_path_text);
    path.starts_with('/') && gateway::is_path_text(path) && !gateway::has_lost_segment(path) && is_query
}

impl JsonSchema for ProbePath {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProbePath".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^/", "examples": ["/health"] })
    }
}
