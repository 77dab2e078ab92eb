//! The way back from a file of the tree to the place in the manifest.

use crate::support::{examples, manifest, tree, with_traffic};

/// The header of each file names a table or a key, and its origin is where that stands.
#[test]
fn every_file_leads_back_to_what_its_header_names() {
    for example in examples() {
        for target in ["smi", "gateway-api", "istio"] {
            let manifest = with_traffic(&manifest(&example), target);
            let analysis = mlmesh::analyze(mlmesh::Source::new("mlops.toml", &manifest), &[]).unwrap();
            let Some(checked) = analysis.checked() else { continue };
            let files = tree(&manifest, &[]);
            let origins: Vec<_> = checked.origins().collect();
            assert!(origins.len() > 5 && origins.len() + 1 == files.len(), "{example} {target}");
            for (path, span) in origins {
                let named = files[&path].split(['[', ']']).nth(1).unwrap();
                let last = named.rsplit('.').next().unwrap();
                let (before, at) = (&manifest[..span.range().start], &manifest[span.range()]);
                let is_value = before.trim_end().trim_end_matches(['=', ' ']).ends_with(last);
                assert!(at.trim_matches('"') == last || is_value || table_of(before) == named, "{path}: {named} at {at}");
            }
        }
    }
}

/// The name of the last table that begins before this point.
fn table_of(before: &str) -> &str {
    before.rsplit("\n[").next().and_then(|rest| rest.split(']').next()).unwrap_or_default()
}
