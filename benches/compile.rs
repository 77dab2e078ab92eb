//! How long each stage takes, without a process around it: `cargo bench --bench compile`.

#![allow(missing_docs, reason = "the functions are the names of the benches")]

mod support;

use divan::{Bencher, black_box};
use mlmesh::{Analysis, Source, analyze};

fn main() {
    divan::main();
}

fn check(text: &str) -> Analysis {
    analyze(Source::new("mlops.toml", text), &[]).expect("nothing is laid over it")
}

fn stream(analysis: &Analysis) -> Vec<u8> {
    let mut bytes = Vec::new();
    analysis.checked().expect("it has no errors").stream(&mut |text| bytes.extend_from_slice(text.as_bytes()));
    bytes
}

/// From text to the mesh with every diagnostic.
#[divan::bench(args = [1, 1_000, 10_000], max_time = 3)]
fn text_to_mesh(bencher: Bencher<'_, '_>, models: usize) {
    let text = support::manifest(models);
    bencher.bench_local(|| check(black_box(&text)));
}

/// From the mesh to one stream of YAML.
#[divan::bench(args = [1, 1_000, 10_000], max_time = 3)]
fn mesh_to_stream(bencher: Bencher<'_, '_>, models: usize) {
    let analysis = check(&support::manifest(models));
    bencher.bench_local(|| stream(black_box(&analysis)));
}

/// The same stream, from memory.
#[divan::bench(args = [1, 1_000, 10_000], max_time = 3)]
fn copy_of_stream(bencher: Bencher<'_, '_>, models: usize) {
    let bytes = stream(&check(&support::manifest(models)));
    bencher.bench_local(|| black_box(&bytes).clone());
}
