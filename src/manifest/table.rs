//! The tables of the language. A field and its key are written once, in [`table!`], which makes the
//! struct, its reader and its JSON Schema.

use schemars::{Schema, SchemaGenerator};

use crate::manifest::read::Reader;
use crate::value::json::in_words;

/// A table whose keys are known: its fields as they are read, and as the schema tells of them.
pub(crate) trait Fields: Sized {
    /// Whether a key is one of its fields.
    fn has_key(key: &str) -> bool;
    /// Adds the names of its fields.
    fn add_fields(fields: &mut Vec<&'static str>);
    fn read_fields(reader: &mut Reader<'_>) -> Self;
    fn add_properties(schema: &mut SchemaObject, generator: &mut SchemaGenerator);
}

/// The schema of a table while its properties are added.
#[derive(Default)]
pub(crate) struct SchemaObject {
    properties: serde_json::Map<String, serde_json::Value>,
    required: Vec<String>,
}

/// What the reference says of a field.
pub(crate) struct FieldDoc<'a> {
    pub(crate) text: &'a str,
    /// One of the field, where those of its type would mislead.
    pub(crate) example: Option<&'static str>,
    pub(crate) absent: Absent,
}

/// What a field means that is left out.
pub(crate) enum Absent {
    /// Nothing, or what its text says.
    Unsaid,
    /// What no value could say.
    Sentence(&'static str),
    Value(serde_json::Value),
}

impl<'a> FieldDoc<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, example: None, absent: Absent::Unsaid }
    }
}

impl SchemaObject {
    pub(crate) fn property(&mut self, field: &str, doc: FieldDoc<'_>, mut schema: Schema) -> String {
        let key = field.replace('_', "-");
        let mut text = sentence(doc.text);
        match doc.absent {
            Absent::Unsaid => {}
            Absent::Sentence(meaning) => text.push_str(&format!(" Default: {meaning}.")),
            Absent::Value(value) => {
                text.push_str(&format!(" Default: {}.", in_words(&value)));
                schema.insert("default".to_owned(), value);
            }
        }
        schema.insert("description".to_owned(), text.into());
        if let Some(example) = doc.example {
            schema.insert("examples".to_owned(), vec![example].into());
        }
        self.properties.insert(key.clone(), schema.to_value());
        key
    }

    pub(crate) fn require(&mut self, key: String) {
        self.required.push(key);
    }

    pub(crate) fn finish(self, doc: &str) -> Schema {
        let mut schema = schemars::json_schema!({
            "type": "object", "description": sentence(doc), "properties": self.properties, "additionalProperties": false,
        });
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        schema
    }
}

/// Doc comment lines as one paragraph.
fn sentence(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Declares tables of the language. A field is `required` or `optional` (both become a `Field`: as
/// written, either may be absent), `many` (empty if left out) or `flatten` (the keys of another table
/// stand among these). The key is the field's name in kebab-case.
///
/// What an optional field means that is left out is said once, for resolving, the schema and the reference:
/// - `= VALUE`: the function of the field's name gives what was written, or this at the table's place.
/// - `#[implied = VALUE]`: nothing is set; whoever reads the absent value takes it for this one.
/// - `#[default = "..."]`: what no value could say, as the end of a sentence.
///
/// `#[like = "..."]` is an example of this field, where that of its type would mislead.
macro_rules! table {
    ($($(#[doc = $about:literal])+ $vis:vis struct $name:ident {
        $(
            $(#[doc = $doc:literal])+
            $(#[like = $example:literal])?
            $(#[default = $sentence:literal])?
            $(#[implied = $implied:expr])?
            $need:ident $field:ident: $type:ty $(= $default:expr)?,
        )*
    })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Debug, Default)]
        $vis struct $name {
            /// Where the table begins.
            #[allow(dead_code, reason = "not every table is pointed at")]
            pub span: $crate::spanned::Span,
            $($(#[doc = $doc])+ pub $field: $crate::manifest::table::table!(@type $need $type),)*
        }

        $($crate::manifest::table::table!(@resolved $name, $field: $type $(= $default)?);)*

        impl $crate::manifest::table::Fields for $name {
            fn has_key(key: &str) -> bool {
                $($crate::manifest::table::table!(@has $need $type, key, $field))||+
            }
            fn add_fields(fields: &mut Vec<&'static str>) {
                $($crate::manifest::table::table!(@add $need $type, fields, $field);)+
            }
            fn read_fields(reader: &mut $crate::manifest::read::Reader<'_>) -> Self {
                Self {
                    span: reader.span(),
                    $($field: $crate::manifest::table::table!(@read $need $type, reader, $field),)*
                }
            }
            fn add_properties(
                schema: &mut $crate::manifest::table::SchemaObject,
                generator: &mut schemars::SchemaGenerator,
            ) {
                $($crate::manifest::table::table!(
                    @schema $need $type, schema, generator, $field, $crate::manifest::table::FieldDoc {
                        text: concat!($($doc, "\n"),+),
                        example: $crate::manifest::table::table!(@example $($example)?),
                        absent: $crate::manifest::table::table!(
                            @absent $field $($sentence)? $(, implied $implied)? $(, default $default)?
                        ),
                    }
                );)*
            }
        }

        impl $crate::value::read::Read for $name {
            fn read(value: &$crate::syntax::Value, report: &mut $crate::diagnostic::Report) -> Option<Self> {
                let table = $crate::value::read::as_table(value, report)?;
                Some($crate::manifest::read::read_table(table, report))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = $crate::manifest::table::SchemaObject::default();
                <Self as $crate::manifest::table::Fields>::add_properties(&mut schema, generator);
                schema.finish(concat!($($about, "\n"),+))
            }
        }
    )+};
    (@resolved $name:ident, $field:ident: $type:ty) => {};
    (@resolved $name:ident, $field:ident: $type:ty = $default:expr) => {
        impl $name {
            /// What was written, or else the default, which has the place of the table.
            #[must_use]
            pub(crate) fn $field(&self) -> $type {
                match self.$field.as_ref() {
                    Some(written) => <$type>::clone(written),
                    None => $crate::spanned::Spanned::new($default, self.span),
                }
            }
        }
    };
    (@example) => { None };
    (@example $example:literal) => { Some($example) };
    (@absent $field:ident) => { $crate::manifest::table::Absent::Unsaid };
    (@absent $field:ident $sentence:literal) => { $crate::manifest::table::Absent::Sentence($sentence) };
    (@absent $field:ident, implied $implied:expr) => {
        $crate::manifest::table::Absent::Value($crate::value::json::ToJson::to_json(&$implied))
    };
    (@absent $field:ident, default $default:expr) => {
        $crate::manifest::table::Absent::Value($crate::value::json::ToJson::to_json(&Self::default().$field()))
    };
    (@type required $type:ty) => { $crate::manifest::Field<$type> };
    (@type optional $type:ty) => { $crate::manifest::Field<$type> };
    (@type many $type:ty) => { $type };
    (@type flatten $type:ty) => { $type };
    (@has flatten $type:ty, $key:ident, $field:ident) => { <$type as $crate::manifest::table::Fields>::has_key($key) };
    (@has $need:ident $type:ty, $key:ident, $field:ident) => { $crate::manifest::read::is_key(stringify!($field), $key) };
    (@add flatten $type:ty, $fields:ident, $field:ident) => { <$type as $crate::manifest::table::Fields>::add_fields($fields) };
    (@add $need:ident $type:ty, $fields:ident, $field:ident) => { $fields.push(stringify!($field)) };
    (@read required $type:ty, $reader:ident, $field:ident) => { $reader.required(stringify!($field)) };
    (@read optional $type:ty, $reader:ident, $field:ident) => { $reader.optional(stringify!($field)) };
    (@read many $type:ty, $reader:ident, $field:ident) => { $reader.many(stringify!($field)) };
    (@read flatten $type:ty, $reader:ident, $field:ident) => {
        <$type as $crate::manifest::table::Fields>::read_fields($reader)
    };
    (@schema required $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr) => {
        let key = $schema.property(stringify!($field), $doc, $generator.subschema_for::<$type>());
        $schema.require(key);
    };
    (@schema flatten $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr) => {
        <$type as $crate::manifest::table::Fields>::add_properties($schema, $generator);
    };
    (@schema $need:ident $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr) => {
        $schema.property(stringify!($field), $doc, $generator.subschema_for::<$type>());
    };
}

pub(crate) use table;
