//! Whatever `check` accepts, the cluster accepts: the objects of every manifest without an error, for every traffic
//! API, are held against the upstream schemas in `$MLMESH_CRDS`. Most mutations change one value and leave the TOML
//! around it whole; the fuzzer's own take part as well.

#![no_main]

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use mlmesh::output::Tree;
use mlmesh::{Overlay, Source, analyze};
use mlmesh_conformance::{Fault, Object, Schemas, judge_tree, yaml};
use serde_json::Value;

/// The lengths on both sides of the limits that Kubernetes and Linkerd set.
const LENGTHS: [usize; 12] = [0, 1, 63, 64, 128, 129, 253, 254, 255, 256, 1024, 1025];

/// What some field of some API does not take, or takes for something else.
const VALUES: [&str; 24] = [
    "a.b", "A", "-a", "a-", "a_b", "on", "null", "~", "1e3", "0x1f", "1_000", "a:b", "a/b", "/", "//", "/a%zz", "/a b", "*", "%",
    "é", "..", "0s", "0", "65535",
];

/// How many texts are kept in memory.
const MAX_FAULTLESS: usize = 20_000;

fuzz_target!(|text: &str| {
    for word in ["", "smi", "profile", "gateway-api", "istio"] {
        let overlays = if word.is_empty() { Vec::new() } else { vec![Overlay::traffic(word)] };
        let Ok(analysis) = analyze(Source::new("mlops.toml", text), &overlays) else { continue };
        let Some(checked) = analysis.checked() else { continue };
        let faults = faults(&checked);
        assert!(faults.is_empty(), "{word}: {}", faults.join("\n"));
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    let changed = std::str::from_utf8(&data[..size]).ok().and_then(|text| with_another_value(text, &mut dice));
    match changed {
        Some(text) if text.len() <= max_size && dice.below(8) > 0 => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        Some(_) | None => fuzzer_mutate(data, size, max_size),
    }
});

/// What the upstream schemas say against the objects of a tree, or if nothing, what the objects say against each other.
fn faults(tree: &impl Tree) -> Vec<String> {
    let (mut objects, mut faults): (Vec<Object>, Vec<String>) = (Vec::new(), Vec::new());
    tree.walk(&mut |path, text| {
        if path.ends_with(".yaml") {
            match judged(path, text) {
                Ok(values) => objects.extend(values.into_iter().map(|value| Object::new(path, value))),
                Err(found) => faults.extend(found),
            }
        }
    });
    if faults.is_empty() {
        let between = judge_tree(&objects).into_iter().filter(|fault| !is_foreign_account(fault));
        faults.extend(between.map(|fault| fault.to_string()));
    }
    faults
}

thread_local! {
    /// The texts that have no fault, with what they hold: most of a manifest's objects outlive a mutation of it.
    static FAULTLESS: RefCell<HashMap<String, Vec<Value>>> = RefCell::default();
}

/// The objects in a text, or their faults.
fn judged(path: &str, text: &str) -> Result<Vec<Value>, Vec<String>> {
    if let Some(values) = FAULTLESS.with_borrow(|known| known.get(text).cloned()) {
        return Ok(values);
    }
    let values = yaml::read(text).map_err(|e| vec![Fault::of_file(path, e.to_string()).to_string()])?;
    let faults: Vec<Fault> = values.iter().flat_map(|value| schemas().judge(&Object::new(path, value.clone()))).collect();
    if !faults.is_empty() {
        return Err(faults.iter().map(ToString::to_string).collect());
    }
    FAULTLESS.with_borrow_mut(|known| {
        if known.len() == MAX_FAULTLESS {
            known.clear();
        }
        known.insert(text.to_owned(), values.clone());
    });
    Ok(values)
}

fn schemas() -> &'static Schemas {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let folder = env::var("MLMESH_CRDS").expect("MLMESH_CRDS is the folder of the upstream schemas");
        Schemas::load(Path::new(&folder)).expect("schemas that can be read")
    })
}

/// Whether a policy names the account of a client that the manifest does not have: `[identities]` may.
fn is_foreign_account(fault: &Fault) -> bool {
    fault.message.starts_with("no `ServiceAccount`") && !fault.pointer.ends_with("/serviceAccountName")
}

/// The text with one quoted value replaced: by another value of it, by one of `VALUES`, or by itself at another length.
fn with_another_value(text: &str, dice: &mut Dice) -> Option<String> {
    let values = quoted(text);
    let place = dice.pick(&values)?.clone();
    let old = &text[place.clone()];
    let new = match dice.below(4) {
        0 => text[dice.pick(&values)?.clone()].to_owned(),
        1 => (*dice.pick(&VALUES)?).to_owned(),
        2 => old.chars().chain(std::iter::repeat('a')).take(*dice.pick(&LENGTHS)?).collect(),
        _ => {
            let at = dice.below(old.chars().count() + 1);
            let before: String = old.chars().take(at).collect();
            format!("{before}{}{}", dice.pick(&VALUES)?, &old[before.len()..])
        }
    };
    Some(format!("{}{new}{}", &text[..place.start], &text[place.end..]))
}

/// The places between the quotes of basic strings on one line.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let (mut places, mut line_start) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let quotes: Vec<usize> = line.match_indices('"').map(|(at, _)| line_start + at).collect();
        places.extend(quotes.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]));
        line_start += line.len();
    }
    places
}

/// Numbers that follow from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() { None } else { Some(&list[self.below(list.len())]) }
    }
}
