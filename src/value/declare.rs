//! The shapes that most values have, each declared in a few lines: a word of several, a whole number
//! within a range, a text that must be right.

/// Declares words of the language: an enum whose variants are written as the given strings.
macro_rules! words {
    ($($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $name { $($(#[doc = $doc])+ $variant,)+ }

        impl $name {
            /// Every word, in the order of the reference.
            $vis const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word that a person writes.
            #[must_use]
            #[allow(dead_code, reason = "not every word is printed again")]
            $vis fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::value::read::Read for $name {
            fn read(value: &$crate::syntax::Value, report: &mut $crate::diagnostic::Report) -> Option<Self> {
                match $crate::value::read::as_str(value, "a string", report)? {
                    $($word => Some(Self::$variant),)+
                    wrong => {
                        $crate::value::read::unknown_word(wrong, value.span, Self::WORDS, report);
                        None
                    }
                }
            }
        }

        impl $crate::value::json::ToJson for $name {
            fn to_json(&self) -> serde_json::Value {
                self.word().into()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "oneOf": [$({ "const": $word, "description": concat!($($doc),+).trim() }),+]
                })
            }
        }
    )+};
}

/// Declares whole numbers within a range.
macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $vis:vis struct $name:ident($type:ty, $least:literal..=$most:literal);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $vis struct $name(pub $type);

        impl $crate::value::read::Read for $name {
            fn read(value: &$crate::syntax::Value, report: &mut $crate::diagnostic::Report) -> Option<Self> {
                let number = $crate::value::read::integer(value, $least..=$most, report)?;
                <$type>::try_from(number).ok().map(Self)
            }
        }

        impl $crate::value::json::ToJson for $name {
            fn to_json(&self) -> serde_json::Value {
                self.0.into()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "minimum": $least, "maximum": $most })
            }
        }
    )+};
}

/// Declares texts that must be right: a struct over the text as `read` gives it back, or why it is wrong.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $vis:vis struct $name:ident($expected:literal, most $most:literal, like $example:literal, $read:path);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        $vis struct $name(pub String);

        impl $crate::value::read::Read for $name {
            fn read(value: &$crate::syntax::Value, report: &mut $crate::diagnostic::Report) -> Option<Self> {
                let expected = concat!($expected, ", such as \"", $example, "\"");
                let text = $crate::value::read::as_str(value, expected, report)?;
                match $read(text) {
                    Ok(text) if text.len() <= $most => Some(Self(text)),
                    Ok(_) => {
                        $crate::value::read::too_long(value.span, $most, report);
                        None
                    }
                    Err($crate::value::declare::Wrong { code, what, help }) => {
                        let message = format!("`{}` is no {what}", text);
                        report.push($crate::diagnostic::Diagnostic::new(code, value.span, message).help(help));
                        None
                    }
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": $most, "examples": [$example] })
            }
        }
    )+};
}

/// Why a text is none of what it should be.
pub(crate) struct Wrong {
    pub(crate) code: &'static crate::diagnostic::Code,
    /// What it is not, such as `name of a header`.
    pub(crate) what: &'static str,
    pub(crate) help: &'static str,
}

pub(crate) use {numbers, texts, words};
