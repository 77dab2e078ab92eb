//! Another version and another traffic API: `mlmesh check --cluster` and `mlmesh migrate`.

use std::fs;

use crate::home::{Home, ends, example};

#[test]
fn another_version_shows_what_would_break_and_what_would_change() {
    let home = Home::with(&example("recommender"));
    let older = ends(1, home.run("check --cluster kubernetes=1.28 --format short"));
    assert!(older.err.lines().all(|line| line.contains("job-never-completes")) && older.err.lines().count() == 4, "{older:?}");
    let sidecars = ends(0, home.run("check --cluster linkerd=2.19"));
    assert!(sidecars.out.contains("+            config.beta.linkerd.io/proxy-enable-native-sidecar: \"true\""), "{sidecars:?}");
    assert_eq!(sidecars.err, "mlops.toml: 0 created, 4 changed, 0 removed\n");
    assert_eq!(ends(0, home.run("check --cluster linkerd=2.20")).out, "", "that is the default");
    assert_eq!(home.names(""), ["mlops.toml"], "a check writes nothing");
}

#[test]
fn another_version_is_one_that_is_known_and_another() {
    let home = Home::with(&example("callers"));
    for (call, said) in [
        ("check --cluster linkerd=2.19", "the manifest says `linkerd = \"2.19\"` already"),
        ("check --cluster istio=1.22", "such as `linkerd=2.21`"),
        ("check --cluster 2.21", "such as `linkerd=2.21`"),
        ("migrate --to smi", "the manifest says `traffic = \"smi\"` already"),
        ("migrate --to consul", "possible values: smi, profile, gateway-api, istio"),
    ] {
        let answer = ends(2, home.run(call));
        assert!(answer.err.contains(said), "{call}: {answer:?}");
    }
    let wrong = ends(1, home.run("check --cluster linkerd=two"));
    assert!(wrong.err.contains("invalid-version") && wrong.err.contains("--cluster:1:9"), "{wrong:?}");
}

#[test]
fn a_migration_is_a_report_and_the_trees_of_its_steps() {
    let home = Home::with(&example("quickstart"));
    let call = "migrate --to gateway-api --cluster gateway-api=1.2";
    let dry = ends(0, home.run(call));
    let expected = "\
mlops.toml: to `gateway-api` in 2 steps

Noticed by callers
  ranker.metadata (GET /v1/models/{x}): retry `on 500-599; at most 20 % more requests, and 10 a second from each client` becomes `on 500-599; 1 more for one request`

Steps: commit one, wait until the cluster has all of it, then the next
  1. what is new, beside what is there: Linkerd looks at no route of a Service that has a ServiceProfile, so these do nothing yet
     + ml/ranker/httproute-outbound-metadata.yaml
     + ml/ranker/httproute.yaml
  2. what is old goes, all in one commit: the TrafficSplit and the ServiceProfile go together: alone, the extension would take the weights out of the profile
     - ml/ranker/serviceprofile.yaml
     - ml/ranker/trafficsplit.yaml

With the last step, write `traffic = \"gateway-api\"` and `gateway-api = \"1.2\"` into `[cluster]`: that is what `render` gives from then on.
";
    assert_eq!(dry.out, expected);
    assert_eq!(home.names(""), ["mlops.toml"], "a dry report writes nothing");
    assert_eq!(ends(0, home.run(&format!("{call} -o steps"))).out, expected);
    let moved = example("quickstart").replace("traffic = \"smi\"", "traffic = \"gateway-api\"\ngateway-api = \"1.2\"");
    home.put("mlops.toml", moved);
    assert_eq!(ends(0, home.run("render --check -o steps/2")).out, "", "the last step is what is rendered afterwards");
    let both = home.names("steps/1");
    assert!(both.contains(&"steps/1/ml/ranker/httproute.yaml".to_owned()), "{both:?}");
    assert!(both.contains(&"steps/1/ml/ranker/serviceprofile.yaml".to_owned()), "{both:?}");
}

#[test]
fn a_migration_that_would_lose_a_setting_altogether_is_refused_and_shows_which() {
    let home = Home::with(&example("chat"));
    let refused = ends(1, home.run("migrate --to profile --format short -o steps"));
    assert_eq!(refused.out, "");
    let lost: Vec<&str> = refused.err.lines().filter(|line| line.contains("error[ignored-setting]")).collect();
    assert_eq!(lost.len(), 5, "{refused:?}");
    assert_eq!(home.names(""), ["mlops.toml"]);
}

#[test]
fn a_version_alone_is_moved_to_in_steps_too() {
    let home = Home::with(&example("recommender"));
    let said = ends(0, home.run("migrate --cluster gateway-api=1.2 -o steps")).out;
    assert!(said.starts_with("mlops.toml: to `gateway-api = \"1.2\"` in 4 steps\n"), "{said}");
    assert!(said.ends_with(
        "With the last step, write `gateway-api = \"1.2\"` into `[cluster]`: that is what `render` gives from then on.\n"
    ));
    home.put("mlops.toml", example("recommender").replace("traffic = \"smi\"", "traffic = \"smi\"\ngateway-api = \"1.2\""));
    assert_eq!(ends(0, home.run("render --check -o steps/4")).out, "", "the last step is what is rendered afterwards");
    assert!(ends(2, home.run("migrate")).err.contains("--to"));
}

#[test]
fn the_trees_of_a_migration_are_written_all_or_none_and_those_of_a_longer_one_go() {
    let home = Home::with(&example("recommender"));
    let call = "migrate --to gateway-api --cluster gateway-api=1.2 -o steps";
    ends(0, home.run(call));
    assert!(home.names("steps/4").len() > 1);
    home.put("steps/5/mine.yaml", "mine");
    home.put("mlops.toml", example("quickstart"));
    let edited = "steps/2/mlops/namespace.yaml";
    home.put(edited, "edited");
    let before = home.files("steps");
    assert!(ends(1, home.run(call)).err.contains("namespace.yaml"), "an edited file is in the way");
    assert_eq!(home.files("steps"), before, "and nothing was written");
    fs::remove_file(home.path(edited)).unwrap();
    ends(0, home.run(call));
    assert!(home.names("steps/2").contains(&"steps/2/ml/ranker/httproute.yaml".to_owned()));
    let left = |folder: &str| -> Vec<String> {
        home.names(folder).into_iter().filter(|name| !name.ends_with(".mlmesh.ledger")).collect()
    };
    assert_eq!(left("steps/3"), [""; 0]);
    assert_eq!(home.names("steps/5"), ["steps/5/mine.yaml"]);
}
