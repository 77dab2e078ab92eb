//! `mlmesh access` and `mlmesh route`.

use crate::home::{ERROR, Home, SECOND_MODEL, TWO_ROLLOUTS, WARNING, clean_and, ends, example, said};

#[test]
fn access_is_asked_of_one_caller_and_one_callee() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    let all = ends(0, home.run("access --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&all.out).unwrap();
    assert!(rows.iter().any(|row| row["from"] == "scorer" && row["to"] == "ranker.predict"), "{}", all.out);
    assert!(rows.iter().any(|row| row["from"] == "unmeshed" && row["to"] == "scorer"), "{}", all.out);
    let one = ends(0, home.run("access scorer ranker.predict --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&one.out).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["verdict"], "denied");
}

#[test]
fn access_is_asked_of_a_callee_without_a_caller() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    let said = ends(0, home.run("access --to scorer --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&said.out).unwrap();
    assert!(rows.len() > 2 && rows.iter().all(|row| row["to"] == "scorer"), "{}", said.out);
    assert!(ends(0, home.run("access --to scorer")).out.lines().nth(1).unwrap().starts_with("scorer "));
    assert!(ends(2, home.run("access --to scorre")).err.contains("did you mean `scorer`?"));
    ends(2, home.run("access ranker scorer --to scorer"));
}

#[test]
fn several_manifests_are_asked_one_by_one() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    home.put("chat/mlops.toml", example("chat"));
    let both = "-f mlops.toml -f chat/mlops.toml";
    let said = ends(0, home.run(&format!("access {both}")));
    let one = ends(0, home.run("access -f mlops.toml")).out;
    let other = ends(0, home.run("access -f chat/mlops.toml")).out;
    assert_eq!(said.out, format!("mlops.toml:\n{one}\nchat/mlops.toml:\n{other}\n"));
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&ends(0, home.run(&format!("access {both} --format json"))).out).unwrap();
    let of = |manifest: &str| rows.iter().filter(|row| row["manifest"] == manifest).count();
    assert!(of("mlops.toml") > 0 && of("chat/mlops.toml") > 0 && of("mlops.toml") + of("chat/mlops.toml") == rows.len());
    let known_to_one = ends(2, home.run(&format!("access --to assistant {both}")));
    assert!(known_to_one.out.starts_with("chat/mlops.toml:\n") && known_to_one.err.contains("error: mlops.toml: "));
    let route = ends(2, home.run(&format!("route --from web --to assistant POST / {both} --format json")));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&route.out).unwrap()["manifest"], "chat/mlops.toml");
}

#[test]
fn a_question_is_asked_of_another_step_and_another_version() {
    let home = Home::with(TWO_ROLLOUTS);
    let call = "route --from a --to b POST /predict";
    let at = |step: u32| ends(0, home.run(&format!("{call} --step b={step}"))).out;
    assert_eq!(ends(0, home.run(call)).out, at(1));
    assert!(at(0) != at(1) && at(1) != at(2), "{}", at(1));
    for call in [call, "access", "rollout status a"] {
        let wrong = ends(1, home.run(&format!("{call} --cluster linkerd=two")));
        assert!(wrong.out.is_empty() && wrong.err.contains("--cluster:1:9"), "{wrong:?}");
    }
}

#[test]
fn a_question_has_its_report_in_every_format_and_writes_it_to_a_file() {
    let home = Home::with(&clean_and(ERROR));
    let said = ends(1, home.run("access --format sarif"));
    assert!(said.out.contains("unknown-namespace") && said.err.is_empty(), "{said:?}");
    home.put("mlops.toml", clean_and(WARNING));
    for call in ["access", "route --from unmeshed --to ranker POST /predict", "rollout status", "migrate --to smi"] {
        home.put("report", "");
        let said = home.run(&format!("{call} --format sarif --report report"));
        assert!(home.text("report").contains("\"2.1.0\""), "{call}: {said:?}");
    }
    assert!(!ends(0, home.run("access")).err.contains("retry-budget-unused"), "a warning is not in the way");
}

/// The widths of Rust's formatting end at 65,535.
#[test]
fn a_cell_may_be_longer_than_any_terminal() {
    let names: Vec<String> = (0..1_100).map(|at| format!("identity-{at:053}")).collect();
    let identities: String = names.iter().map(|name| format!("[identities.{name}]\nnamespace = \"{name}\"\n")).collect();
    let text = format!(
        "[cluster]\ntraffic = \"profile\"\n[namespaces.ml]\n{identities}[services.s]\nnamespace = \"ml\"\nport = 80\n\
         image = \"r/s:1\"\ncallers = {names:?}\n"
    );
    let said = ends(0, Home::with(&text).run("access"));
    assert!(said.out.lines().any(|line| line.len() > 65_535), "{}", said.out.len());
}

#[test]
fn access_says_how_the_mesh_knows_a_caller() {
    let home = Home::with(&example("callers"));
    let table = ends(0, home.run("access")).out;
    assert!(table.contains("\nsearch-eu    service account search/query of eu.example.com\n"), "{table}");
    assert!(table.contains("\nsearch       every service account of search\n"), "{table}");
    assert!(table.contains("\nbatch-hosts  no identity, from 10.20.0.0/16, fd00:20::/64\n"), "{table}");
    let json: serde_json::Value = serde_json::from_str(&ends(0, home.run("access --format json")).out).unwrap();
    assert_eq!(json[0]["principal"], "no identity, from 10.20.0.0/16, fd00:20::/64");
}

#[test]
fn a_question_about_nobody_says_who_was_probably_meant() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    assert!(ends(2, home.run("access scorre")).err.contains("did you mean `scorer`?"));
    assert!(ends(2, home.run("access scorer rankr")).err.contains("did you mean `ranker`?"));
    assert!(ends(2, home.run("route --from scorer --to rankr GET /")).err.contains("did you mean `ranker`?"));
    assert!(ends(2, home.run("route --from scorer --to ranker GET predict")).err.contains("does not start with `/`"));
}

#[test]
fn a_question_about_a_manifest_with_errors_is_not_answered() {
    let said = ends(1, Home::with(&clean_and(ERROR)).run("access"));
    assert!(said.out.is_empty() && said.err.contains("unknown-namespace"), "{}", said.err);
}

#[test]
fn route_says_the_terms_of_a_request() {
    let home = Home::with(&clean_and(SECOND_MODEL));
    let said = ends(0, home.run("route --from scorer --to ranker post /predict?debug=1"));
    assert!(
        said.out.starts_with("route         predict\ntimeout       5s\nretry         never\nto            ranker 100 %: denied (no policy of the Server ranker admits it)\n"),
        "{}",
        said.out
    );
    let json: serde_json::Value =
        serde_json::from_str(&ends(0, home.run("route --from unmeshed --to ranker POST /predict --format json")).out).unwrap();
    assert_eq!((&json["route"], &json["timeout"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn route_looks_at_the_headers_of_a_request() {
    let home = Home::with(&example("chat"));
    let call = "route --from web --to assistant POST /v1/chat/completions";
    let stable = ends(0, home.run(call));
    assert!(
        stable.out.contains("idle timeout  2m") && stable.out.contains("to            assistant 100 %: allowed"),
        "{stable:?}"
    );
    let mut command = home.command(call);
    let pilot = ends(0, said(command.args(["-H", "X-Cohort:  pilot"])));
    assert!(pilot.out.contains("to            assistant-m2 100 %: allowed"), "{pilot:?}");
    let wrong = ends(2, said(home.command(call).args(["-H", "x-cohort"])));
    assert!(wrong.err.contains("NAME: VALUE"), "{wrong:?}");
}

#[test]
fn of_a_host_outside_the_terms_are_asked_and_nobody_admits_or_refuses() {
    let home = Home::with(&example("chat"));
    let outside = "outside of the cluster, where nothing admits or refuses";
    assert!(ends(2, home.run("access assistant web-search")).err.contains(outside));
    let expecting = |expectation: &str| {
        home.put("mlops.toml", format!("{}\n[expect]\n{expectation}\n", example("chat")));
        home.run("check --format short")
    };
    ends(0, expecting("timeout = { \"assistant -> web-search.query\" = \"3s\" }"));
    let longer = ends(1, expecting("timeout = { \"assistant -> web-search.query\" = \"4s\" }"));
    assert!(longer.err.contains("expectation-failed") && longer.err.contains("may take 3s, not 4s"), "{longer:?}");
    for question in ["can", "cannot"] {
        let said = ends(1, expecting(&format!("{question} = [\"assistant -> web-search\"]")));
        assert!(said.err.contains("invalid-expectation") && said.err.contains("leaves the cluster"), "{said:?}");
    }
}
