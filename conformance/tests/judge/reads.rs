//! The reader gives what `kubectl` would be given, and refuses what a generated file must not hold.

use mlmesh_conformance::yaml::read;
use serde_json::json;

#[test]
fn a_quoted_number_is_a_text() {
    let text = "a: \"8080\"\nb: '8080'\nc: 8080\nd: |\n  8080\ne: !!str 8080\nyes: no\n8080: x\n";
    let value = json!({"a": "8080", "b": "8080", "c": 8080, "d": "8080\n", "e": "8080", "true": false, "8080": "x"});
    assert_eq!(read(text).unwrap(), [value]);
}

#[test]
fn documents_come_in_order_and_empty_ones_are_left_out() {
    assert_eq!(read("---\na: 1\n---\n# nothing\n---\n- b\n...\n").unwrap(), [json!({"a": 1}), json!(["b"])]);
    assert_eq!(read("").unwrap(), Vec::<serde_json::Value>::new());
}

#[test]
fn an_alias_is_its_anchor() {
    assert_eq!(read("a: &x {b: [1]}\nc: *x\n").unwrap(), [json!({"a": {"b": [1]}, "c": {"b": [1]}})]);
}

#[test]
fn refuses() {
    let deep = "[".repeat(200);
    let bomb: String = (1..12).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        format!("{text}a{n}: &a{n} [{aliases}]\n")
    });
    let cases = [
        ("a: 1\nb: 2\na: 3\n", "line 3: the key `a` is here twice"),
        ("a: &x 1\n<<: *x\n", "a merge key is not read"),
        ("a: !!binary aGk=\n", "tag"),
        ("a: !x {}\n", "tag"),
        ("a: {{ .Values.x }}\n", "is this a template?"),
        ("a: .inf\n", "no value in JSON"),
        ("a: [1\n", "line"),
        (deep.as_str(), "nested too deeply"),
        (bomb.as_str(), "grow without bound"),
    ];
    for (text, says) in cases {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}
