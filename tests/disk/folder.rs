//! What a person who renders into a folder can rely on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use mlmesh::output::{
    self, Difference, DiskError, Keep, LedgerFault, Overwrite, PathFault, Plan, Refusal, Step, Stranger, Tree, Written,
};
use tempfile::TempDir;

const LEDGER: &str = ".mlmesh.ledger";

// ---- the trees, and what is on disk ----

struct Files(Vec<(String, String)>);

impl Tree for Files {
    fn walk(&self, each: &mut dyn FnMut(&str, &str)) {
        for (path, text) in &self.0 {
            each(path, text);
        }
    }
}

fn tree(files: &[(&str, &str)]) -> Files {
    Files(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

/// As `output::write`, of a folder in which nobody keeps anything.
fn write(dir: &Path, tree: &dyn Tree, mode: Overwrite) -> Result<Written, DiskError> {
    output::write(dir, tree, mode, &Keep::default())
}

/// As `output::plan`, of a folder in which nobody keeps anything.
fn plan(dir: &Path, tree: &dyn Tree) -> Result<Plan, DiskError> {
    output::plan(dir, tree, &Keep::default())
}

/// As `output::diff`, of a folder in which nobody keeps anything.
fn diff(dir: &Path, tree: &dyn Tree, out: &mut dyn FnMut(&str)) -> Result<Difference, DiskError> {
    output::diff(dir, tree, &Keep::default(), out)
}

fn keep(paths: &[&str]) -> Keep {
    Keep(paths.iter().map(|path| (*path).to_owned()).collect())
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn render(dir: &Path, files: &[(&str, &str)]) -> Written {
    write(dir, &tree(files), Overwrite::OursOnly).unwrap()
}

fn force(dir: &Path, files: &[(&str, &str)]) -> Written {
    write(dir, &tree(files), Overwrite::Force).unwrap()
}

fn put(dir: &Path, path: &str, text: &str) {
    fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
    fs::write(dir.join(path), text).unwrap();
}

fn text(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

/// Every file (its text), link (`-> target`) and folder (`/`) below `dir`.
fn all(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(dir, "", &mut found);
    found
}

fn collect(dir: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        let kind = entry.file_type().unwrap();
        let content = if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), found);
            "/".to_owned()
        } else if kind.is_symlink() {
            format!("-> {}", fs::read_link(entry.path()).unwrap().display())
        } else {
            String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()
        };
        found.insert(path, content);
    }
}

/// As `all`, but the paths alone and without the ledger.
fn paths(dir: &Path) -> Vec<String> {
    all(dir).into_keys().filter(|path| path != LEDGER).collect()
}

/// Changes with every write to the file, and with every replacement of it.
fn fingerprint(dir: &Path, path: &str) -> (u64, i64, i64) {
    let found = fs::symlink_metadata(dir.join(path)).unwrap();
    (found.ino(), found.mtime(), found.mtime_nsec())
}

fn mode(dir: &Path, path: &str) -> u32 {
    fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o7777
}

fn set_mode(dir: &Path, path: &str, mode: u32) {
    fs::set_permissions(dir.join(path), fs::Permissions::from_mode(mode)).unwrap();
}

/// Renders, expects to be refused, and checks that nothing at all changed.
fn refused(dir: &Path, files: &[(&str, &str)], mode: Overwrite) -> Vec<(String, Refusal)> {
    let before = all(dir);
    let error = write(dir, &tree(files), mode).unwrap_err();
    assert_eq!(all(dir), before, "a refused render wrote something");
    match error {
        DiskError::Refused { refusals, .. } => refusals,
        other => panic!("not refused, but: {other}"),
    }
}

fn refusal(path: &str, refusal: Refusal) -> Vec<(String, Refusal)> {
    vec![(path.to_owned(), refusal)]
}

// ---- a render ----

#[test]
fn a_first_render_makes_the_folder_and_the_files() {
    let home = folder();
    let dir = home.path().join("deep/out");
    let written = render(&dir, &[("a.yaml", "a\n"), ("apps/b.yaml", "b\n")]);
    assert_eq!((written.created, written.changed, written.removed), (2, 0, 0));
    assert_eq!(text(&dir, "a.yaml"), "a\n");
    assert_eq!(text(&dir, "apps/b.yaml"), "b\n");
    assert_eq!(paths(&dir), ["a.yaml", "apps", "apps/b.yaml"]);
}

#[test]
fn the_ledger_is_sorted_and_sha256sum_verifies_it() {
    let dir = folder();
    render(dir.path(), &[("b.yaml", "b\n"), ("a.yaml", ""), ("a/c.yaml", "c\n")]);
    assert_eq!(
        text(dir.path(), LEDGER),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.yaml\n\
         a3a5e715f0cc574a73c3f9bebb6bc24f32ffd5b67b387244c2c909da779a1478  a/c.yaml\n\
         0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f  b.yaml\n"
    );
    let sha256sum =
        Command::new("sha256sum").args(["--check", "--strict", LEDGER]).current_dir(dir.path()).stdout(Stdio::null()).status();
    if let Ok(status) = sha256sum {
        assert!(status.success());
    }
}

#[test]
fn a_second_render_touches_nothing() {
    let dir = folder();
    let files = [("a.yaml", "a\n"), ("apps/b.yaml", "b\n")];
    render(dir.path(), &files);
    let before = ["", "apps", "a.yaml", "apps/b.yaml", LEDGER].map(|path| fingerprint(dir.path(), path));
    let written = render(dir.path(), &files);
    let after = ["", "apps", "a.yaml", "apps/b.yaml", LEDGER].map(|path| fingerprint(dir.path(), path));
    assert_eq!(before, after);
    assert_eq!(written, Written { kept: 2, ..Written::default() });
}

#[test]
fn a_second_render_needs_no_right_to_write() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n")]);
    set_mode(dir.path(), "", 0o555);
    render(dir.path(), &[("a.yaml", "a\n")]);
    set_mode(dir.path(), "", 0o755);
}

#[test]
fn only_changed_files_are_written() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    let (a, b) = (fingerprint(dir.path(), "a.yaml"), fingerprint(dir.path(), "b.yaml"));
    let written = render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "B\n")]);
    assert_eq!((written.changed, written.kept), (1, 1));
    assert_eq!(text(dir.path(), "b.yaml"), "B\n");
    assert_eq!(fingerprint(dir.path(), "a.yaml"), a);
    assert_ne!(fingerprint(dir.path(), "b.yaml"), b);
}

#[test]
fn a_reader_of_the_old_file_keeps_the_old_file() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "old\n")]);
    let reader = File::open(dir.path().join("a.yaml")).unwrap();
    render(dir.path(), &[("a.yaml", "new\n")]);
    assert_eq!(std::io::read_to_string(reader).unwrap(), "old\n");
}

#[test]
fn a_file_that_is_no_longer_wanted_is_removed_with_its_empty_folders() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("x/y/b.yaml", "b\n"), ("x/z/c.yaml", "c\n")]);
    let written = render(dir.path(), &[("a.yaml", "a\n"), ("x/z/c.yaml", "c\n")]);
    assert_eq!(written.removed, 1);
    assert_eq!(paths(dir.path()), ["a.yaml", "x", "x/z", "x/z/c.yaml"]);
    render(dir.path(), &[("a.yaml", "a\n")]);
    assert_eq!(paths(dir.path()), ["a.yaml"]);
}

#[test]
fn the_output_folder_itself_stays() {
    let dir = folder();
    render(dir.path(), &[("x/a.yaml", "a\n")]);
    render(dir.path(), &[]);
    assert!(paths(dir.path()).is_empty());
}

#[test]
fn empty_folders_that_held_nothing_of_ours_stay() {
    let dir = folder();
    render(dir.path(), &[("x/a.yaml", "a\n"), ("b.yaml", "b\n")]);
    fs::create_dir_all(dir.path().join("empty/inner")).unwrap();
    fs::create_dir_all(dir.path().join("x/empty")).unwrap();
    render(dir.path(), &[("b.yaml", "b\n")]);
    assert_eq!(paths(dir.path()), ["b.yaml", "empty", "empty/inner", "x", "x/empty"]);
}

#[test]
fn folders_that_a_killed_render_left_empty_are_removed() {
    let dir = folder();
    render(dir.path(), &[("x/a.yaml", "a\n"), ("b.yaml", "b\n")]);
    fs::remove_file(dir.path().join("x/a.yaml")).unwrap();
    render(dir.path(), &[("b.yaml", "b\n")]);
    assert_eq!(paths(dir.path()), ["b.yaml"]);
    assert!(!text(dir.path(), LEDGER).contains("x/a.yaml"));
}

// ---- whose files ----

#[test]
fn an_edited_file_refuses_the_whole_render() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    put(dir.path(), "b.yaml", "mine\n");
    let files = [("a.yaml", "A\n"), ("b.yaml", "B\n"), ("c.yaml", "c\n")];
    assert_eq!(refused(dir.path(), &files, Overwrite::OursOnly), refusal("b.yaml", Refusal::Edited));
    force(dir.path(), &files);
    assert_eq!(text(dir.path(), "b.yaml"), "B\n");
}

#[test]
fn an_edit_of_the_same_length_is_an_edit() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "one\n")]);
    put(dir.path(), "a.yaml", "two\n");
    assert_eq!(refused(dir.path(), &[("a.yaml", "one\n")], Overwrite::OursOnly), refusal("a.yaml", Refusal::Edited));
}

#[test]
fn a_foreign_file_where_one_is_wanted_refuses_the_whole_render() {
    let dir = folder();
    put(dir.path(), "apps/a.yaml", "mine\n");
    let files = [("apps/a.yaml", "a\n"), ("b.yaml", "b\n")];
    assert_eq!(refused(dir.path(), &files, Overwrite::OursOnly), refusal("apps/a.yaml", Refusal::Foreign));
    assert_eq!(force(dir.path(), &files).changed, 1);
    assert_eq!(text(dir.path(), "apps/a.yaml"), "a\n");
}

#[test]
fn a_foreign_file_that_is_not_wanted_is_never_touched() {
    let dir = folder();
    put(dir.path(), "x/notes.txt", "mine\n");
    let before = fingerprint(dir.path(), "x/notes.txt");
    render(dir.path(), &[("x/a.yaml", "a\n")]);
    force(dir.path(), &[("b.yaml", "b\n")]);
    assert_eq!(fingerprint(dir.path(), "x/notes.txt"), before);
    assert_eq!(paths(dir.path()), ["b.yaml", "x", "x/notes.txt"]);
}

#[test]
fn a_file_with_the_wanted_text_is_adopted_untouched() {
    let dir = folder();
    put(dir.path(), "a.yaml", "a\n");
    let before = fingerprint(dir.path(), "a.yaml");
    assert_eq!(render(dir.path(), &[("a.yaml", "a\n")]).kept, 1);
    assert_eq!(fingerprint(dir.path(), "a.yaml"), before);
    assert!(text(dir.path(), LEDGER).contains("a.yaml"));
    assert_eq!(render(dir.path(), &[("a.yaml", "b\n")]).changed, 1);
}

#[test]
fn an_edit_that_is_the_wanted_text_is_kept() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n")]);
    put(dir.path(), "a.yaml", "b\n");
    assert_eq!(render(dir.path(), &[("a.yaml", "b\n")]).kept, 1);
    assert!(plan(dir.path(), &tree(&[("a.yaml", "b\n")])).unwrap().is_settled());
}

#[test]
fn an_edited_file_that_is_no_longer_wanted_is_removed_only_by_force() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    put(dir.path(), "b.yaml", "mine\n");
    let files = [("a.yaml", "a\n")];
    assert_eq!(refused(dir.path(), &files, Overwrite::OursOnly), refusal("b.yaml", Refusal::Edited));
    let written = force(dir.path(), &files);
    assert_eq!((written.removed, written.changed), (1, 0));
    assert_eq!(paths(dir.path()), ["a.yaml"]);
}

#[test]
fn without_a_ledger_nothing_is_removed_and_equal_files_are_adopted() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    fs::remove_file(dir.path().join(LEDGER)).unwrap();
    render(dir.path(), &[("a.yaml", "a\n")]);
    assert_eq!(paths(dir.path()), ["a.yaml", "b.yaml"]);
}

#[test]
fn a_plan_tells_every_step_and_creates_nothing() {
    let home = folder();
    let dir = home.path().join("out");
    let first = plan(&dir, &tree(&[("a", "a\n")])).unwrap();
    assert_eq!(first.step("a"), Some(Step::Create));
    assert!(!dir.exists());

    render(&dir, &[("change", "1"), ("keep", "1"), ("remove", "1"), ("edited", "1")]);
    put(&dir, "edited", "2");
    put(&dir, "foreign", "2");
    put(&dir, "unwanted", "2");
    let before = all(&dir);
    let wanted = [("change", "3"), ("create", "3"), ("edited", "3"), ("foreign", "3"), ("keep", "1")];
    let plan = plan(&dir, &tree(&wanted)).unwrap();
    let steps: Vec<_> = plan.steps().collect();
    assert_eq!(
        steps,
        [
            ("change", Step::Change),
            ("create", Step::Create),
            ("edited", Step::Refuse(Refusal::Edited)),
            ("foreign", Step::Refuse(Refusal::Foreign)),
            ("keep", Step::Keep),
            ("remove", Step::Remove),
        ]
    );
    assert_eq!(plan.step("unwanted"), None);
    assert_eq!(all(&dir), before);
}

// ---- the ledger ----

#[test]
fn a_ledger_of_a_killed_run_with_two_hashes_for_a_path_is_legal() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "old\n"), ("b.yaml", "old\n")]);
    let old = text(dir.path(), LEDGER);
    render(dir.path(), &[("a.yaml", "new\n"), ("b.yaml", "new\n")]);
    let both = format!("{}{old}", text(dir.path(), LEDGER));
    put(dir.path(), LEDGER, &both);
    put(dir.path(), "b.yaml", "old\n");
    assert_eq!(render(dir.path(), &[("a.yaml", "third\n")]).removed, 1);
    assert_eq!(paths(dir.path()), ["a.yaml"]);
    assert_eq!(text(dir.path(), LEDGER).lines().count(), 1);
}

#[test]
fn a_malformed_ledger_is_an_error_that_names_the_line_and_the_way_out() {
    let hash = "0".repeat(64);
    let cases = [
        ("garbage".to_owned(), LedgerFault::Line),
        (String::new(), LedgerFault::Line),
        (format!("{hash} a"), LedgerFault::Line),
        (format!("{}  a", &hash[1..]), LedgerFault::Line),
        (format!("{}+  a", &hash[1..]), LedgerFault::Line),
        (format!("{hash}  /etc/passwd"), LedgerFault::Path(PathFault::Absolute)),
        (format!("{hash}  x/../../a"), LedgerFault::Path(PathFault::LeadsOut)),
        (format!("{hash}  "), LedgerFault::Path(PathFault::EmptyPart)),
        (format!("{hash}  x//a"), LedgerFault::Path(PathFault::EmptyPart)),
        (format!("{hash}  ./a"), LedgerFault::Path(PathFault::EmptyPart)),
        (format!("{hash}  x\\a"), LedgerFault::Path(PathFault::Backslash)),
        (format!("{hash}  a\u{7}"), LedgerFault::Path(PathFault::Control)),
        (format!("{hash}  {LEDGER}"), LedgerFault::Path(PathFault::Reserved)),
        ("<<<<<<< HEAD".to_owned(), LedgerFault::Conflict),
        ("=======".to_owned(), LedgerFault::Conflict),
        (">>>>>>> theirs".to_owned(), LedgerFault::Conflict),
    ];
    for (bad, expected) in cases {
        let dir = folder();
        render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
        let ledger = text(dir.path(), LEDGER);
        put(dir.path(), LEDGER, &format!("{ledger}{bad}\n"));
        let before = all(dir.path());
        for mode in [Overwrite::OursOnly, Overwrite::Force] {
            let error = write(dir.path(), &tree(&[("a.yaml", "A\n")]), mode).unwrap_err();
            assert!(matches!(error, DiskError::Ledger { line: 3, fault, .. } if fault == expected), "{bad:?}: {error:?}");
            assert!(error.to_string().starts_with("line 3 of the ledger `"), "{error}");
            assert!(error.help().contains("render again"), "{}", error.help());
        }
        assert_eq!(all(dir.path()), before);
    }
}

#[test]
fn a_ledger_that_is_no_text_is_an_error_with_its_line() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n")]);
    let mut bytes = fs::read(dir.path().join(LEDGER)).unwrap();
    bytes.extend([0xff, 0xfe]);
    fs::write(dir.path().join(LEDGER), bytes).unwrap();
    let error = plan(dir.path(), &tree(&[])).unwrap_err();
    assert!(matches!(error, DiskError::Ledger { line: 2, fault: LedgerFault::Line, .. }));
}

#[test]
fn the_way_out_of_a_merge_conflict_works() {
    let (ours, theirs) = (folder(), folder());
    render(ours.path(), &[("a.yaml", "ours\n")]);
    render(theirs.path(), &[("a.yaml", "theirs\n"), ("b.yaml", "b\n")]);
    let (left, right) = (text(ours.path(), LEDGER), text(theirs.path(), LEDGER));
    put(ours.path(), "b.yaml", "b\n");
    put(ours.path(), LEDGER, &format!("{left}{right}")); // the markers' lines are deleted
    render(ours.path(), &[("a.yaml", "merged\n")]);
    assert_eq!(paths(ours.path()), ["a.yaml"]);
}

#[test]
fn a_ledger_that_is_a_link_or_a_folder_is_an_error() {
    let dir = folder();
    fs::create_dir(dir.path().join(LEDGER)).unwrap();
    let error = write(dir.path(), &tree(&[]), Overwrite::Force).unwrap_err();
    assert!(matches!(error, DiskError::LedgerNotAFile { .. }));

    let dir = folder();
    symlink("/nowhere", dir.path().join(LEDGER)).unwrap();
    let error = write(dir.path(), &tree(&[]), Overwrite::Force).unwrap_err();
    assert!(matches!(error, DiskError::LedgerNotAFile { .. }));
}

#[test]
fn at_every_moment_the_ledger_lists_all_that_is_ours() {
    let many = |name: &str| {
        let file = |n: usize| (format!("{name}/{n}.yaml"), format!("{name} {n}\n"));
        Files((0..500).map(file).collect())
    };
    let (old, new) = (many("old"), many("new"));
    for _ in 0..5 {
        let dir = folder();
        write(dir.path(), &old, Overwrite::OursOnly).unwrap();
        thread::scope(|scope| {
            let render = scope.spawn(|| write(dir.path(), &new, Overwrite::OursOnly).unwrap());
            while !render.is_finished() {
                let is_new_there = dir.path().join("new/0.yaml").exists();
                let ledger = text(dir.path(), LEDGER);
                let is_old_there = dir.path().join("old").exists();
                assert!(!is_new_there || ledger.contains("  new/"), "learnt of a file too late");
                assert!(!is_old_there || ledger.contains("  old/"), "forgot a file too early");
            }
        });
    }
}

// ---- modes and the temporary folder ----

#[test]
fn a_new_file_has_the_mode_of_any_new_file() {
    let dir = folder();
    put(dir.path(), "plain", "");
    render(dir.path(), &[("a.yaml", "a\n")]);
    assert_eq!(mode(dir.path(), "a.yaml"), mode(dir.path(), "plain"));
    assert_eq!(mode(dir.path(), LEDGER), mode(dir.path(), "plain"));
}

#[test]
fn a_changed_file_keeps_its_mode() {
    for kept in [0o600, 0o444, 0o755] {
        let dir = folder();
        render(dir.path(), &[("a.yaml", "a\n")]);
        set_mode(dir.path(), "a.yaml", kept);
        render(dir.path(), &[("a.yaml", "b\n")]);
        assert_eq!(text(dir.path(), "a.yaml"), "b\n");
        assert_eq!(mode(dir.path(), "a.yaml"), kept);
    }
}

#[test]
fn what_a_killed_run_left_aside_is_cleared_by_the_next() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n")]);
    put(dir.path(), ".mlmesh.tmp/next", "hal");
    render(dir.path(), &[("a.yaml", "a\n")]);
    assert_eq!(paths(dir.path()), ["a.yaml"]);
}

#[test]
fn a_temporary_folder_that_is_a_link_is_not_followed() {
    let (dir, elsewhere) = (folder(), folder());
    put(elsewhere.path(), "precious", "1");
    symlink(elsewhere.path(), dir.path().join(".mlmesh.tmp")).unwrap();
    render(dir.path(), &[("a.yaml", "a\n")]);
    assert_eq!(paths(dir.path()), ["a.yaml"]);
    assert_eq!(paths(elsewhere.path()), ["precious"]);
}

// ---- links, and things in the way ----

#[test]
fn the_output_folder_may_be_a_link() {
    let home = folder();
    fs::create_dir(home.path().join("real")).unwrap();
    symlink("real", home.path().join("out")).unwrap();
    render(&home.path().join("out"), &[("apps/a.yaml", "a\n")]);
    assert_eq!(text(home.path(), "real/apps/a.yaml"), "a\n");
    assert!(home.path().join("out").is_symlink());
}

#[test]
fn a_linked_folder_is_always_refused() {
    let (dir, elsewhere) = (folder(), folder());
    symlink(elsewhere.path(), dir.path().join("apps")).unwrap();
    for mode in [Overwrite::OursOnly, Overwrite::Force] {
        assert_eq!(
            refused(dir.path(), &[("apps/x/a.yaml", "a\n"), ("b.yaml", "b\n")], mode),
            refusal("apps", Refusal::LinkedFolder)
        );
    }
    assert!(paths(elsewhere.path()).is_empty());
}

#[test]
fn nothing_is_removed_through_a_linked_folder() {
    let (dir, elsewhere) = (folder(), folder());
    render(dir.path(), &[("apps/a.yaml", "a\n")]);
    fs::rename(dir.path().join("apps"), elsewhere.path().join("apps")).unwrap();
    symlink(elsewhere.path().join("apps"), dir.path().join("apps")).unwrap();
    for mode in [Overwrite::OursOnly, Overwrite::Force] {
        assert_eq!(refused(dir.path(), &[], mode), refusal("apps", Refusal::LinkedFolder));
    }
    assert_eq!(text(elsewhere.path(), "apps/a.yaml"), "a\n");
}

#[test]
fn a_linked_file_is_refused_and_replaced_by_force() {
    let (dir, elsewhere) = (folder(), folder());
    put(elsewhere.path(), "target", "a\n"); // even with the wanted text
    set_mode(elsewhere.path(), "target", 0o600);
    symlink(elsewhere.path().join("target"), dir.path().join("a.yaml")).unwrap();
    let files = [("a.yaml", "a\n")];
    assert_eq!(refused(dir.path(), &files, Overwrite::OursOnly), refusal("a.yaml", Refusal::LinkedFile));
    put(dir.path(), "plain", "");
    force(dir.path(), &files);
    assert!(!dir.path().join("a.yaml").is_symlink());
    assert_eq!(mode(dir.path(), "a.yaml"), mode(dir.path(), "plain"));
    assert_eq!(text(elsewhere.path(), "target"), "a\n");
    assert_eq!(mode(elsewhere.path(), "target"), 0o600);
}

#[test]
fn a_link_where_a_removed_file_was_is_removed_only_by_force() {
    let (dir, elsewhere) = (folder(), folder());
    render(dir.path(), &[("a.yaml", "a\n")]);
    put(elsewhere.path(), "target", "a\n");
    fs::remove_file(dir.path().join("a.yaml")).unwrap();
    symlink(elsewhere.path().join("target"), dir.path().join("a.yaml")).unwrap();
    assert_eq!(refused(dir.path(), &[], Overwrite::OursOnly), refusal("a.yaml", Refusal::LinkedFile));
    force(dir.path(), &[]);
    assert!(paths(dir.path()).is_empty());
    assert_eq!(text(elsewhere.path(), "target"), "a\n");
}

#[test]
fn a_folder_where_a_file_should_be_is_always_refused() {
    let dir = folder();
    fs::create_dir(dir.path().join("a.yaml")).unwrap();
    for mode in [Overwrite::OursOnly, Overwrite::Force] {
        assert_eq!(refused(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")], mode), refusal("a.yaml", Refusal::NotAFile));
    }
}

#[test]
fn a_file_where_a_folder_should_be_is_always_refused() {
    let dir = folder();
    put(dir.path(), "apps", "mine\n");
    for mode in [Overwrite::OursOnly, Overwrite::Force] {
        assert_eq!(
            refused(dir.path(), &[("apps/a.yaml", "a\n"), ("apps/b.yaml", "b\n")], mode),
            refusal("apps", Refusal::NotAFolder)
        );
    }
}

#[test]
fn a_file_of_ours_where_a_folder_should_be_is_refused_too() {
    let dir = folder();
    render(dir.path(), &[("apps", "ours\n")]);
    for mode in [Overwrite::OursOnly, Overwrite::Force] {
        assert_eq!(refused(dir.path(), &[("apps/a.yaml", "a\n")], mode), refusal("apps", Refusal::NotAFolder));
    }
}

#[test]
fn a_folder_where_a_removed_file_was_is_left_alone() {
    let dir = folder();
    render(dir.path(), &[("a", "a\n"), ("x/b", "b\n")]);
    fs::remove_file(dir.path().join("a")).unwrap();
    fs::create_dir(dir.path().join("a")).unwrap();
    fs::remove_dir_all(dir.path().join("x")).unwrap();
    put(dir.path(), "x", "mine\n");
    render(dir.path(), &[]);
    assert_eq!(paths(dir.path()), ["a", "x"]);
}

#[test]
fn a_pipe_in_the_way_is_refused_and_not_waited_for() {
    let dir = folder();
    let made = Command::new("mkfifo").arg(dir.path().join("a.yaml")).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let plan = plan(dir.path(), &tree(&[("a.yaml", "a\n")])).unwrap();
    assert_eq!(plan.step("a.yaml"), Some(Step::Refuse(Refusal::NotAFile)));
}

#[test]
fn an_output_folder_that_is_a_file_is_an_error() {
    let home = folder();
    put(home.path(), "out", "mine\n");
    let error = write(&home.path().join("out"), &tree(&[]), Overwrite::Force).unwrap_err();
    assert!(matches!(error, DiskError::NotAFolder { .. }));
    assert_eq!(text(home.path(), "out"), "mine\n");
}

#[test]
fn a_tree_with_a_bad_path_is_an_error_and_nothing_is_written() {
    let cases = [
        ("/a", PathFault::Absolute),
        ("../a", PathFault::LeadsOut),
        ("x/..", PathFault::LeadsOut),
        ("", PathFault::EmptyPart),
        ("x//a", PathFault::EmptyPart),
        ("x/", PathFault::EmptyPart),
        ("./a", PathFault::EmptyPart),
        ("x\\a", PathFault::Backslash),
        ("a\0", PathFault::Control),
        ("a\nb", PathFault::Control),
        (LEDGER, PathFault::Reserved),
        (".mlmesh.tmp/next", PathFault::Reserved),
        ("good", PathFault::Twice),
        ("good/a", PathFault::AlsoFolder),
    ];
    for (bad, expected) in cases {
        let dir = folder();
        let tree = tree(&[("good", "1"), (bad, "2"), ("other", "3")]);
        let error = write(dir.path(), &tree, Overwrite::Force).unwrap_err();
        assert!(matches!(error, DiskError::Tree { fault, .. } if fault == expected), "{bad:?}: {error:?}");
        assert!(all(dir.path()).is_empty());
    }
}

#[test]
fn a_message_names_a_few_files_and_counts_the_others() {
    let dir = folder();
    let names: Vec<String> = (0..8).map(|n| format!("{n}.yaml")).collect();
    names.iter().for_each(|name| put(dir.path(), name, "mine\n"));
    let tree = Files(names.into_iter().map(|name| (name, "ours\n".to_owned())).collect());
    let error = write(dir.path(), &tree, Overwrite::OursOnly).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("`0.yaml` was not written by mlmesh, `1.yaml`"), "{message}");
    assert!(message.ends_with(", and 3 more"), "{message}");
    assert!(error.yields_to_force());
}

// ---- two at once ----

#[test]
fn a_render_waits_for_another_and_plans_afresh() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n")]);
    let other = File::open(dir.path()).unwrap();
    other.lock().unwrap();
    let (done, is_done) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| done.send(render(dir.path(), &[("a.yaml", "b\n")])));
        assert!(is_done.recv_timeout(Duration::from_millis(200)).is_err());
        put(dir.path(), "a.yaml", "b\n");
        drop(other);
        assert_eq!(is_done.recv().unwrap().kept, 1);
    });
}

#[test]
fn fifty_renders_at_once_end_as_exactly_one_of_them() {
    let left: Vec<_> = (0..20).map(|n| (format!("app-{n}/left.yaml"), format!("left {n}\n"))).collect();
    let mut right: Vec<_> = (10..30).map(|n| (format!("app-{n}/right.yaml"), "right\n".repeat(n))).collect();
    right.push(("app-3/left.yaml".to_owned(), "also right\n".to_owned()));
    let trees = [Arc::new(Files(left)), Arc::new(Files(right))];
    let [left, right] = trees.each_ref().map(|tree| {
        let dir = folder();
        write(dir.path(), &**tree, Overwrite::OursOnly).unwrap();
        all(dir.path())
    });
    for _ in 0..2 {
        let dir = folder();
        let out = dir.path().join("out");
        let start = Barrier::new(50);
        thread::scope(|scope| {
            for n in 0..50 {
                let (tree, out, start) = (&trees[n % 2], &out, &start);
                scope.spawn(move || {
                    start.wait();
                    write(out, &**tree, Overwrite::OursOnly).unwrap();
                });
            }
        });
        let end = all(&out);
        assert!(end == left || end == right);
    }
}

// ---- diff ----

fn shown(dir: &Path, files: &[(&str, &str)]) -> (Difference, String) {
    let before = dir.exists().then(|| all(dir));
    let mut text = String::new();
    let difference = diff(dir, &tree(files), &mut |piece| text.push_str(piece)).unwrap();
    assert_eq!(before, dir.exists().then(|| all(dir)), "a diff wrote something");
    (difference, text)
}

#[test]
fn a_diff_of_what_was_just_rendered_is_empty() {
    let dir = folder();
    let files = [("a.yaml", "a\n"), ("x/b.yaml", "b\n")];
    render(dir.path(), &files);
    assert_eq!(shown(dir.path(), &files), (Difference::Same, String::new()));
}

#[test]
fn a_diff_shows_changed_created_and_removed_files() {
    let dir = folder();
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    render(dir.path(), &[("change.yaml", old), ("keep.yaml", "k\n"), ("x/remove.yaml", "r\n")]);
    let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
    let (difference, text) = shown(dir.path(), &[("change.yaml", new), ("create.yaml", "c\n"), ("keep.yaml", "k\n")]);
    assert_eq!(difference, Difference::Differs);
    assert_eq!(
        text,
        "--- a/change.yaml\n+++ b/change.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n\
         --- /dev/null\n+++ b/create.yaml\n@@ -0,0 +1 @@\n+c\n\
         --- a/x/remove.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-r\n"
    );
}

#[test]
fn a_diff_of_a_folder_that_is_not_there_creates_everything() {
    let home = folder();
    let (difference, text) = shown(&home.path().join("out"), &[("a.yaml", "a\n")]);
    assert_eq!(difference, Difference::Differs);
    assert_eq!(text, "--- /dev/null\n+++ b/a.yaml\n@@ -0,0 +1 @@\n+a\n");
}

#[test]
fn edited_and_foreign_files_are_shown_as_changed() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("c.yaml", "c\n")]);
    put(dir.path(), "a.yaml", "mine\n");
    put(dir.path(), "b.yaml", "mine\n");
    put(dir.path(), "c.yaml", "mine\n");
    put(dir.path(), "unwanted.yaml", "mine\n");
    let (_, text) = shown(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    assert_eq!(
        text,
        "unwanted.yaml was not written by mlmesh: move it out of the folder, or add it to `[output] keep`\n\
         --- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-mine\n+a\n\
         --- a/b.yaml\n+++ b/b.yaml\n@@ -1 +1 @@\n-mine\n+b\n\
         --- a/c.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-mine\n"
    );
}

#[test]
fn the_ledger_is_shown_in_one_line_and_only_by_itself() {
    let dir = folder();
    let files = [("a.yaml", "a\n")];
    render(dir.path(), &files);
    fs::remove_file(dir.path().join(LEDGER)).unwrap();
    let alone = (Difference::Differs, ".mlmesh.ledger differs\n".to_owned());
    assert_eq!(shown(dir.path(), &files), alone);
    let (_, text) = shown(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    assert!(!text.contains(LEDGER));
}

#[test]
fn git_makes_the_rendered_tree_out_of_a_diff() {
    let old = "a\r\nb\rc\nsame\nlast without an end";
    let new = "a\nb\rC\nsame\n\nanother last";
    let dir = folder();
    render(dir.path(), &[("change", old), ("x/remove", "r\nr"), ("ended", "1\n2"), ("cut", "1\n")]);
    let files = [("change", new), ("cut", "1"), ("ended", "1\n2\n"), ("y/create", "c")];
    let (_, text) = shown(dir.path(), &files);
    let git = Command::new("git")
        .args(["apply", "-p1", "--whitespace=nowarn", "-"])
        .current_dir(dir.path())
        .env("GIT_CEILING_DIRECTORIES", dir.path())
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut git) = git else { return };
    git.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(git.wait().unwrap().success(), "{text}");
    assert_eq!(render(dir.path(), &files).kept, 4);
}

#[test]
fn garbage_on_disk_is_only_said_to_differ() {
    for garbage in [&b"\xff\xfe\x00"[..], b"text with \0", b"caf\xe9\n"] {
        let dir = folder();
        fs::write(dir.path().join("a.yaml"), garbage).unwrap();
        let (difference, text) = shown(dir.path(), &[("a.yaml", "a\n")]);
        assert_eq!(difference, Difference::Differs);
        assert_eq!(text, "Binary files a/a.yaml and b/a.yaml differ\n");
    }
}

#[test]
fn what_is_no_file_is_named_in_a_diff() {
    let dir = folder();
    fs::create_dir(dir.path().join("a.yaml")).unwrap();
    put(dir.path(), "apps", "mine\n");
    symlink("/nowhere", dir.path().join("link.yaml")).unwrap();
    let (_, text) = shown(dir.path(), &[("a.yaml", "a\n"), ("apps/b.yaml", "b\n"), ("link.yaml", "l\n")]);
    assert_eq!(
        text,
        "a.yaml is in the way of a file\n\
         --- a/link.yaml\n+++ b/link.yaml\n@@ -1 +1 @@\n\
         -/nowhere\n\\ No newline at end of file\n+l\n\
         apps is in the way of a folder\n"
    );
}

#[test]
fn a_diff_of_long_files_with_little_in_common_is_soon_done() {
    let lines = || (0..100_000).map(|n| format!("{n}\n"));
    let dir = folder();
    render(dir.path(), &[("a.yaml", &lines().collect::<String>())]);
    let start = Instant::now();
    let (difference, text) = shown(dir.path(), &[("a.yaml", &lines().rev().collect::<String>())]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(difference, Difference::Differs);
    assert!(text.len() > 100_000);
}

// ---- files of other people ----

fn strangers(dir: &Path, files: &[(&str, &str)], kept: &[&str]) -> Vec<(String, Stranger)> {
    let plan = output::plan(dir, &tree(files), &keep(kept)).unwrap();
    plan.strangers().map(|(path, stranger)| (path.to_owned(), stranger)).collect()
}

#[test]
fn a_manifest_that_somebody_else_put_there_is_named_and_left_alone() {
    let dir = folder();
    render(dir.path(), &[("ml/a.yaml", "a\n")]);
    for path in ["kustomization.yaml", "ml/patch.YML", "extra/deep/x.json", "README.md", "ml/notes.txt"] {
        put(dir.path(), path, "theirs\n");
    }
    let named = strangers(dir.path(), &[("ml/a.yaml", "a\n")], &[]);
    let paths: Vec<&str> = named.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["extra/deep/x.json", "kustomization.yaml", "ml/patch.YML"]);
    assert_eq!(named, render(dir.path(), &[("ml/a.yaml", "a\n")]).strangers);
    assert_eq!(text(dir.path(), "kustomization.yaml"), "theirs\n");
    let mut shown = String::new();
    assert_eq!(
        diff(dir.path(), &tree(&[("ml/a.yaml", "a\n")]), &mut |piece| shown.push_str(piece)).unwrap(),
        Difference::Differs
    );
    assert!(shown.starts_with("extra/deep/x.json was not written by mlmesh: "), "{shown}");
}

#[test]
fn what_somebody_keeps_there_is_no_difference() {
    let dir = folder();
    let files = [("ml/a.yaml", "a\n")];
    render(dir.path(), &files);
    put(dir.path(), "kustomization.yaml", "theirs\n");
    put(dir.path(), "extra/deep/x.json", "theirs\n");
    let kept = ["kustomization.yaml", "extra/"];
    assert_eq!(strangers(dir.path(), &files, &kept), []);
    assert_eq!(output::diff(dir.path(), &tree(&files), &keep(&kept), &mut |_| {}).unwrap(), Difference::Same);
    put(dir.path(), "extra.yaml", "theirs\n");
    assert_eq!(strangers(dir.path(), &files, &kept), [("extra.yaml".to_owned(), Stranger::Foreign)]);
}

#[test]
fn a_file_that_is_kept_is_neither_written_nor_removed() {
    let dir = folder();
    render(dir.path(), &[("a.yaml", "a\n"), ("b.yaml", "b\n")]);
    output::write(dir.path(), &tree(&[("a.yaml", "a\n")]), Overwrite::OursOnly, &keep(&["b.yaml"])).unwrap();
    assert_eq!(text(dir.path(), "b.yaml"), "b\n");
    let both = tree(&[("a.yaml", "a\n"), ("b.yaml", "new\n")]);
    let error = output::write(dir.path(), &both, Overwrite::Force, &keep(&["b.yaml"])).unwrap_err();
    assert!(matches!(&error, DiskError::Refused { refusals, .. } if *refusals == refusal("b.yaml", Refusal::Kept)), "{error}");
    let attributes = tree(&[(".gitattributes", "ours\n")]);
    put(dir.path(), ".gitattributes", "theirs\n");
    output::write(dir.path(), &attributes, Overwrite::OursOnly, &keep(&[".gitattributes", "a.yaml", "b.yaml"])).unwrap();
    assert_eq!(text(dir.path(), ".gitattributes"), "theirs\n");
}

#[test]
fn without_its_ledger_a_generated_file_is_known_by_its_first_line() {
    let dir = folder();
    let header = "# Generated by mlmesh from mlops.toml, [models.a]. Change it there and render again.\n";
    render(dir.path(), &[("ml/old/service.yaml", header), ("ml/namespace.yaml", header)]);
    fs::remove_file(dir.path().join(LEDGER)).unwrap();
    let files = [("ml/namespace.yaml", header), ("ml/new/service.yaml", header)];
    assert_eq!(strangers(dir.path(), &files, &[]), [("ml/old/service.yaml".to_owned(), Stranger::Orphan)]);
    let mut shown = String::new();
    diff(dir.path(), &tree(&files), &mut |piece| shown.push_str(piece)).unwrap();
    assert!(shown.contains("ml/old/service.yaml was written by mlmesh, but the ledger does not list it"), "{shown}");
}

// ---- what git does to a tree ----

#[test]
fn the_ledgers_of_two_branches_are_no_difference_once_merged() {
    let dir = folder();
    let files = [("a.yaml", "a\n"), ("b.yaml", "b\n")];
    render(dir.path(), &[("a.yaml", "an older a\n"), ("gone.yaml", "gone\n")]);
    let older = text(dir.path(), LEDGER);
    render(dir.path(), &files);
    put(dir.path(), LEDGER, &format!("{older}{}", text(dir.path(), LEDGER)));
    assert_eq!(diff(dir.path(), &tree(&files), &mut |_| {}).unwrap(), Difference::Same);
    render(dir.path(), &files);
    assert_eq!(text(dir.path(), LEDGER).lines().count(), 2, "a render leaves only what is there");
    put(dir.path(), LEDGER, &older);
    assert_eq!(diff(dir.path(), &tree(&files), &mut |_| {}).unwrap(), Difference::Differs, "a hash is missing");
}

#[test]
fn a_checkout_with_other_line_ends_is_a_difference_that_a_render_corrects() {
    let dir = folder();
    let files = [("a.yaml", "a: 1\nb: 2\n")];
    render(dir.path(), &files);
    put(dir.path(), "a.yaml", "a: 1\r\nb: 2\r\n");
    put(dir.path(), LEDGER, &text(dir.path(), LEDGER).replace('\n', "\r\n"));
    assert_eq!(diff(dir.path(), &tree(&files), &mut |_| {}).unwrap(), Difference::Differs);
    assert_eq!(render(dir.path(), &files).changed, 1);
    assert_eq!(text(dir.path(), "a.yaml"), "a: 1\nb: 2\n");
    assert!(!text(dir.path(), LEDGER).contains('\r'));
    put(dir.path(), "a.yaml", "a: 1\r\nb: 3\r\n");
    assert_eq!(refused(dir.path(), &files, Overwrite::OursOnly), refusal("a.yaml", Refusal::Edited));
}
