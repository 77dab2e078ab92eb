//! Reads a folder of upstream schemas: every `*.yaml` with CRDs in it, and Kubernetes' definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::builtin::{Builtin, Definitions};
use super::crd::{self, Version};
use super::rules::{Engine, RuleTree};
use super::{Copy, Counts, GroupKind, Kind, Schemas, Scope, formats, indent, lists};
use crate::run;

/// Files and folders of the schemas' folder that judge nothing, and why.
pub const LEFT_OUT_FILES: &[(&str, &str)] = &[
    (
        "smi/trafficsplit-smi-sdk-go.yaml",
        "serves v1alpha4 alone, and is not the CRD that Linkerd's SMI extension installs",
    ),
    (
        "linkerd/gateway-api-vendored",
        "the experimental channel of v1.1.1, which Linkerd's chart no longer installs unless asked",
    ),
];
const DEFINITIONS: &str = "kubernetes/definitions-v1.37.0.json";

/// Why a folder of schemas cannot be used.
#[derive(Debug)]
pub struct LoadError {
    file: PathBuf,
    message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.message)
    }
}

impl std::error::Error for LoadError {}

impl Schemas {
    /// Reads every schema under `dir`. Errs on a file that cannot be read, a keyword that is not known and a schema
    /// that does not compile; a CEL rule that does not compile is [`Schemas::unjudged`] instead.
    pub fn load(dir: &Path) -> Result<Schemas, LoadError> {
        let file = dir.join(DEFINITIONS);
        let definitions = definitions(&file).map_err(|message| LoadError { file, message })?;
        let mut schemas = Schemas {
            kinds: BTreeMap::new(),
            releases: BTreeMap::new(),
            engine: Engine::new(),
            unjudged: BTreeSet::new(),
            counts: Counts::default(),
        };
        for kind in definitions.kinds() {
            let added = schemas.add_builtin(&definitions, &kind);
            added.map_err(|message| LoadError { file: dir.join(DEFINITIONS), message })?;
        }
        for file in crd_files(dir)? {
            let release = release(dir, &file);
            let added = schemas.add_file(&definitions, &release, &file);
            added.map_err(|message| LoadError { file, message })?;
        }
        schemas.counts.distinct_rules = schemas.engine.programs();
        Ok(schemas)
    }

    fn add_builtin(&mut self, definitions: &Definitions, kind: &Builtin) -> Result<(), String> {
        let validator = validator(&definitions.schema(kind))?;
        let copy = Copy { release: "kubernetes".to_owned(), validator, published: None, rules: RuleTree::default() };
        self.add(&kind.group, &kind.kind, &kind.version, kind.scope, copy);
        Ok(())
    }

    fn add_file(&mut self, definitions: &Definitions, release: &str, file: &Path) -> Result<(), String> {
        let text = fs::read_to_string(file).map_err(|e| e.to_string())?;
        let documents = indent::read(&text).map_err(|e| e.to_string())?;
        let versions: Vec<Version> = documents.iter().flat_map(crd::versions).collect();
        if versions.is_empty() {
            return Err("holds no CRD".to_owned());
        }
        for version in versions {
            self.releases.entry(version.group.clone()).or_default().insert(release.to_owned());
            if version.served {
                self.add_version(definitions, release, version)?;
            }
        }
        Ok(())
    }

    fn add_version(&mut self, definitions: &Definitions, release: &str, version: Version) -> Result<(), String> {
        let schema = version.closed(&Definitions::object_meta(), definitions.object_meta_definitions())?;
        let place = format!("{release} {}/{} {}", version.group, version.version, version.kind);
        let compiled = self.engine.compile(&place, &version.kind, &version.schema);
        self.unjudged.extend(compiled.unjudged);
        self.counts.rules += compiled.count;
        let Version { group, kind, version, scope, schema: published, .. } = version;
        let copy = Copy {
            release: release.to_owned(),
            validator: validator(&schema)?,
            published: Some(published),
            rules: compiled.tree,
        };
        self.add(&group, &kind, &version, scope, copy);
        Ok(())
    }

    fn add(&mut self, group: &str, kind: &str, version: &str, scope: Scope, copy: Copy) {
        self.counts.schemas += 1;
        let key = GroupKind { group: group.to_owned(), kind: kind.to_owned() };
        let versions = self.kinds.entry(key).or_default();
        versions.entry(version.to_owned()).or_insert_with(|| Kind { scope, copies: Vec::new() }).copies.push(copy);
    }
}

fn definitions(file: &Path) -> Result<Definitions, String> {
    let text = fs::read_to_string(file).map_err(|e| e.to_string())?;
    let document: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    Definitions::of(&document)
}

fn crd_files(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let files = run::yaml_files(dir).map_err(|e| LoadError { file: dir.to_owned(), message: e.to_string() })?;
    let left_out = |file: &PathBuf| LEFT_OUT_FILES.iter().any(|(path, _)| file.starts_with(dir.join(path)));
    Ok(files.into_iter().filter(|file| !left_out(file)).collect())
}

/// A release is a folder: `gateway-api/v1.2.1-standard`.
fn release(dir: &Path, file: &Path) -> String {
    let folder = file.strip_prefix(dir).unwrap_or(file).parent();
    folder.map(|folder| folder.display().to_string()).unwrap_or_default()
}

fn validator(schema: &Value) -> Result<Validator, String> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false);
    lists::known_to(formats::known_to(options)).build(schema).map_err(|e| e.to_string())
}
