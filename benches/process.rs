//! What a person feels, the whole process, as ratios of one run: `cargo bench --bench process`.
//!
//! The other side is this program itself, which renders the same declaration with a text template and checks nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench may")]

mod support;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use wait4::{ResourceUsage, Wait4};

/// How often each is run; they take turns, so that a busy moment meets them all.
const ROUNDS: usize = 11;

const MODELS: [usize; 4] = [1, 100, 1_000, 10_000];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, manifest] = arguments.as_slice()
        && word == "--template"
    {
        render_template(Path::new(manifest), BufWriter::new(io::stdout().lock()));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    compare_with_the_template(home.path());
    compare_targets(home.path());
}

/// CPU seconds and memory beside those of the template, which writes the same bytes.
fn compare_with_the_template(home: &Path) {
    println!("| models | mlmesh | template | ratio | memory | memory of the template |");
    println!("|--:|--:|--:|--:|--:|--:|");
    for models in MODELS {
        let manifest = written(home, "mlops.toml", &support::manifest(models));
        let (ours, theirs) = (home.join("ours.yaml"), home.join("theirs.yaml"));
        let (mut used, mut of_template) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            used.push(run(render(&manifest), &ours));
            of_template.push(run(template(&manifest), &theirs));
        }
        assert!(fs::read(&ours).unwrap() == fs::read(&theirs).unwrap(), "the template writes something else");
        let (cpu, cpu_of_template) = (median(&used, cpu), median(&of_template, cpu));
        println!(
            "| {models} | {:.1} ms | {:.1} ms | {:.2} | {:.1} MiB | {:.1} MiB |",
            milliseconds(cpu),
            milliseconds(cpu_of_template),
            cpu.as_secs_f64() / cpu_of_template.as_secs_f64(),
            mebibytes(&used),
            mebibytes(&of_template),
        );
    }
}

/// One model against no model, `check` against `render`, and the other APIs against SMI, at 1,000 models.
fn compare_targets(home: &Path) {
    let text = support::manifest(1_000);
    let smi = written(home, "smi.toml", &text);
    let one = written(home, "one.toml", &support::manifest(1));
    let gateway = written(home, "gateway.toml", &text.replace("\"smi\"", "\"gateway-api\"\ngateway-api = \"1.2\""));
    let istio = written(home, "istio.toml", &text.replace("\"smi\"", "\"istio\""));
    let out = home.join("out.yaml");
    let mut used: [Vec<ResourceUsage>; 6] = Default::default();
    for _ in 0..ROUNDS {
        let commands = [
            mlmesh(&["--version".as_ref()]),
            render(&one),
            render(&smi),
            mlmesh(&["check".as_ref(), &smi]),
            render(&gateway),
            render(&istio),
        ];
        for (command, used) in commands.into_iter().zip(&mut used) {
            used.push(run(command, &out));
        }
    }
    let [version, one, smi, check, gateway, istio] = used.map(|used| median(&used, cpu).as_secs_f64());
    println!("one model: {:.2} times `mlmesh --version`", one / version);
    println!("`check` of 1,000 models: {:.2} times `render`", check / smi);
    println!("1,000 models on the Gateway API: {:.2} times SMI; on Istio: {:.2} times", gateway / smi, istio / smi);
}

/// The same declaration through a text template.
fn render_template(manifest: &Path, mut out: impl Write) {
    let declaration: toml::Table = toml::from_str(&fs::read_to_string(manifest).unwrap()).unwrap();
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap());
    environment.add_template("mesh", include_str!("support/mesh.yaml.j2")).unwrap();
    let source = manifest.file_name().unwrap().to_str().unwrap();
    let context = context! { source, ..Value::from(Serde(declaration)) };
    environment.get_template("mesh").unwrap().render_captured_to(context, &mut out).unwrap();
    out.flush().unwrap();
}

fn written(home: &Path, name: &str, text: &str) -> PathBuf {
    let path = home.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn render(manifest: &Path) -> Command {
    mlmesh(&["render".as_ref(), "--stdout".as_ref(), manifest])
}

fn mlmesh(arguments: &[&Path]) -> Command {
    command(Path::new(env!("CARGO_BIN_EXE_mlmesh")), arguments)
}

fn template(manifest: &Path) -> Command {
    command(&std::env::current_exe().unwrap(), &["--template".as_ref(), manifest])
}

fn command(program: &Path, arguments: &[&Path]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn run(mut command: Command, out: &Path) -> ResourceUsage {
    command.stdout(File::create(out).unwrap());
    let used = command.spawn().unwrap().wait4().unwrap();
    assert!(used.status.success());
    used.rusage
}

fn cpu(used: &ResourceUsage) -> Duration {
    used.utime + used.stime
}

fn median(used: &[ResourceUsage], of: fn(&ResourceUsage) -> Duration) -> Duration {
    let mut times: Vec<Duration> = used.iter().map(of).collect();
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The most memory that a process held. A child counts what its parent held when it was born, which is little here.
fn mebibytes(used: &[ResourceUsage]) -> f64 {
    let most = used.iter().map(|used| used.maxrss).max().unwrap_or(0);
    f64::from(u32::try_from(most / 1024).unwrap()) / 1024.0
}
