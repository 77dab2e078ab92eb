//! How the minor version of something that is installed in a cluster is written.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, Safety, codes, quoted};
use crate::syntax::Value;
use crate::upstream::versions::MinorVersion;
use crate::value::json::ToJson;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_VERSION = "invalid-version", Error, "a version that is no `MAJOR.MINOR`",
        "What a cluster accepts is decided by its minor version; mlmesh compares these numbers and nothing else.";
}

impl Read for MinorVersion {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a version in quotes, such as \"1.33\"", report)?;
        let version = Self::parse(text);
        if version.is_none() {
            let message = format!("`{text}` is no `MAJOR.MINOR`");
            let diagnostic = Diagnostic::new(&INVALID_VERSION, value.span, message);
            let diagnostic = diagnostic.help("write the minor version alone, such as \"1.33\"");
            let parts: Vec<&str> = text.trim().trim_start_matches('v').splitn(3, '.').take(2).collect();
            report.push(match Self::parse(&parts.join(".")) {
                Some(version) => diagnostic.suggest(Safety::Safe, quoted(&version.to_string())),
                None => diagnostic,
            });
        }
        version
    }
}

impl ToJson for MinorVersion {
    fn to_json(&self) -> serde_json::Value {
        self.to_string().into()
    }
}

impl JsonSchema for MinorVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MinorVersion".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^[0-9]+\.[0-9]+$", "examples": ["1.33"] })
    }
}
