//! Where the step of a rollout stands in the text, and the edit that moves it. Only these bytes
//! change: the edited text is read again, and must differ in that value alone.

use crate::diagnostic::Report;
use crate::edit::Edit;
use crate::manifest::overlay::{self, Overlay};
use crate::source::{Source, offset};
use crate::spanned::{SourceId, Span};
use crate::syntax::{self, Table};

/// The manifest with the rollout of a model at another step; `None` where the text is written in a
/// way that an edit of a few bytes cannot serve.
pub(crate) fn with_step(text: &str, model: &str, step: u32) -> Option<String> {
    let source = Source::new("", text);
    let mut wanted = parse(&source)?;
    let edited = edit(text, &wanted, model, step)?.apply(text);
    let overlays = [Overlay::Step { model: Some(model.to_owned()), step }];
    overlay::lay(&mut wanted, &overlays).ok()?;
    let is_wanted = parse(&Source::new("", edited.as_str()))? == wanted;
    is_wanted.then_some(edited)
}

fn parse(source: &Source) -> Option<Table<'_>> {
    let mut report = Report::default();
    let document = syntax::parse(source, SourceId::MANIFEST, &mut report);
    (!report.has_errors()).then_some(document.root)
}

fn edit(text: &str, root: &Table<'_>, model: &str, step: u32) -> Option<Edit> {
    let model = root.get("models")?.as_table()?.get(model)?;
    let rollout = model.as_table()?.get("rollout")?.as_table()?;
    if let Some(value) = rollout.get("step") {
        return Some(Edit { span: value.span, text: step.to_string() });
    }
    let (key, _) = rollout.entries.iter().find(|(key, _)| key.value == "from")?;
    let before = &text[..key.span.start as usize];
    // The dotted key that `from` ends, such as `rollout.from`, and the blanks before it.
    let written = before.trim_end_matches(|c: char| c.is_alphanumeric() || "-_.\"' \t".contains(c));
    let prefix = &before[written.len()..];
    let inline = text[rollout.span.range()].starts_with('{') || written.ends_with(['{', ',']);
    if inline {
        let blanks = prefix.len() - prefix.trim_start().len();
        let at = offset(written.len() + blanks);
        return Some(insertion(at, format!("{}step = {step}, ", prefix.trim_start())));
    }
    let line = text[key.span.range().start..].lines().next().unwrap_or("").len() + key.span.start as usize;
    let line_break = if text[line..].starts_with("\r\n") { "\r\n" } else { "\n" };
    Some(insertion(offset(written.len()), format!("{prefix}step = {step}{line_break}")))
}

fn insertion(at: u32, text: String) -> Edit {
    Edit { span: Span { source: SourceId::default(), start: at, end: at }, text }
}

#[cfg(test)]
mod tests {
    use super::with_step;

    const STEPS: &str = "steps = [{ weight = 100 }]";

    #[test]
    fn a_step_that_stands_is_replaced() {
        let text = format!("\u{feff}[models.a.rollout]\r\nfrom = 'x' # here\r\nto='y'\r\nstep = 0x1 # now\r\n{STEPS}\r\n");
        assert_eq!(with_step(&text, "a", 2), Some(text.replace("0x1", "2")));
    }

    #[test]
    fn an_absent_step_is_put_before_the_first_version() {
        for (written, expected) in [
            ("[models.a.rollout]\nfrom = 'x'\nto = 'y'\n", "[models.a.rollout]\nstep = 2\nfrom = 'x'\nto = 'y'\n"),
            (
                "[models.a.rollout]\r\n  from = 'x'\r\nto = 'y'\r\n",
                "[models.a.rollout]\r\n  step = 2\r\n  from = 'x'\r\nto = 'y'\r\n",
            ),
            (
                "[models.a]\nrollout.from = 'x'\nrollout.to = 'y'\nrollout.",
                "[models.a]\nrollout.step = 2\nrollout.from = 'x'\nrollout.to = 'y'\nrollout.",
            ),
        ] {
            let (written, expected) = (format!("{written}{STEPS}\n"), format!("{expected}{STEPS}\n"));
            assert_eq!(with_step(&written, "a", 2), Some(expected));
        }
    }

    #[test]
    fn an_inline_table_stays_one() {
        let text = format!("[models.a]\nrollout = {{ from = 'x', to = 'y', {STEPS} }}\n");
        assert_eq!(with_step(&text, "a", 3), Some(text.replace("{ from", "{ step = 3, from")));
    }
}
