//! A kind of diagnostic: its name reads well after "allow", and its explanation is written beside the
//! stage that raises it. The two example files of a code are part of its explanation and are tests.

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The result would be refused or wrong: nothing is written.
    Error,
    /// The result is weaker or unwise.
    Warning,
    /// The result is right, and a person should know something about it.
    Note,
}

impl Severity {
    /// The word that every format prints.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A kind of diagnostic.
#[derive(Debug)]
pub struct Code {
    /// Kebab-case; the same everywhere a code is named.
    pub name: &'static str,
    /// How grave it is.
    pub level: Severity,
    /// One line: what was found.
    pub summary: &'static str,
    /// Why it matters: what Kubernetes, Linkerd or a reader would do with it, with the source.
    pub why: &'static str,
    /// A manifest that raises exactly this code.
    pub example: &'static str,
    /// The same manifest, mended.
    pub instead: &'static str,
}

/// Declares a [`Code`] whose examples are `examples/invalid/NAME.toml` and `NAME.fixed.toml`.
macro_rules! code {
    ($name:literal, $level:ident, $summary:literal, $why:literal $(,)?) => {
        $crate::diagnostic::Code {
            name: $name,
            level: $crate::diagnostic::Severity::$level,
            summary: $summary,
            why: $why,
            example: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/invalid/", $name, ".toml")),
            instead: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/invalid/", $name, ".fixed.toml")),
        }
    };
}

/// Declares the codes of a stage, each as a `static`, and `CODES`, the list of them.
macro_rules! codes {
    ($($constant:ident = $name:literal, $level:ident, $summary:literal, $why:literal;)+) => {
        $(pub(crate) static $constant: $crate::diagnostic::Code =
            $crate::diagnostic::code!($name, $level, $summary, $why);)+
        /// Every code of this stage.
        pub(crate) static CODES: &[&$crate::diagnostic::Code] = &[$(&$constant),+];
    };
}

pub(crate) use {code, codes};

impl Code {
    /// The explanation as a person reads it: what it finds, why it matters, an example, the way out.
    #[must_use]
    pub fn explanation(&self) -> String {
        format!(
            "{name} ({level}): {summary}\n\n\
             Why it matters\n\n{why}\n\n\
             Example\n\n{example}\n\
             Instead\n\n{instead}",
            name = self.name,
            level = self.level.word(),
            summary = self.summary,
            why = self.why,
            example = indented(self.example),
            instead = indented(self.instead),
        )
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
