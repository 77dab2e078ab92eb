//! The command line: the one place that reads files and arguments, prints, and turns a report into an
//! exit code. 0 is success, 1 an error in the manifest or a difference, 2 a call that cannot be served.

mod access;
mod arguments;
mod check;
mod init;
mod input;
mod manifests;
mod migrate;
mod render;
mod replace;
mod report;
mod rollout;
mod route;
mod table;
mod text;
mod tracked;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::line::Line;
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
    /// Shows every error and warning of the manifests, each at its place
    Check(check::Check),
    /// Writes the YAML of the manifests: only files that change, and removes only what it wrote before
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

/// How a command ended, if not as it should.
enum Stop {
    /// The manifest has errors, or the tree differs: this was printed already.
    Found,
    /// The disk refuses what was asked.
    Refused { message: Line, help: Option<Line> },
    /// The call cannot be served.
    Unusable(Line),
    /// Several manifests have each their own reason.
    Several(Vec<Stop>),
}

impl Stop {
    fn refused(message: impl Into<Line>) -> Self {
        Self::Refused { message: message.into(), help: None }
    }

    fn unusable(message: impl Into<Line>) -> Self {
        Self::Unusable(message.into())
    }

    /// No failure if there is no reason for one.
    fn all(mut stops: Vec<Self>) -> Result<(), Self> {
        match stops.len() {
            0 => Ok(()),
            1 => Err(stops.remove(0)),
            _ => Err(Self::Several(stops)),
        }
    }

    /// Prints the reason, unless it was printed already.
    fn tell(&self) {
        match self {
            Self::Found => {}
            Self::Refused { message, help } => {
                say(format!("error: {message}"));
                help.iter().for_each(|help| say(format!("  help: {help}")));
            }
            Self::Unusable(message) => say(format!("error: {message}")),
            Self::Several(stops) => stops.iter().for_each(Self::tell),
        }
    }

    /// The exit code: the worst of several.
    fn code(&self) -> u8 {
        match self {
            Self::Found | Self::Refused { .. } => 1,
            Self::Unusable(_) => 2,
            Self::Several(stops) => stops.iter().map(Self::code).max().unwrap_or(1),
        }
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
        Err(stop) => {
            stop.tell();
            ExitCode::from(stop.code())
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
