//! The output is the same, however often and wherever it is rendered.

use std::fs;

use mlmesh::output::{Keep, Overwrite, Written, write};

use crate::support::{analysis, codes, examples, mlmesh, stream, tree};

#[test]
fn a_hundred_renders_are_one() {
    for (name, text) in examples() {
        let first = stream(&analysis(&text));
        assert!((0..100).all(|_| stream(&analysis(&text)) == first), "{name}");
    }
}

#[test]
fn the_output_is_the_same_whatever_the_environment() {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in examples() {
        let expected = stream(&analysis(&text));
        let manifest = home.path().join("mlops.toml");
        fs::write(&manifest, &text).unwrap();
        for (variable, value) in [
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "de_DE.ISO-8859-1"),
            ("LC_ALL", "C"),
            ("TZ", "Pacific/Chatham"),
            ("HOME", "/nonexistent"),
            ("NO_COLOR", "1"),
            ("CLICOLOR_FORCE", "1"),
            ("COLUMNS", "20"),
        ] {
            let mut command = mlmesh(&["render", "--stdout", manifest.to_str().unwrap()]);
            let output = command.env(variable, value).current_dir("/").output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{name} with {variable}={value}");
        }
        let output = mlmesh(&["render", "--stdout"]).env_clear().current_dir(home.path()).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{name} in its own folder, without an environment");
    }
}

#[test]
fn to_render_twice_is_to_render_once() {
    for (name, text) in examples() {
        let home = tempfile::tempdir().unwrap();
        let analysis = analysis(&text);
        let render = || write(home.path(), &analysis.checked().unwrap(), Overwrite::OursOnly, &Keep::default()).unwrap();
        let Written { created, changed, removed, .. } = render();
        assert!(created > 0 && (changed, removed) == (0, 0), "{name}");
        let once = tree(home.path());
        let Written { created: again, changed, removed, kept, .. } = render();
        assert_eq!((again, changed, removed, kept), (0, 0, 0, created), "{name}");
        assert_eq!(tree(home.path()), once, "{name}");
    }
}

/// A model with an image is its own version, also for the weights that name it.
#[test]
fn a_model_without_versions_is_its_version_v1() {
    let manifest = |image: &str, version: &str| {
        format!(
            "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n[models.m]\nnamespace = \"ml\"\nport = 8080\n{image}stable = \"v1\"\n\
             split = {{ v1 = 100 }}\n{version}"
        )
    };
    let image = "image = \"registry.example.com/m:1\"\n";
    let short = analysis(&manifest(image, ""));
    let long = analysis(&manifest("", &format!("[models.m.versions.v1]\n{image}")));
    assert_eq!((codes(&short), codes(&long)), (Vec::new(), Vec::new()));
    let without_origin = |text: &str| text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    assert_eq!(without_origin(&stream(&short)), without_origin(&stream(&long)));
    assert!(stream(&short).contains("name: m-v1\n"));
}
