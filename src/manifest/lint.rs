//! `[lints]`: how grave a person takes what is weak or unwise.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report};
use crate::manifest::read::{MISSING_KEY, read_table};
use crate::manifest::table::table;
use crate::spanned::Spanned;
use crate::syntax::{Kind, Value};
use crate::value::LintLevel;
use crate::value::read::{Read, wrong_type};

table! {
    /// How grave a diagnostic is taken, and why.
    pub(crate) struct LintTable {
        /// `allow`, `warn` or `deny`.
        required level: Spanned<LintLevel>,
        /// Why; an allowance must say.
        optional reason: Spanned<String>,
    }
}

/// How grave a diagnostic is taken: a level alone, or with its reason.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lint {
    /// The level; `None` if it was wrong, which was reported.
    pub level: Option<Spanned<LintLevel>>,
    /// Why.
    pub reason: Option<Spanned<String>>,
}

impl Read for Lint {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let (level, reason) = match &value.kind {
            Kind::String(_) => (Spanned::read(value, report), None),
            Kind::Table(table) => {
                let LintTable { level, reason, .. } = read_table(table, report);
                (level.given(), reason.given().filter(|reason| !reason.trim().is_empty()))
            }
            _ => {
                wrong_type(value, "\"warn\", \"deny\" or `{ level = \"allow\", reason = \"...\" }`", report);
                return None;
            }
        };
        if let Some(Spanned { value: LintLevel::Allow, span }) = level
            && reason.is_none()
        {
            let diagnostic = Diagnostic::new(&MISSING_KEY, span, "`reason` is missing here");
            report.push(diagnostic.help("say why it is right here: `{ level = \"allow\", reason = \"...\" }`"));
        }
        Some(Self { level, reason })
    }
}

impl JsonSchema for Lint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Lint".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (level, table) = (generator.subschema_for::<LintLevel>(), generator.subschema_for::<LintTable>());
        schemars::json_schema!({ "oneOf": [level, table] })
    }
}
