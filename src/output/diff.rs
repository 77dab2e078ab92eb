//! The difference of one file on disk and its render, as a unified diff that `patch` and
//! `git apply` take. Only texts here; which files differ is found by [`disk`](super::disk).

use std::time::Duration;

use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffOp, TextDiff};

/// How long to look for the shortest diff of a file; after that a longer one has to do. Nothing
/// else bounds the time for long files with little in common.
const PATIENCE: Duration = Duration::from_millis(500);

const CONTEXT_LINES: usize = 3;

/// Gives `out` the unified diff that turns `disk` into `render`; `None` is a file that is not
/// there. Bytes that are no text are only said to differ.
pub(super) fn unified(path: &str, disk: Option<&[u8]>, render: Option<&str>, out: &mut dyn FnMut(&str)) {
    let a = disk.map_or("/dev/null".to_owned(), |_| format!("a/{path}"));
    let b = render.map_or("/dev/null".to_owned(), |_| format!("b/{path}"));
    match text(disk.unwrap_or_default()) {
        Some(disk) => {
            out(&format!("--- {a}\n+++ {b}\n"));
            hunks(disk, render.unwrap_or_default(), out);
        }
        None => out(&format!("Binary files {a} and {b} differ\n")),
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// Lines end at `\n` alone here: to the library a lone `\r` ends one too, which no patch tool
/// agrees with.
fn hunks(disk: &str, render: &str, out: &mut dyn FnMut(&str)) {
    let before: Vec<&str> = disk.split_inclusive('\n').collect();
    let after: Vec<&str> = render.split_inclusive('\n').collect();
    let diff = TextDiff::configure().timeout(PATIENCE).diff_slices(&before, &after);
    for ops in diff.grouped_ops(CONTEXT_LINES).iter().filter(|ops| !ops.is_empty()) {
        out(&format!("{}\n", UnifiedHunkHeader::new(ops)));
        ops.iter().for_each(|op| lines(&diff, op, out));
    }
}

fn lines(diff: &TextDiff<'_, '_, str>, op: &DiffOp, out: &mut dyn FnMut(&str)) {
    for change in diff.iter_changes(op) {
        out(match change.tag() {
            ChangeTag::Equal => " ",
            ChangeTag::Delete => "-",
            ChangeTag::Insert => "+",
        });
        out(change.value());
        if !change.value().ends_with('\n') {
            out("\n\\ No newline at end of file\n");
        }
    }
}
