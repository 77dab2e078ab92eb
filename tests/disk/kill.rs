//! `mlmesh render` may be killed at any moment: no file is half written, nothing foreign is
//! touched, and the next render finishes without `--force`, whichever manifest it renders.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const LEDGER: &str = ".mlmesh.ledger";

/// A manifest with so many models, whose every generated file has the tag in it somewhere.
fn manifest(models: usize, tag: &str) -> String {
    let mut manifest = String::from("[cluster]\ntraffic = \"smi\"\n\n[namespaces.ml]\n");
    for model in 0..models {
        manifest += &format!(
            "\n[models.m{model}]\nnamespace = \"ml\"\nport = 8080\nlabels = {{ tag = \"{tag}\" }}\n\
             routes.predict = {{ post = \"/{tag}\", timeout = \"5s\" }}\n\
             [models.m{model}.versions.{tag}]\nimage = \"registry.example.com/m:{tag}\"\n"
        );
    }
    manifest
}

/// A manifest on disk, and the tree that it makes when nobody kills the render.
struct Side {
    manifest: PathBuf,
    tree: BTreeMap<String, String>,
}

impl Side {
    fn new(home: &Path, name: &str, models: usize) -> Side {
        let path = home.join(format!("{name}.toml"));
        fs::write(&path, manifest(models, name)).unwrap();
        let out = home.join(name);
        assert!(render(&path, &out).status().unwrap().success());
        Side { manifest: path, tree: all(&out).into_iter().map(|(path, (text, _))| (path, text)).collect() }
    }
}

fn render(manifest: &Path, out: &Path) -> Command {
    let mut mlmesh = Command::new(env!("CARGO_BIN_EXE_mlmesh"));
    mlmesh.arg("render").arg(manifest).arg("-o").arg(out);
    mlmesh.stdout(Stdio::null()).stderr(Stdio::null());
    mlmesh
}

/// Every file and link below `dir` by path, with its text and the time it was last written.
fn all(dir: &Path) -> BTreeMap<String, (String, (i64, i64))> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            let kind = entry.file_type().unwrap();
            let about = entry.metadata().unwrap();
            let time = (about.mtime(), about.mtime_nsec());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                found.insert(name, (fs::read_link(path).unwrap().display().to_string(), time));
            } else {
                found.insert(name, (fs::read_to_string(path).unwrap(), time));
            }
        }
    }
    found
}

/// Files of somebody else: apart, and beside a generated one, with a name and a text like its.
fn put_foreign(dir: &Path, generated: &Side) {
    fs::create_dir_all(dir.join("mine/empty")).unwrap();
    fs::write(dir.join("notes.txt"), "mine\n").unwrap();
    symlink("../notes.txt", dir.join("mine/link.yaml")).unwrap();
    for (path, text) in generated.tree.iter().filter(|(path, _)| *path != LEDGER).step_by(40) {
        let neighbour = dir.join(format!("{path}.orig"));
        fs::create_dir_all(neighbour.parent().unwrap()).unwrap();
        fs::write(neighbour, format!("{text}# edited\n")).unwrap();
    }
}

/// Everything on disk is foreign and untouched, or a whole file of one of the two trees.
fn check(dir: &Path, foreign: &BTreeMap<String, (String, (i64, i64))>, sides: &[Side; 2]) {
    let found = all(dir);
    for (path, was) in foreign {
        assert_eq!(found.get(path), Some(was), "`{path}` is not ours, and changed");
    }
    for (path, (text, _)) in &found {
        let whole = sides.iter().any(|side| side.tree.get(path) == Some(text));
        let own = path == LEDGER || path.starts_with(".mlmesh.tmp/");
        assert!(whole || own || foreign.contains_key(path), "`{path}` is half, or nobody's");
    }
}

/// The tree of `side` is there whole, its ledger too, and beside it what is foreign.
fn check_done(dir: &Path, foreign: &BTreeMap<String, (String, (i64, i64))>, side: &Side) {
    let found = all(dir);
    let ours = found.into_iter().filter(|(path, _)| !foreign.contains_key(path));
    let ours: BTreeMap<_, _> = ours.map(|(path, (text, _))| (path, text)).collect();
    assert!(ours == side.tree, "not the tree of {}", side.manifest.display());
    assert!(!dir.join(".mlmesh.tmp").exists());
}

#[test]
fn a_killed_render_leaves_whole_files_and_the_next_one_finishes() {
    let home = tempfile::tempdir().unwrap();
    let sides = [Side::new(home.path(), "left", 60), Side::new(home.path(), "right", 50)];
    let dir = home.path().join("out");
    put_foreign(&dir, &sides[0]);
    let foreign = all(&dir);

    let mut random = Random(0x5EED);
    let mut killer = Killer::new();
    while killer.at_work < killer.wanted {
        let victim = render(&sides[killer.started % 2].manifest, &dir);
        killer.run(victim, &dir, random.share());
        check(&dir, &foreign, &sides);
        // now and then two kills in a row, or more
        if random.share() < 0.5 {
            let next = &sides[if random.share() < 0.5 { 0 } else { 1 }];
            assert!(render(&next.manifest, &dir).status().unwrap().success());
            check(&dir, &foreign, &sides);
            check_done(&dir, &foreign, next);
        }
    }
}

/// Ends renders with SIGKILL: most of them while they write, every fourth at any moment of its
/// life. It learns from each how long those last.
struct Killer {
    /// How many shall be killed while they write: half of `MLMESH_MESHES`.
    wanted: usize,
    started: usize,
    /// How many were killed while they wrote.
    at_work: usize,
    writing: Duration,
    living: Duration,
}

impl Killer {
    fn new() -> Killer {
        let guess = Duration::from_millis(20);
        let meshes = std::env::var("MLMESH_MESHES").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
        Killer { wanted: meshes / 2, started: 0, at_work: 0, writing: guess, living: guess }
    }

    fn run(&mut self, mut render: Command, dir: &Path, share: f64) {
        self.started += 1;
        assert!(self.started < 20 * self.wanted, "only {} were killed at work", self.at_work);
        let before = aside(dir);
        let is_writing = || aside(dir).is_some_and(|now| before != Some(now));
        let mut victim = render.spawn().unwrap();
        let span = if self.started.is_multiple_of(4) {
            &mut self.living
        } else {
            while !is_writing() && victim.try_wait().unwrap().is_none() {
                thread::yield_now();
            }
            &mut self.writing
        };
        thread::sleep(span.mul_f64(share));
        victim.kill().unwrap();
        let status = victim.wait().unwrap();
        let killed = status.signal().is_some();
        assert!(killed || status.success(), "the render failed by itself: {status}");
        *span = span.mul_f64(if killed { 1.05 } else { 0.9 });
        self.at_work += usize::from(killed && is_writing());
    }
}

/// The folder that a render writes in while it works, and leaves when it is killed at that.
fn aside(dir: &Path) -> Option<(u64, i64, i64)> {
    let found = fs::metadata(dir.join(".mlmesh.tmp")).ok()?;
    Some((found.ino(), found.ctime(), found.ctime_nsec()))
}

/// A small generator of numbers, the same ones every time.
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}
