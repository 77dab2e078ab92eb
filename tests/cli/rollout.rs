//! `mlmesh rollout`.

use std::fs;
use std::process::Stdio;

use regex::Regex;

use crate::home::{CLEAN, Home, TWO_ROLLOUTS, ends, example};

#[test]
fn rollout_status_shows_every_step_and_marks_one() {
    let said = ends(0, Home::with(&example("recommender")).run("rollout status"));
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 8, "a title, the start, five steps, the promotion:\n{}", said.out);
    assert!(lines[0].contains("model-server") && lines[0].contains("v1") && lines[0].contains("v2"));
    let marked: Vec<&&str> = lines.iter().filter(|line| line.starts_with('>')).collect();
    assert_eq!(marked, [&"> step 1 (10% to `v2`, held 5m)"]);
}

#[test]
fn rollout_goes_forth_and_back() {
    let home = Home::with(&example("recommender"));
    let written = example("recommender");
    let stands_at =
        |step: u32| assert_eq!(home.text("mlops.toml"), written.replace("\nstep = 1\n", &format!("\nstep = {step}\n")));
    for step in 2..=5 {
        ends(0, home.run("rollout advance"));
        stands_at(step);
    }
    let said = ends(1, home.run("rollout advance"));
    assert!(said.err.contains("mlmesh rollout promote model-server"), "{}", said.err);
    stands_at(5);
    ends(0, home.run("rollout promote model-server"));
    stands_at(6);
    ends(1, home.run("rollout advance model-server"));
    stands_at(6);
    ends(0, home.run("rollout rollback"));
    stands_at(0);
    ends(0, home.run("rollout promote"));
    stands_at(6);
}

#[test]
fn a_rollout_that_is_there_already_stays_untouched() {
    let home = Home::with(&example("recommender"));
    ends(0, home.run("rollout rollback"));
    let before = home.files("");
    ends(0, home.run("rollout rollback"));
    assert_eq!(home.files(""), before);
}

/// Layouts of one rollout. `<1>` is the step that stands; `<<step = N>>` is not there, and is put there.
const LAYOUTS: &[&str] = &[
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nstep = <1>\nsteps = STEPS\n",
    "[models.a.rollout]\n<<step = N\n>>from = 'v1'\nto = 'v2'\nsteps = STEPS\n",
    // no line break at the end
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nsteps = STEPS\nstep = <1>",
    "[models.a.rollout]\nto = 'v2'\nsteps = STEPS\n<<step = N\n>>from = 'v1'",
    // other line breaks, blanks and comments
    "[models.a.rollout] # here\r\nfrom = 'v1'\r\nto = 'v2'\r\nstep = <1> # now\r\nsteps = STEPS\r\n",
    "[models.a.rollout] # here\r\n<<\tstep = N\r\n>>\tfrom = 'v1' # old\r\n\tto = 'v2'\r\n\tsteps = STEPS\r\n",
    "[models.a.rollout]\n# step = 7\n<<step = N\n>>from = 'v1' # step = 8\n\n# to whom\nto = 'v2'\nsteps = STEPS\n",
    // other spellings of numbers, texts and keys
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\nstep=<0b0_1># now\nsteps = STEPS\n",
    "[models.a.rollout]\nfrom = 'v1'\nto = 'v2'\n\"step\" = <+1>\nsteps = STEPS\n",
    "[models.a.rollout]\n<<step = N\n>>from = '''\nv1'''\nto = 'v2'\nsteps = STEPS\n",
    "[ models . 'a' . \"rollout\" ]\n<< step = N\n>> \"from\" = 'v1'\n'to' = 'v2'\n\"steps\" = STEPS\n",
    // inline tables
    "[models.a]\nMODEL\nrollout = { from = 'v1', to = 'v2', step = <1>, steps = STEPS } # inline\n",
    "[models.a]\nMODEL\nrollout = { <<step = N, >>from = 'v1', to = 'v2', steps = STEPS }\n",
    "[models.a]\nMODEL\nrollout = {to='v2',steps=STEPS,<<step = N, >>from='v1'}\n",
    "[models.a]\nMODEL\nrollout = { to = 'v2', <<step = N, >>from = 'v1', steps = STEPS }\n",
    "[models]\na = { INLINE, rollout = { <<step = N, >>from = 'v1', to = 'v2', steps = STEPS } }\n",
    "[models]\na = { INLINE, <<rollout.step = N, >>rollout.from = 'v1', rollout.to = 'v2', rollout.steps = STEPS }\n",
    "[models.a]\nMODEL\nrollout = {\n  # whence\n  <<step = N, >>from = 'v1', # old\n  to = 'v2',\n  steps = STEPS,\n}\n",
    // dotted keys
    "[models.a]\nMODEL\nrollout.from = 'v1'\nrollout.to = 'v2'\nrollout.step = <1>\nrollout.steps = STEPS\n",
    "[models.a]\nMODEL\n<<rollout.step = N\n>>rollout.from = 'v1'\nrollout.to = 'v2'\nrollout.steps = STEPS\n",
    "[models.a]\nMODEL\n<<\"rollout\" . step = N\n>>\"rollout\" . 'from' = 'v1'\nrollout.to = 'v2'\nrollout.steps = STEPS\n",
    "DOTTED\n<<models.a.rollout.step = N\n>>models.a.rollout.from = 'v1'\nmodels.a.rollout.to = 'v2'\nmodels.a.rollout.steps = STEPS\n",
    // an array of tables
    "[models.a.rollout]\n<<step = N\n>>from = 'v1'\nto = 'v2'\n[[models.a.rollout.steps]]\nweight = 50\n[[models.a.rollout.steps]]\nweight = 100\n",
];

/// A whole manifest with this layout in it, the marks still there.
fn laid_out(layout: &str) -> String {
    const STEPS: &str = "[{ weight = 50 }, { weight = 100 }]";
    const REST: &str = "# grüße\n[cluster]\ntraffic = 'smi' # \u{1f980}\n[namespaces.ml]\n";
    const MODEL: &str = "namespace = 'ml'\nport = 8080\nversions = { v1 = { image = 'a:1' }, v2 = { image = 'a:2' } }";
    let dotted = MODEL.lines().map(|line| format!("models.a.{line}")).collect::<Vec<_>>().join("\n");
    let inline = MODEL.replace('\n', ", ");
    let whole = layout.replace("STEPS", STEPS).replace("MODEL", MODEL).replace("INLINE", &inline).replace("DOTTED", &dotted);
    let before = match layout {
        _ if layout.starts_with("DOTTED") => return whole + REST,
        _ if layout.contains("MODEL") || layout.contains("INLINE") => REST.to_owned(),
        _ => format!("{REST}[models.a]\n{MODEL}\n"),
    };
    if layout.contains("\r\n") { before.replace('\n', "\r\n") + &whole } else { before + &whole }
}

/// The text of a layout as it stands, or moved to a step.
fn at_step(marked: &str, step: Option<u32>) -> String {
    let absent = Regex::new("(?s)<<(.*?)>>").unwrap();
    let text = absent
        .replace(marked, |found: &regex::Captures<'_>| step.map_or(String::new(), |to| found[1].replace('N', &to.to_string())));
    let stands = Regex::new("<([^<>]*)>").unwrap();
    stands.replace(&text, |found: &regex::Captures<'_>| step.map_or(found[1].to_owned(), |to| to.to_string())).into_owned()
}

#[test]
fn however_a_rollout_is_written_its_step_moves_and_every_other_byte_stays() {
    for layout in LAYOUTS {
        for start in ["", "\u{feff}"] {
            let marked = format!("{start}{}", laid_out(layout));
            let home = Home::new();
            let stands = u32::from(!marked.contains("<<"));
            for (action, to) in [("advance", stands + 1), ("promote", 3), ("rollback", 0)] {
                home.put("mlops.toml", at_step(&marked, None));
                let said = home.run(&format!("rollout {action}"));
                assert_eq!(said.code, 0, "{action} of {marked:?}: {}", said.err);
                let expected = at_step(&marked, Some(to).filter(|to| *to != stands));
                assert_eq!(home.text("mlops.toml"), expected, "{action} of {marked:?}");
                assert!(home.run("rollout status").out.contains(&format!("> step {to} ")), "{action} of {marked:?}");
            }
        }
    }
}

#[test]
fn of_several_rollouts_only_the_named_one_moves() {
    let home = Home::with(TWO_ROLLOUTS);
    let said = ends(2, home.run("rollout advance"));
    assert!(said.err.contains("a, b"), "{}", said.err);
    let said = ends(2, home.run("rollout advance c"));
    assert!(said.err.contains("`c`") && said.err.contains("a, b"), "{}", said.err);
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS);
    ends(0, home.run("rollout promote b"));
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS.replace("step = 1", "step = 3"));
    assert!(ends(0, home.run("rollout status a")).out.contains("> step 0"));
}

#[test]
fn a_manifest_without_a_rollout_has_none_to_move() {
    let home = Home::with(CLEAN);
    for action in ["status", "advance", "rollback", "promote"] {
        assert!(ends(2, home.run(&format!("rollout {action}"))).err.contains("rollout"));
    }
    assert_eq!(home.text("mlops.toml"), CLEAN);
}

#[test]
fn a_manifest_with_errors_is_left_alone() {
    let broken = TWO_ROLLOUTS.replace("port = 8080", "port = 'x'");
    let home = Home::with(&broken);
    for action in ["status a", "advance a", "rollback b", "promote a"] {
        assert!(ends(1, home.run(&format!("rollout {action}"))).err.contains("wrong-type"));
        assert_eq!(home.text("mlops.toml"), broken);
    }
}

#[test]
fn standard_input_can_be_looked_at_and_not_edited() {
    let home = Home::new();
    assert!(ends(0, home.run_with_input("rollout status b -f -", TWO_ROLLOUTS)).out.contains("> step 1"));
    assert!(ends(2, home.run_with_input("rollout advance b -f -", TWO_ROLLOUTS)).err.contains("standard input"));
}

#[test]
fn a_rollout_of_another_file_is_moved_there() {
    let home = Home::with(TWO_ROLLOUTS);
    home.put("other/mlops.toml", TWO_ROLLOUTS);
    ends(0, home.run("rollout advance b --file other/mlops.toml"));
    assert_eq!(home.text("mlops.toml"), TWO_ROLLOUTS);
    assert_eq!(home.text("other/mlops.toml"), TWO_ROLLOUTS.replace("step = 1", "step = 2"));
}

#[cfg(unix)]
#[test]
fn a_moved_rollout_keeps_the_permissions_of_its_file_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.put("real/manifest.toml", TWO_ROLLOUTS);
    fs::set_permissions(home.path("real/manifest.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real/manifest.toml", home.path("mlops.toml")).unwrap();
    ends(0, home.run("rollout advance a"));
    assert!(fs::symlink_metadata(home.path("mlops.toml")).unwrap().is_symlink());
    let mode = fs::metadata(home.path("real/manifest.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(home.text("real/manifest.toml").contains("step = 1"));
    assert_eq!(home.names("real"), ["real/manifest.toml"], "nothing is left beside it");
}

/// Of two at once, each sees what the other wrote.
#[test]
fn no_step_is_lost_when_two_advance_at_once() {
    let text = example("recommender").replace("{ weight = 10, hold = \"5m\" },", "{ weight = 20 },".repeat(40).as_str());
    let home = Home::with(&text.replace("\nstep = 1\n", "\nstep = 0\n"));
    for round in 1..=20 {
        let both = [home.command("rollout advance"), home.command("rollout advance")]
            .map(|mut command| command.stdout(Stdio::null()).spawn().unwrap());
        both.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
        assert!(home.text("mlops.toml").contains(&format!("\nstep = {}\n", 2 * round)), "in round {round}");
    }
}
