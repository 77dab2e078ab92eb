//! The order and the style of a file mean nothing.

use toml::{Table, Value};

use crate::support::{Dice, analysis, codes, examples, stream};

/// Writes a table in another order and another style: each table below it as a header, inline, or by
/// dotted keys. Arrays keep their order, since it may mean something.
struct Rewriter {
    dice: Dice,
    sections: Vec<String>,
}

impl Rewriter {
    fn rewrite(table: &Table, seed: u64) -> String {
        let mut rewriter = Self { dice: Dice(seed), sections: Vec::new() };
        let root = rewriter.lines("", "", table);
        rewriter.dice.shuffle(&mut rewriter.sections);
        root + &rewriter.sections.concat()
    }

    /// The lines of a table; what gets a header of its own goes to the sections.
    fn lines(&mut self, header: &str, dotted: &str, table: &Table) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (key, value) in table {
            let key = format!("{key:?}");
            lines.push(match value.as_table() {
                Some(inner) if dotted.is_empty() && self.dice.below(2) == 0 => {
                    let header = if header.is_empty() { key } else { format!("{header}.{key}") };
                    let text = format!("[{header}]\n{}", self.lines(&header, "", inner));
                    self.sections.push(text);
                    continue;
                }
                Some(inner) if !inner.is_empty() && self.dice.below(2) == 0 => {
                    self.lines(header, &format!("{dotted}{key}."), inner)
                }
                _ => format!("{dotted}{key} = {}\n", self.inline(value)),
            });
        }
        self.dice.shuffle(&mut lines);
        lines.concat()
    }

    fn inline(&mut self, value: &Value) -> String {
        match value {
            Value::Table(table) => {
                let mut entries: Vec<String> =
                    table.iter().map(|(key, value)| format!("{key:?} = {}", self.inline(value))).collect();
                self.dice.shuffle(&mut entries);
                format!("{{ {} }}", entries.join(", "))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(item)).collect();
                format!("[{}]", items.join(", "))
            }
            scalar => scalar.to_string(),
        }
    }
}

#[test]
fn the_order_and_the_style_of_a_file_mean_nothing() {
    for (name, text) in examples() {
        let table: Table = text.parse().unwrap();
        let expected = (stream(&analysis(&text)), codes(&analysis(&text)));
        assert!(!expected.0.is_empty());
        for seed in 1..=20 {
            let rewritten = Rewriter::rewrite(&table, seed);
            assert_eq!(rewritten.parse::<Table>().unwrap(), table, "the rewriter is wrong:\n{rewritten}");
            let analysis = analysis(&rewritten);
            assert_eq!((stream(&analysis), codes(&analysis)), expected, "{name}, rewritten:\n{rewritten}");
        }
    }
}
