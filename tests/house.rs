//! The arrows of the house: who may name whom. Every `use` and every path of every source file is read;
//! a room that is not on the map is a fault too.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

// ---- the map ----

/// The rooms, from the one that may name every other down to those that name nobody. Rooms in one row
/// do not name each other.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["lib", "explain"],
    &["expect", "migrate"],
    &["questions"],
    &["gate"],
    &["checks", "targets", "output", "input", "lints"],
    &["mesh", "objects", "proxy"],
    &["support"],
    &["manifest"],
    &["value"],
    &["syntax"],
    &["edit"],
    &["source", "spanned", "yaml"],
    &["line"],
];

/// The rooms that every other may name.
const OPEN_TO_ALL: &[&str] = &["diagnostic", "upstream"];

/// What a room may not name although it stands on a higher floor.
const WALLS: &[(&str, &str)] = &[("targets", "manifest")];

/// Rooms that may name nothing of the crate but these.
const CELLS: &[(&str, &[&str])] = &[
    ("objects", &["spanned", "objects"]),
    ("upstream", &["spanned", "upstream"]),
    ("proxy", &["objects", "upstream", "proxy"]),
    ("source", &["spanned", "source", "line"]),
    ("spanned", &["source", "spanned"]),
    ("line", &["line"]),
    ("yaml", &["yaml"]),
];

/// Who may touch the world: files, the environment, the terminal.
const AT_THE_DOOR: &[&str] = &["cli", "output/disk", "main"];

// ---- the sources ----

/// A source file, its text without comments, and its texts in quotes.
struct File {
    /// Below `src`, such as `targets/linkerd/mod.rs`.
    name: String,
    code: String,
    quotes: Vec<String>,
}

impl File {
    /// Where the file stands in the crate, such as `targets/linkerd`.
    fn module(&self) -> &str {
        self.name.trim_end_matches(".rs").trim_end_matches("/mod")
    }

    fn room(&self) -> &str {
        self.module().split('/').next().unwrap()
    }

    /// Every path from the root of a crate that this file names: `crate::a::b` as `crate::a::b`,
    /// `super::b` as what it stands for, `use x::{a, b}` as both.
    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for root in ["crate", "super", "std", "core", "anstream", "tempfile"] {
            for (at, _) in self.code.match_indices(&format!("{root}::")) {
                let before = self.code[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                    tree(&mut Words(&self.code[at..]), String::new(), &mut paths);
                }
            }
        }
        let inline = usize::from(self.code.contains("mod tests {"));
        paths.into_iter().map(|path| self.whole(&path, inline)).collect()
    }

    /// `super::x` as a path from the crate's root. A module of tests inside a file is one step further
    /// down, so the first `super` there may mean the file itself: both readings begin in its room.
    fn whole(&self, path: &str, inline: usize) -> String {
        let ups = path.split("::").take_while(|part| *part == "super").count();
        if ups == 0 {
            return path.to_owned();
        }
        let own: Vec<&str> = self.module().split('/').collect();
        let kept = own.len().saturating_sub(ups.saturating_sub(inline));
        let rest = path.split("::").skip(ups);
        ["crate"].into_iter().chain(own[..kept].iter().copied()).chain(rest).collect::<Vec<_>>().join("::")
    }

    /// The rooms of the crate that this file names, its own left out.
    fn named(&self) -> BTreeSet<(String, String)> {
        let mut named = BTreeSet::new();
        for path in self.paths() {
            let Some(rest) = path.strip_prefix("crate::") else { continue };
            let room = rest.split("::").next().unwrap();
            // What stands at the root is the pipeline's own.
            let room = if rooms().contains(room) { room } else { "lib" };
            if room != self.room() {
                named.insert((room.to_owned(), path));
            }
        }
        named
    }
}

/// The words of a text, one by one.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn next(&mut self) -> &'a str {
        self.0 = self.0.trim_start();
        let length = match self.0.find(|c: char| !c.is_alphanumeric() && c != '_') {
            Some(0) if self.0.starts_with("::") => 2,
            Some(0) => self.0.chars().next().unwrap().len_utf8(),
            Some(end) => end,
            None => self.0.len(),
        };
        let (word, rest) = self.0.split_at(length);
        self.0 = rest;
        word
    }

    fn peek(&self) -> &'a str {
        Words(self.0).next()
    }
}

/// Reads a tree such as `a::{b, c::{d, *}}` and collects its leaves as whole paths.
fn tree(words: &mut Words<'_>, before: String, paths: &mut Vec<String>) {
    let joined = |word: &str| if before.is_empty() { word.to_owned() } else { format!("{before}::{word}") };
    match words.peek() {
        "{" => {
            words.next();
            while !["}", ""].contains(&words.peek()) {
                tree(words, before.clone(), paths);
                while !["}", ",", ""].contains(&words.peek()) {
                    words.next();
                }
                if words.peek() == "," {
                    words.next();
                }
            }
            words.next();
        }
        "*" => {
            words.next();
            paths.push(joined("*"));
        }
        word if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
            let path = joined(words.next());
            if words.peek() == "::" {
                words.next();
                tree(words, path, paths);
            } else {
                paths.push(path);
            }
        }
        _ => paths.push(before),
    }
}

/// A text without its comments and quotes, and the quotes.
fn stripped(text: &str) -> (String, Vec<String>) {
    let (mut code, mut quotes) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|tail| tail.len() - tail.trim_start_matches('#').len());
        let raw = raw
            .filter(|hashes| rest[1 + hashes..].starts_with('"') && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw {
            let end = format!("\"{}", "#".repeat(hashes));
            let from = hashes + 2;
            let inside = rest[from..].find(&end).unwrap();
            quotes.push(rest[from..from + inside].to_owned());
            from + inside + end.len()
        } else if first == '"' {
            let inside = quoted(&rest[1..]);
            quotes.push(rest[1..=inside].to_owned());
            inside + 2
        } else if let Some(length) = character(rest) {
            length
        } else {
            code.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    (code, quotes)
}

/// How long a text in quotes is, without them.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.unwrap()
}

/// How long the character literal is that begins here; `None` for a lifetime and for anything else.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let length = match inside.strip_prefix('\\') {
        Some(escaped) => 1 + escaped.chars().next()?.len_utf8(),
        None => inside.chars().next()?.len_utf8(),
    };
    match inside[length..].find('\'')? {
        0 => Some(length + 2),
        more if inside.starts_with("\\u") || inside.starts_with("\\x") => Some(length + more + 2),
        _ => None,
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file.
fn files() -> Vec<File> {
    let mut open = vec![source()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
            let (code, quotes) = stripped(&fs::read_to_string(&path).unwrap());
            files.push(File { name, code, quotes });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(files.len() > 50);
    files
}

/// The rooms that there are: the files directly below `src`, but for the root.
fn rooms() -> BTreeSet<String> {
    let names = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let stems = names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    stems.filter(|room| room != "lib" && room != "main").collect()
}

/// Fails with everything that is wrong, one line each.
fn none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

// ---- the reader itself ----

fn file(name: &str, text: &str) -> File {
    let (code, quotes) = stripped(text);
    File { name: name.to_owned(), code, quotes }
}

#[test]
fn the_reader_sees_every_path_and_no_comment() {
    let text = r##"
        //! crate::not::this
        use crate::a::{self, b, c::{d as e, *}};
        fn f<'a>(x: &'a str) -> char { let _ = "crate::nor::this \" crate::x"; '"' }
        pub(in crate::g) fn h() { super::super::i::j(); $crate::k::l!(); r#"crate::m"#; '\u{7b}'; }
    "##;
    let file = file("targets/linkerd/grant.rs", text);
    let mut paths = file.paths();
    paths.sort();
    assert_eq!(
        paths,
        ["crate::a::b", "crate::a::c::*", "crate::a::c::d", "crate::a::self", "crate::g", "crate::k::l", "crate::targets::i::j"]
    );
    assert_eq!(file.quotes, ["crate::nor::this \\\" crate::x", "crate::m"]);
    assert_eq!((file.module(), file.room()), ("targets/linkerd/grant", "targets"));
}

// ---- the arrows ----

#[test]
fn every_room_is_on_the_map_once() {
    let map: Vec<&str> = FLOORS.iter().copied().flatten().chain(OPEN_TO_ALL).copied().collect();
    none(rooms().into_iter().filter(|room| !map.contains(&room.as_str())).map(|room| format!("`{room}` stands on no floor")));
    assert_eq!(map.iter().collect::<BTreeSet<_>>().len(), map.len());
}

#[test]
fn arrows_point_downwards() {
    let floor = |room: &str| FLOORS.iter().position(|floor| floor.contains(&room));
    let wrong = |file: &File| {
        let own = floor(file.room());
        let up = file.named().into_iter().filter(move |(room, _)| match (own, floor(room)) {
            (Some(own), Some(other)) => other <= own,
            _ => false,
        });
        up.map(|(_, path)| format!("{} names {path}", file.name)).collect::<Vec<_>>()
    };
    none(files().iter().filter(|file| !is_cell(file)).flat_map(wrong));
}

fn is_cell(file: &File) -> bool {
    CELLS.iter().any(|(room, _)| *room == file.room())
}

#[test]
fn what_is_open_to_all_names_only_what_lies_below_everything() {
    let low = ["edit", "source", "spanned", "line"];
    let wrong = |file: &File| {
        let named =
            file.named().into_iter().filter(|(room, _)| !low.contains(&room.as_str()) && !OPEN_TO_ALL.contains(&room.as_str()));
        named.map(|(_, path)| format!("{} names {path}", file.name)).collect::<Vec<_>>()
    };
    none(files().iter().filter(|file| OPEN_TO_ALL.contains(&file.room())).flat_map(wrong));
}

#[test]
fn walls_have_no_door() {
    let behind = |file: &File| {
        let walls = WALLS.iter().filter(|(room, _)| *room == file.room());
        let through = walls.flat_map(|(_, wall)| file.named().into_iter().filter(move |(room, _)| room == wall));
        through.map(|(_, path)| format!("{} names {path}", file.name)).collect::<Vec<_>>()
    };
    none(files().iter().flat_map(behind));
}

#[test]
fn a_cell_names_only_what_it_is_given() {
    let wrong = |file: &File| {
        let allowed = CELLS.iter().find(|(room, _)| *room == file.room()).map_or([].as_slice(), |(_, allowed)| *allowed);
        let named = file.named().into_iter().filter(|(room, _)| !allowed.contains(&room.as_str()));
        named.map(|(_, path)| format!("{} names {path}", file.name)).collect::<Vec<_>>()
    };
    none(files().iter().filter(|file| is_cell(file)).flat_map(wrong));
}

#[test]
fn targets_never_meet() {
    let targets: Vec<String> = fs::read_dir(source().join("targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(targets.len() >= 3, "{targets:?}");
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.name.starts_with("targets/")) {
        let own = file.name.split('/').nth(1).unwrap();
        for path in file.paths() {
            let other = targets.iter().find(|target| *target != own && path.starts_with(&format!("crate::targets::{target}")));
            // `targets/effect.rs` and the like are no target: they may not look into one either.
            wrong.extend(other.map(|_| format!("{} names {path}", file.name)));
        }
    }
    none(wrong);
}

#[test]
fn checks_are_looked_at_one_by_one() {
    let files = files();
    let checks = files.iter().filter(|file| file.name.starts_with("checks/"));
    let other = |file: &File, path: &str| {
        path.strip_prefix("crate::checks::").is_some_and(|rest| !file.name.contains(rest.split("::").next().unwrap()))
    };
    none(checks.flat_map(|file| {
        file.paths()
            .into_iter()
            .filter(|path| other(file, path))
            .map(|path| format!("{} names {path}", file.name))
            .collect::<Vec<_>>()
    }));
}

/// A target compiles what has no errors: `gate` alone hands it a mesh.
#[test]
fn a_mesh_comes_to_the_targets_through_the_gate() {
    let files = files();
    let others = files.iter().filter(|file| !["gate", "targets"].contains(&file.room()));
    none(others.flat_map(|file| {
        let paths =
            file.paths().into_iter().filter(|path| ["crate::targets", "crate::targets::compile"].contains(&path.as_str()));
        paths.map(|path| format!("{} names {path}", file.name)).collect::<Vec<_>>()
    }));
}

/// A final report decides: `lib` alone asks whether a mesh may be printed.
#[test]
fn one_place_asks_whether_a_mesh_is_checked() {
    let files = files();
    let asking = files.iter().filter(|file| file.code.contains("Checked::of("));
    let others = asking.filter(|file| !["lib", "migrate/tests"].contains(&file.module()));
    none(others.map(|file| format!("{} makes a `Checked`", file.name)));
}

#[test]
fn the_mesh_holds_no_words_of_a_cluster() {
    let api_version = regex::Regex::new(r"(?:^|[a-z.]/)v[0-9]+(?:(?:alpha|beta)[0-9]+)?$").unwrap();
    let foreign = |text: &str| {
        ["linkerd.io", "kubernetes.io", "k8s.io", "smi-spec.io", "istio.io"].iter().any(|word| text.contains(word))
            || api_version.is_match(text)
    };
    assert!(foreign("policy.linkerd.io/v1beta3") && foreign("apps/v1") && foreign("v1") && !foreign("/v1/predict"));
    let files = files();
    let mesh = files.iter().filter(|file| file.room() == "mesh");
    none(
        mesh.flat_map(|file| {
            file.quotes.iter().filter(|text| foreign(text)).map(move |text| format!("{} has {text:?}", file.name))
        }),
    );
}

#[test]
fn only_the_door_touches_the_world() {
    let world = [
        "std::fs",
        "std::env",
        "std::net::TcpStream",
        "std::net::TcpListener",
        "std::net::UdpSocket",
        "std::net::ToSocketAddrs",
        "std::process",
        "std::os",
        "std::thread",
        "std::io::stdin",
        "std::io::stdout",
        "std::io::stderr",
        "anstream",
        "tempfile",
        "std::time::SystemTime",
        "std::time::Instant",
    ];
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| !at_the_door(file)) {
        let touches = |path: &&String| world.iter().any(|door| *path == door || path.starts_with(&format!("{door}::")));
        wrong.extend(file.paths().iter().filter(touches).map(|path| format!("{} names {path}", file.name)));
        let printing = ["println!", "eprintln!", "print!", "eprint!", "dbg!"].iter().filter(|word| file.code.contains(**word));
        wrong.extend(printing.map(|word| format!("{} has {word}", file.name)));
    }
    none(wrong);
}

/// Tests may read the examples.
fn at_the_door(file: &File) -> bool {
    file.module().ends_with("/tests")
        || AT_THE_DOOR.iter().any(|door| file.module() == *door || file.module().starts_with(&format!("{door}/")))
}

// ---- how rooms are called, and what they may not do ----

#[test]
fn no_room_is_called_after_nothing() {
    let empty = ["utils", "util", "common", "helpers", "helper", "prelude", "misc", "shared"];
    let parts = |file: &File| file.module().split('/').map(str::to_owned).collect::<Vec<_>>();
    none(
        files().iter().filter(|file| parts(file).iter().any(|part| empty.contains(&part.as_str()))).map(|file| file.name.clone()),
    );
    none(files().iter().flat_map(|file| {
        empty
            .iter()
            .filter(|name| file.code.contains(&format!("mod {name}")))
            .map(|name| format!("{} has mod {name}", file.name))
            .collect::<Vec<_>>()
    }));
}

#[test]
fn nothing_is_imported_by_a_star() {
    none(files().iter().flat_map(|file| {
        file.paths()
            .into_iter()
            .filter(|path| path.ends_with("::*"))
            .map(|path| format!("{} names {path}", file.name))
            .collect::<Vec<_>>()
    }));
    let star = |file: &&File| file.code.contains("::*;") || file.code.contains("::{*");
    none(files().iter().filter(star).map(|file| file.name.clone()));
}

/// A name has one room: a re-export would be a door in a wall, as `mesh` once handed the manifest's types
/// to the targets. The root may, for what the crate exports.
#[test]
fn no_room_exports_the_names_of_another() {
    let reexport = regex::Regex::new(r"pub(?:\([^)]*\))?\s+use\s+((?:crate|super)(?:::\w+)+)").unwrap();
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.name != "lib.rs") {
        let paths = reexport.captures_iter(&file.code).map(|found| file.whole(&found[1], 0));
        let foreign =
            paths.filter(|path| path.split("::").nth(1).is_some_and(|room| room != file.room() && rooms().contains(room)));
        wrong.extend(foreign.map(|path| format!("{} exports {path}", file.name)));
    }
    none(wrong);
}

#[test]
fn one_file_knows_versions() {
    let elsewhere = files().into_iter().filter(|file| file.name != "upstream/versions.rs");
    none(elsewhere.filter(|file| file.code.contains("MinorVersion::new(")).map(|file| file.name));
}

#[test]
fn only_a_target_has_a_file_called_mod() {
    let is_targets = |name: &str| name.starts_with("targets/") && name.matches('/').count() == 2;
    none(files().into_iter().map(|file| file.name).filter(|name| name.ends_with("/mod.rs") && !is_targets(name)));
}

#[test]
fn a_file_opens_with_its_idea() {
    let opens = |file: &File| fs::read_to_string(source().join(&file.name)).unwrap().starts_with("//! ");
    none(files().iter().filter(|file| !opens(file)).map(|file| file.name.clone()));
}

#[test]
fn nothing_is_unsafe_and_nothing_is_unfinished() {
    let words = ["unsafe ", "todo!(", "unimplemented!(", "HashMap", "HashSet"];
    none(files().iter().flat_map(|file| {
        words.iter().filter(|word| file.code.contains(**word)).map(|word| format!("{} has {word}", file.name)).collect::<Vec<_>>()
    }));
}

/// A closure is an argument; what has a name is an `fn`, below whoever calls it.
#[test]
fn a_closure_with_a_name_is_a_function() {
    let binding = r"\blet\s+(?:mut\s+)?(?:\w+|\([^()=]*\))\s*(?::[^;|]*?)?=";
    let closure = r"\s*(?:[&(]\s*|mut\s+|Box::new\()*(?:(?:move|async)\s+)*(?:\||async\b)";
    let named = regex::Regex::new(&format!("{binding}{closure}")).unwrap();
    let named_ones = [
        "let f = |x| x",
        "let mut f = move || x",
        "let f: &dyn Fn() =\n    &|| x",
        "let (f, g) = (|x| x, |x| x)",
        "let f = async {}",
    ];
    assert!(named_ones.iter().all(|text| named.is_match(text)));
    assert!(["let x = a || b", "let x = f(|x| x)", "if let A | B = x"].iter().all(|text| !named.is_match(text)));
    let mut wrong = Vec::new();
    for file in files() {
        let text = fs::read_to_string(source().join(&file.name)).unwrap();
        let lines = named.find_iter(&text).map(|found| text[..found.start()].matches('\n').count() + 1);
        wrong.extend(lines.map(|line| format!("{}:{line} gives a closure a name", file.name)));
    }
    none(wrong);
}

// ---- codes and their examples ----

#[test]
fn every_code_has_its_two_examples_and_every_example_its_code() {
    let codes: BTreeSet<String> =
        mlmesh::codes().iter().flat_map(|code| [format!("{}.toml", code.name), format!("{}.fixed.toml", code.name)]).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/invalid");
    let files: BTreeSet<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files.difference(&codes).collect::<Vec<_>>(), [""; 0], "examples without a code");
    assert_eq!(codes.difference(&files).collect::<Vec<_>>(), [""; 0], "codes without an example");
}

#[test]
fn the_name_of_a_code_reads_well_in_kebab_case() {
    let kebab = regex::Regex::new("^[a-z][a-z0-9]*(-[a-z0-9]+)*$").unwrap();
    none(mlmesh::codes().iter().filter(|code| !kebab.is_match(code.name)).map(|code| code.name.to_owned()));
    none(
        mlmesh::codes()
            .iter()
            .filter(|code| code.summary.ends_with('.') || !code.why.ends_with(['.', ')']))
            .map(|code| format!("{}: {} / {}", code.name, code.summary, code.why)),
    );
}

#[test]
fn a_check_is_called_as_its_code() {
    let codes: BTreeSet<String> = mlmesh::codes().iter().map(|code| code.name.replace('-', "_")).collect();
    let checks = files().into_iter().filter_map(|file| Some(file.module().strip_prefix("checks/")?.to_owned()));
    none(checks.filter(|check| !codes.contains(check)).map(|check| format!("no code is called as checks/{check}.rs")));
}
