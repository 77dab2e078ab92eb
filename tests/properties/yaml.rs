//! The printer's promise: whatever the value, a YAML reader reads that value back. Two readers judge it that share
//! nothing with the printer: `saphyr-parser` with the scalar rules of YAML 1.1 below, and the Go parser in kubectl.
//!
//! `MLMESH_YAML_STRINGS=100000` asks for more random strings than usual, and `MLMESH_REQUIRE_KUBECTL=1` makes a
//! missing kubectl a failure. No test needs a cluster.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use mlmesh::print_yaml;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::Serialize;
use serde_json::{Map, Value, json};

#[test]
fn a_second_reader_reads_every_string_back() {
    let texts = nasty_strings();
    let wrong = texts.iter().flat_map(|text| {
        [specimen(text), json!(text), json!([text]), json!({ text: [text] })]
            .into_iter()
            .filter_map(|value| difference(&value, &read(&yaml(&value))))
    });
    expect_none(wrong.collect(), texts.len());
}

#[test]
fn kubectl_reads_every_string_back() {
    let texts = nasty_strings();
    let mut wrong = Vec::new();
    for some in texts.chunks(3000) {
        let specimens: Vec<Value> = some.iter().map(|text| specimen(text)).collect();
        let Some(answers) = kubectl("strings", &specimens) else {
            return;
        };
        wrong.extend(specimens.iter().zip(&answers).filter_map(|(value, back)| difference(value, back)));
    }
    expect_none(wrong, texts.len());
}

#[test]
fn numbers_keep_their_value_and_their_kind() {
    let integers = json!([0, 7, -1, 100_000, i32::MAX, i64::MIN, i64::MAX]);
    let floats = [
        0.0,
        1.0,
        -2.5,
        0.1,
        1e3,
        1e15,
        1e16,
        1.5e16,
        1e21,
        1e-5,
        1e-7,
        1.25e-9,
        1e300,
        f64::MAX,
        f64::MIN,
        5e-324,
        f64::EPSILON,
        0.1 + 0.2,
    ];
    let object = json!({ "apiVersion": "v1", "kind": "Numbers", "metadata": { "name": "numbers" },
        "integers": integers, "floats": floats });
    let mut readings = vec![read(&yaml(&object))];
    readings.extend(kubectl("numbers", &[object]).into_iter().flatten());
    for reading in readings {
        assert_eq!(reading["integers"], integers);
        let back: Vec<Option<f64>> = reading["floats"].as_array().expect("a list").iter().map(Value::as_f64).collect();
        assert_eq!(back, floats.map(Some));
    }
}

#[test]
fn a_manifest_has_the_house_style() {
    let workload = Workload {
        kind: "Deployment",
        replicas: 3,
        paused: false,
        weight: 0.5,
        labels: BTreeMap::from([("app.kubernetes.io/name", "web"), ("on", "yes")]),
        node_selector: BTreeMap::new(),
        volumes: vec![],
        containers: vec![
            Container {
                image: "registry.example/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                args: vec!["--port=8080", "-v", "1", "a: b"],
                ports: vec![
                    Port { name: "http", number: 8080, protocol: Protocol::Tcp },
                    Port { name: "dns", number: 53, protocol: Protocol::Other(17) },
                ],
            },
            Container { image: "sidecar", args: vec![], ports: vec![] },
        ],
        script: "set -e\n\nexec \"$0\"\n",
        pairs: vec![vec![1, 2], vec![], vec![3]],
        probe: Probe::Http { path: "/healthz" },
        seconds: Seconds(30),
        note: None,
        nothing: None,
    };
    assert_eq!(yaml(&workload), HOUSE_STYLE);
}

const HOUSE_STYLE: &str = r#"kind: Deployment
replicas: 3
paused: false
weight: 0.5
labels:
  app.kubernetes.io/name: web
  "on": "yes"
nodeSelector: {}
volumes: []
containers:
- image: registry.example/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  args:
  - --port=8080
  - -v
  - "1"
  - "a: b"
  ports:
  - name: http
    number: 8080
    protocol: TCP
  - name: dns
    number: 53
    protocol:
      Other: 17
- image: sidecar
  args: []
  ports: []
script: |
  set -e

  exec "$0"
pairs:
- - 1
  - 2
- []
- - 3
probe:
  Http:
    path: /healthz
seconds: 30
nothing: null
"#;

#[test]
fn a_block_says_how_its_text_ends() {
    assert_eq!(yaml(&json!({ "a": "x\ny" })), "a: |-\n  x\n  y\n");
    assert_eq!(yaml(&json!({ "a": "x\ny\n" })), "a: |\n  x\n  y\n");
    assert_eq!(yaml(&json!({ "a": ["x\n\n"] })), "a:\n- |+\n  x\n\n");
    assert_eq!(yaml(&json!({ "a": " x\ny" })), "a: \" x\\ny\"\n");
}

#[test]
fn a_long_key_stands_behind_a_question_mark() {
    let (short, long) = ("k".repeat(120), "k".repeat(121));
    assert_eq!(yaml(&json!({ &short: 1 })), format!("{short}: 1\n"));
    assert_eq!(
        yaml(&json!([{ &long: { "a": "b" } }, { &long: ["b"] }])),
        format!("- ? \"{long}\"\n  :\n    a: b\n- ? \"{long}\"\n  :\n  - b\n"),
    );
}

#[test]
fn a_key_that_is_no_string_is_printed_as_one() {
    assert_eq!(yaml(&BTreeMap::from([(8080, true)])), "\"8080\": true\n");
    assert_eq!(yaml(&BTreeMap::from([(false, 'y')])), "\"false\": \"y\"\n");
}

#[test]
fn printing_appends() {
    let mut out = String::from("---\n");
    print_yaml(&json!({ "a": 1 }), &mut out);
    out.push_str("---\n");
    print_yaml(&json!({}), &mut out);
    assert_eq!(out, "---\na: 1\n---\n{}\n");
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Workload {
    kind: &'static str,
    replicas: u32,
    paused: bool,
    weight: f64,
    labels: BTreeMap<&'static str, &'static str>,
    node_selector: BTreeMap<&'static str, &'static str>,
    volumes: Vec<()>,
    containers: Vec<Container>,
    script: &'static str,
    pairs: Vec<Vec<i8>>,
    probe: Probe,
    seconds: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    nothing: Option<()>,
}

#[derive(Serialize)]
struct Container {
    image: &'static str,
    args: Vec<&'static str>,
    ports: Vec<Port>,
}

#[derive(Serialize)]
struct Port {
    name: &'static str,
    number: u16,
    protocol: Protocol,
}

#[derive(Serialize)]
enum Protocol {
    #[serde(rename = "TCP")]
    Tcp,
    Other(u8),
}

#[derive(Serialize)]
enum Probe {
    Http { path: &'static str },
}

#[derive(Serialize)]
struct Seconds(u64);

fn yaml<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = String::new();
    print_yaml(value, &mut out);
    out
}

/// An object that has `text` in every place where the printer writes a string.
fn specimen(text: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": "specimen", "annotations": { "note": text } },
        "data": { "value": text },
        "keys": { text: text },
        "keysOfBlocks": [{ text: [text, text] }, { text: { text: text, "last": "one" } }],
        "nested": [{ "list": [[text], [[text, "last"]]], "map": { "text": text } }, text],
        text: text,
    })
}

fn difference(value: &Value, back: &Value) -> Option<String> {
    (value != back).then(|| format!("{}\nwas read as {back}", yaml(value)))
}

fn expect_none(wrong: Vec<String>, of: usize) {
    assert!(wrong.is_empty(), "{} of {of} strings; the first:\n{}", wrong.len(), wrong[0]);
}

/// What kubectl reads from one file for each of `objects`, or nothing where there is no kubectl.
fn kubectl(folder: &str, objects: &[Value]) -> Option<Vec<Value>> {
    if let Err(why) = Command::new("kubectl").args(["version", "--client"]).output() {
        assert!(env::var_os("MLMESH_REQUIRE_KUBECTL").is_none(), "kubectl is required: {why}");
        // Not `eprintln!`: a test that passes hides what that prints.
        writeln!(io::stderr(), "skipped: kubectl cannot be run: {why}").expect("stderr is open");
        return None;
    }
    let folder = written(folder, objects);
    let nowhere = folder.join("no-such-folder");
    let answer = Command::new("kubectl")
        .args(["label", "--local", "mlmesh=test", "--output=json", "--filename"])
        .arg(&folder)
        .env("HOME", &nowhere)
        .env("KUBECONFIG", &nowhere)
        .env_remove("KUBERNETES_SERVICE_HOST")
        .output()
        .expect("kubectl runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let answers: Result<Vec<Value>, _> = serde_json::Deserializer::from_slice(&answer.stdout).into_iter().collect();
    let mut answers = answers.expect("kubectl prints JSON");
    assert_eq!(answers.len(), objects.len());
    for answer in &mut answers {
        let metadata = answer["metadata"].as_object_mut().expect("metadata is a map");
        metadata.remove("labels");
    }
    Some(answers)
}

/// A new folder with one file for each of `objects`, named so that kubectl takes them in order.
fn written(folder: &str, objects: &[Value]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("yaml-{folder}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the old folder goes");
    }
    fs::create_dir_all(&folder).expect("the folder can be made");
    for (number, object) in objects.iter().enumerate() {
        fs::write(folder.join(format!("{number:06}.yaml")), yaml(object)).expect("the file can be written");
    }
    folder
}

/// The one document of `yaml` as the second reader sees it: a key that is no string shows as what it is.
fn read(yaml: &str) -> Value {
    let mut events = Parser::new_from_str(yaml).map(|event| match event {
        Ok((event, _)) => event,
        Err(why) => panic!("{why}\n{yaml}"),
    });
    assert_eq!(events.next(), Some(Event::StreamStart));
    assert_eq!(events.next(), Some(Event::DocumentStart(false)));
    let root = node(&mut events).expect("a document has a root");
    assert_eq!(events.next(), Some(Event::DocumentEnd), "{yaml}");
    assert_eq!(events.next(), Some(Event::StreamEnd), "{yaml}");
    root
}

/// The next node, or nothing at the end of the list or map under way.
fn node<'a>(events: &mut dyn Iterator<Item = Event<'a>>) -> Option<Value> {
    match events.next().expect("the parser closes what it opens") {
        Event::Scalar(text, ScalarStyle::Plain, 0, None) => Some(plain(&text)),
        Event::Scalar(text, ScalarStyle::DoubleQuoted | ScalarStyle::Literal, 0, None) => Some(json!(text)),
        Event::SequenceStart(0, None) => Some(std::iter::from_fn(|| node(events)).collect()),
        Event::MappingStart(0, None) => {
            let mut map = Map::new();
            while let Some(key) = node(events) {
                let value = node(events).expect("a key has a value");
                let key = key.as_str().map_or_else(|| format!("no string: {key}"), str::to_owned);
                assert_eq!(map.insert(key, value), None, "a key stands twice");
            }
            Some(map.into())
        }
        Event::SequenceEnd | Event::MappingEnd => None,
        other => panic!("the printer never writes this: {other:?}"),
    }
}

/// What YAML 1.1 and Go make of a plain scalar, and the Go of other days: the types of <https://yaml.org/type/>.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            json!(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            json!(false)
        }
        "=" | "<<" => json!({ "special": text }),
        _ if is_date(text) => json!({ "date": text }),
        _ => number(text).unwrap_or_else(|| json!(text)),
    }
}

/// The number that `text` is: exactly if it is decimal, else as a map that says so. Go drops each `_` first.
fn number(text: &str) -> Option<Value> {
    if text.starts_with('_') {
        return None;
    }
    let bare = text.replace('_', "");
    let unsigned = bare.strip_prefix(['+', '-']).unwrap_or(&bare);
    let all = |digits: &str, known: fn(&char) -> bool| !digits.is_empty() && digits.chars().all(|c| known(&c));
    let decimal = |digits: &str| all(digits, char::is_ascii_digit);
    if decimal(unsigned) && (unsigned == "0" || !unsigned.starts_with('0')) {
        return bare.parse::<i64>().map(Value::from).or_else(|_| bare.parse::<f64>().map(Value::from)).ok();
    }
    let special = match unsigned.get(..2).map(|start| (start, &unsigned[2..])) {
        Some(("0x" | "0X", digits)) => all(digits, char::is_ascii_hexdigit),
        Some(("0b" | "0B", digits)) => all(digits, |c| matches!(c, '0' | '1')),
        Some(("0o" | "0O", digits)) => all(digits, |c| matches!(c, '0'..='7')),
        _ => decimal(unsigned) || matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN"),
    };
    let (sixties, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let sexagesimal = sixties.contains(':') && sixties.split(':').all(decimal) && (fraction.is_empty() || decimal(fraction));
    if special || sexagesimal {
        return Some(json!({ "number": text }));
    }
    let float = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    bare.parse::<f64>().ok().filter(|_| float).map(Value::from)
}

/// Whether `text` is `2001-1-2`, alone or before a time of day.
fn is_date(text: &str) -> bool {
    let day = text.split(['T', 't', ' ', '\t']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split('-').collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.iter().all(digits)
        && matches!(parts[..], [year, month, day]
            if year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len()))
}

/// Words, numbers and dates that some reader takes for something else than a string.
const WORDS: &str = "y n yes no on off true false null nil none ~ = << - -- --- .... ... . .. ? : | > |- >+ & * ! !! !!str \
    % %YAML @ ` # #a a# , [ ] { } [] {} {{ }} ${A} $(A) _ __ _1 1_ 0 1 -1 +1 00 007 017 08 0o17 0O17 0x1F 0X1f 0xg 0_x1F +_0x1 -0_b1 0b101 0B1 \
    0b2 1_000 1__0 -1_0 1,000 1e3 1E3 1e+3 1e-3 1.e3 1e 1e3_0 e3 E .5 .5_5 5. -.5 +.5 ._5 1.5 1.5.2 1.2.3 12:30 12:30:45 1:2 \
    -12:30 190:20:30.15 12:30:45.6 1:99 .inf -.inf +.inf .Inf .INF .iNf .nan .NaN .NAN -.nan inf nan NaN Infinity \
    2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 2001-01 20010101 99-1-1 12345-1-1 \
    0x1p-2 0.1e-400 1e400 9223372036854775807 9223372036854775808 18446744073709551616 10.0.0.1 10.0.0.0/8 ::1 fe80::1 \
    a:b a: :a :8080 a:b: -a --a -- ---a ...a ?a a? \"a\" 'a' \"a 'a it's a\"b \\ \\n a\\ a\\b C:\\x 100m 1Gi 1h30m 50% 5E 12e03 \
    //x http://a/b?c=d&e=f#g sha256:00 1:a &a *a !a |a >a %a @a `a =a <a ~a ~/a a=b a~ a<<b";

/// Characters that readers handle in their own ways: blanks, breaks, marks, the ends of ranges, joiners, others.
const SPECIAL: &str = "\u{a0}\u{ad}\u{2028}\u{2029}\u{200b}\u{200d}\u{200e}\u{202e}\u{2060}\u{3000}\u{feff}\u{fffd}\u{fffe}\u{ffff}\
    \u{fdd0}\u{fdef}\u{d7ff}\u{e000}\u{f8ff}\u{1fffe}\u{1ffff}\u{10000}\u{10fffd}\u{10fffe}\u{10ffff}\u{1f600}\u{e0001}éß日字한ع\u{301}";

/// Places for one character `@` in a string.
const PLACES: [&str; 22] = [
    "@",
    "@@",
    "@@@",
    "@a",
    "a@",
    "a@b",
    "@ a",
    "a @",
    "a @b",
    "a@ b",
    "a @ b",
    " @",
    "@ ",
    "@1",
    "1@",
    "1@1",
    "-@",
    "a\n@",
    "@\na",
    "a\n@\n",
    "a@\nb\n",
    "a\n @b\n\n",
];

/// The strings of every test here, the same in every run.
fn nasty_strings() -> Vec<String> {
    let controls = ('\0'..=' ').chain('\u{7f}'..='\u{a0}');
    let punctuation = ('!'..='~').filter(char::is_ascii_punctuation);
    let mut texts = vec![String::new()];
    for word in WORDS.split_whitespace() {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        let capital = first.to_uppercase() + rest;
        texts.extend([word.to_owned(), word.to_uppercase(), capital, format!("{word} a"), format!("a {word}")]);
        texts.extend([format!("{word}\n"), format!("{word}\n{word}"), format!(" {word}"), format!("{word} ")]);
    }
    for c in punctuation.chain(controls).chain(SPECIAL.chars()) {
        texts.extend(PLACES.map(|place| place.replace('@', c.encode_utf8(&mut [0; 4]))));
    }
    for length in [79, 80, 81, 119, 120, 121, 127, 128, 129, 255, 256, 1022, 1023, 1024, 1025, 5000] {
        for part in ["a", "a ", "\"", "\u{1}", "\u{1ffff}", "é", "a\n", "a: ", "- ", "1"] {
            texts.push(part.repeat(length / part.len()) + "z");
        }
    }
    let asked = env::var("MLMESH_YAML_STRINGS").ok();
    let random = asked.map_or(1000, |count| count.parse().expect("MLMESH_YAML_STRINGS is a number"));
    let mut dice = Dice(0x6d6c_6d65_7368);
    texts.extend((0..random).map(|_| dice.text()));
    texts
}

/// A small generator of numbers (splitmix64), so that each run throws the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// A mix of all that is above, or of digits and what stands between them.
    fn text(&mut self) -> String {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let special: Vec<char> = SPECIAL.chars().collect();
        let numeric = self.below(4) == 0;
        let mut text = String::new();
        for _ in 0..=self.below(9) {
            match self.below(8) {
                _ if numeric => text.push(self.one_of(&b"0123456789012_.:+-eExobTZa ,"[..]).into()),
                0 | 1 => text.push_str(self.one_of(&words)),
                2 => text.push(self.one_of(&special)),
                3 => text.push_str(self.one_of(&[" ", "  ", "\t", "\n", "\n\n", "\r\n", "\n ", " \n", "\n\t", "\0"])),
                4 => text.push(self.one_of(&b":#-?,[]{}&*!|>'\"%@`=<~ \\"[..]).into()),
                5 => text.extend(char::from_u32(self.below(0x11_0000) as u32)),
                6 => text.push((self.below(0x80) as u8).into()),
                _ => text.push_str(self.one_of(&["a", "key", "\n", " ", ": ", " #", "- "])),
            }
        }
        text
    }
}
