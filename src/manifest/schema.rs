//! The JSON Schema of the language, made from the tables themselves, for editors and for `explain`.

use schemars::generate::SchemaSettings;

use crate::manifest::Manifest;

/// The JSON Schema (draft-07, which every editor's TOML support reads) of `mlops.toml`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<Manifest>();
    schema.insert("title".to_owned(), "mlops.toml".into());
    schema.to_value()
}
