//! The command line: the one place that reads files and arguments, prints, and turns a report into an
//! exit code. 0 is success, 1 an error in the manifest or a difference, 2 a call that cannot be served.

mod access;
mod check;
mod init;
mod input;
mod migrate;
mod render;
mod report;
mod rollout;
mod route;
mod table;
mod text;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::line::Line;
use crate::manifest::overlay::{Overlay, OverlayError};
use crate::output::DiskError;

/// The compiler for machine-learning traffic on a service mesh.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a commented starter `mlops.toml` into this folder
    Init(init::Init),
    /// Shows every error and warning of a manifest, each at its place
    Check(check::Check),
    /// Writes the YAML of a manifest: only files that change, and removes only what it wrote before
    Render(render::Render),
    /// Shows or moves the step at which a rollout stands
    Rollout(rollout::Rollout),
    /// Says who may call whom, and by which rule
    Access(access::Access),
    /// Says where a request goes: its route, timeout, retries and backends
    Route(route::Route),
    /// Says what another traffic API or version would change and lose, and writes the steps of the move
    Migrate(migrate::Migrate),
    /// Says what a diagnostic or a key of the language means
    Explain {
        /// A diagnostic such as `weights-not-100`, or a key such as `models.routes.timeout`
        name: String,
    },
    /// Prints the JSON Schema of the language, for editors
    Schema,
    /// Prints the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// A manifest, and how its diagnostics are printed.
#[derive(Args)]
struct Manifest {
    /// The manifest; `-` is standard input [default: `mlops.toml` here or in the nearest folder above]
    file: Option<std::path::PathBuf>,
    /// The same by name, as the other commands take it
    #[arg(short = 'f', long = "file", value_name = "FILE", conflicts_with = "file")]
    named: Option<std::path::PathBuf>,
    #[command(flatten)]
    reporting: report::Reporting,
}

/// How a command ended, if not as it should.
enum Stop {
    /// The manifest has errors, or the tree differs: this was printed already.
    Found,
    /// The disk refuses what was asked.
    Refused { message: Line, help: Option<Line> },
    /// The call cannot be served.
    Unusable(Line),
}

impl Stop {
    fn refused(message: impl Into<Line>) -> Self {
        Self::Refused { message: message.into(), help: None }
    }

    fn unusable(message: impl Into<Line>) -> Self {
        Self::Unusable(message.into())
    }
}

impl From<DiskError> for Stop {
    fn from(error: DiskError) -> Self {
        Self::Refused {
            message: error.to_string().into(),
            help: Some(error.help().into()).filter(|help: &Line| !help.is_empty()),
        }
    }
}

impl From<OverlayError> for Stop {
    fn from(error: OverlayError) -> Self {
        Self::unusable(error.to_string())
    }
}

/// Carries out the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Init(init) => init.run(),
        Command::Check(check) => check.run(),
        Command::Render(render) => render.run(),
        Command::Rollout(rollout) => rollout.run(),
        Command::Access(access) => access.run(),
        Command::Route(route) => route.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Explain { name } => text::explain(&name),
        Command::Schema => text::schema(),
        Command::Completions { shell } => text::completions(shell, &mut Cli::command()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Found) => ExitCode::from(1),
        Err(Stop::Refused { message, help }) => {
            say(format!("error: {message}"));
            help.iter().for_each(|help| say(format!("  help: {help}")));
            ExitCode::from(1)
        }
        Err(Stop::Unusable(message)) => {
            say(format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

/// Prints a line to standard error.
fn say(line: impl Into<Line>) {
    write_stderr(&format!("{}\n", line.into()));
}

/// Prints a rendered report to standard error. A standard error that is closed is no reason to fail.
fn write_stderr(text: &str) {
    use std::io::Write;
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Another version of something that the cluster has.
fn version(text: &str) -> Result<Overlay, String> {
    Overlay::version(text)
        .ok_or_else(|| "write `linkerd`, `kubernetes` or `gateway-api` and a version, such as `linkerd=2.21`".to_owned())
}
