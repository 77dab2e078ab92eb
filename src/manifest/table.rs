//! The tables of the language. A field and its key are written once, in [`table!`], which makes the
//! struct, its reader and its JSON Schema.

use schemars::{Schema, SchemaGenerator};

use crate::diagnostic::Report;
use crate::manifest::read::Reader;
use crate::syntax::Table;

/// A table whose keys are known: its fields as they are read, and as the schema tells of them.
pub(crate) trait Fields: Sized {
    fn read_fields(reader: &mut Reader<'_, '_>) -> Self;
    fn add_properties(schema: &mut SchemaObject, generator: &mut SchemaGenerator);
}

/// The schema of a table while its properties are added.
#[derive(Default)]
pub(crate) struct SchemaObject {
    properties: serde_json::Map<String, serde_json::Value>,
    required: Vec<String>,
}

impl SchemaObject {
    /// `example` is one of the field, where those of its type would mislead.
    pub(crate) fn property(&mut self, field: &str, doc: &str, example: Option<&str>, mut schema: Schema) -> String {
        let key = field.replace('_', "-");
        schema.insert("description".to_owned(), sentence(doc).into());
        if let Some(example) = example {
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

/// Declares tables of the language. A field is `required` or `optional` (both become an `Option`: as
/// written, either may be absent), `many` (empty if left out) or `flatten` (the keys of another table
/// stand among these). The key is the field's name in kebab-case. `#[like = "..."]` is an example of this field, where
/// that of its type would mislead.
macro_rules! table {
    ($($(#[doc = $about:literal])+ pub struct $name:ident {
        $($(#[doc = $doc:literal])+ $(#[like = $example:literal])? $need:ident $field:ident: $type:ty,)*
    })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            /// Where the table begins.
            #[allow(dead_code, reason = "not every table is pointed at")]
            pub span: $crate::spanned::Span,
            $($(#[doc = $doc])+ pub $field: $crate::manifest::table::table!(@type $need $type),)*
        }

        impl $crate::manifest::table::Fields for $name {
            fn read_fields(reader: &mut $crate::manifest::read::Reader<'_, '_>) -> Self {
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
                    @schema $need $type, schema, generator, $field, concat!($($doc, "\n"),+),
                    $crate::manifest::table::table!(@example $($example)?)
                );)*
            }
        }

        impl $crate::value::read::Read for $name {
            fn read(value: &$crate::syntax::Value, report: &mut $crate::diagnostic::Report) -> Option<Self> {
                let table = $crate::value::read::as_table(value, report)?;
                Some($crate::manifest::table::read_table(table, report))
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
    (@example) => { None };
    (@example $example:literal) => { Some($example) };
    (@type required $type:ty) => { Option<$type> };
    (@type optional $type:ty) => { Option<$type> };
    (@type many $type:ty) => { $type };
    (@type flatten $type:ty) => { $type };
    (@read required $type:ty, $reader:ident, $field:ident) => { $reader.required(stringify!($field)) };
    (@read optional $type:ty, $reader:ident, $field:ident) => { $reader.optional(stringify!($field)) };
    (@read many $type:ty, $reader:ident, $field:ident) => { $reader.many(stringify!($field)) };
    (@read flatten $type:ty, $reader:ident, $field:ident) => {
        <$type as $crate::manifest::table::Fields>::read_fields($reader)
    };
    (@schema required $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr, $example:expr) => {
        let key = $schema.property(stringify!($field), $doc, $example, $generator.subschema_for::<$type>());
        $schema.require(key);
    };
    (@schema flatten $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr, $example:expr) => {
        <$type as $crate::manifest::table::Fields>::add_properties($schema, $generator);
    };
    (@schema $need:ident $type:ty, $schema:ident, $generator:ident, $field:ident, $doc:expr, $example:expr) => {
        $schema.property(stringify!($field), $doc, $example, $generator.subschema_for::<$type>());
    };
}

/// Reads a whole table; a key that no field asked for is reported.
pub(crate) fn read_table<T: Fields>(table: &Table, report: &mut Report) -> T {
    read_all(Reader::new(table, report))
}

/// Reads all fields of a table; a key that no field asked for is reported.
pub(crate) fn read_all<T: Fields>(mut reader: Reader<'_, '_>) -> T {
    let read = T::read_fields(&mut reader);
    reader.finish();
    read
}

pub(crate) use table;
