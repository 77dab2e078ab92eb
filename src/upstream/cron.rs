//! The schedules that a CronJob takes (robfig/cron v3, `ParseStandard`).

const WORDS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", least: 0, most: 59, names: &[] },
    Field { name: "hour", least: 0, most: 23, names: &[] },
    Field { name: "day of month", least: 1, most: 31, names: &[] },
    Field { name: "month", least: 1, most: 12, names: &MONTHS },
    Field { name: "day of week", least: 0, most: 6, names: &DAYS },
];

/// Whether Kubernetes takes this schedule.
///
/// # Errors
/// Says which field is wrong.
pub(crate) fn check(schedule: &str) -> Result<(), String> {
    if WORDS.contains(&schedule) {
        return Ok(());
    }
    if schedule.contains("TZ=") {
        return Err("the time zone has a key of its own, `time-zone`".to_owned());
    }
    let parts: Vec<&str> = schedule.split_ascii_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(format!("it has {} fields, not 5", parts.len()));
    }
    let wrong = parts.iter().zip(&FIELDS).find(|(part, field)| !part.split(',').all(|item| field.takes(item)));
    wrong.map_or(Ok(()), |(part, field)| Err(format!("`{part}` is no {}", field.name)))
}

impl Field {
    fn takes(&self, item: &str) -> bool {
        let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
        let step_is_right = step.is_none_or(|step| number(step).is_some_and(|step| step > 0));
        let range_is_right = match range.split_once('-') {
            Some((first, last)) => self.value(first).zip(self.value(last)).is_some_and(|(first, last)| first <= last),
            None => range == "*" || range == "?" || self.value(range).is_some(),
        };
        step_is_right && range_is_right
    }

    fn value(&self, text: &str) -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        let named = self.names.iter().position(|name| *name == lower).and_then(|at| u32::try_from(at).ok());
        named.map(|at| at + self.least).or_else(|| number(text)).filter(|value| (self.least..=self.most).contains(value))
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn schedules() {
        for right in ["0 3 * * *", "*/5 * * * *", "0 0 1,15 jan-mar MON-FRI", "@daily", "0 9-17/2 ? * 0"] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "0 3 * *",
            "60 * * * *",
            "0 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "*/0 * * * *",
            "5-1 * * * *",
            "@often",
            "TZ=UTC 0 3 * * *",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
