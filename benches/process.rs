//! What a person feels, the whole process, as ratios of one run: `cargo bench --bench process`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench may")]

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// How often each is run; they take turns, so that a busy moment meets them all.
const ROUNDS: usize = 21;

const MODELS: [usize; 3] = [1, 1_000, 10_000];

fn main() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out.yaml");
    let mlmesh = |arguments: &[&str]| command(env!("CARGO_BIN_EXE_mlmesh"), arguments);
    let render = |manifest: &Path| mlmesh(&["render", "--stdout", manifest.to_str().unwrap()]);
    let manifests = MODELS.map(|models| {
        let path = home.path().join(format!("{models}.toml"));
        fs::write(&path, support::manifest(models)).unwrap();
        let (most, input) = (peak(render(&path), &out) / 1024, fs::metadata(&path).unwrap().len() / 1024);
        println!("{models} models: {most} KB of memory at most, for {input} KB of text");
        path
    });
    let [gateway, istio] =
        [("gateway.toml", "\"gateway-api\"\ngateway-api = \"1.2\""), ("istio.toml", "\"istio\"")].map(|(file, traffic)| {
            let path = home.path().join(file);
            fs::write(&path, support::manifest(1_000).replace("\"smi\"", traffic)).unwrap();
            path
        });
    run(render(&manifests[1]), &out);
    let prepared = home.path().join("prepared.yaml");
    fs::copy(&out, &prepared).unwrap();
    let mut measured: [Vec<Duration>; 8] = Default::default();
    for _ in 0..ROUNDS {
        let commands = [
            mlmesh(&["--version"]),
            render(&manifests[0]),
            render(&manifests[1]),
            render(&manifests[2]),
            mlmesh(&["check", manifests[1].to_str().unwrap()]),
            command("cat", &[prepared.to_str().unwrap()]),
            render(&gateway),
            render(&istio),
        ];
        for (command, times) in commands.into_iter().zip(&mut measured) {
            times.push(run(command, &out));
        }
    }
    let [start, one, thousand, ten_thousand, check, copy, gateway, istio] = measured.map(median);
    let ratio = |time: Duration, base: Duration| time.as_secs_f64() / base.as_secs_f64();
    println!("one model: {one:.1?}, {:.2} times `mlmesh --version`", ratio(one, start));
    println!("1,000 models: {thousand:.1?}, {:.1} times `cat` of the same bytes ({copy:.1?})", ratio(thousand, copy));
    println!("10,000 models: {ten_thousand:.1?}, {:.1} times 1,000", ratio(ten_thousand, thousand));
    println!(
        "1,000 models on the Gateway API: {:.2} times SMI; on Istio: {:.2} times",
        ratio(gateway, thousand),
        ratio(istio, thousand)
    );
    println!("check of 1,000 models: {check:.1?}, {:.2} times render", ratio(check, thousand));
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn run(mut command: Command, out: &Path) -> Duration {
    command.stdout(File::create(out).unwrap());
    let start = Instant::now();
    assert!(command.status().unwrap().success());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The most memory that the process held, in bytes. A child counts also what its parent held when it
/// was born, so this comes before the parent has grown.
fn peak(mut command: Command, out: &Path) -> u64 {
    command.stdout(File::create(out).unwrap());
    let used = command.spawn().unwrap().wait4().unwrap();
    assert!(used.status.success());
    used.rusage.maxrss
}
