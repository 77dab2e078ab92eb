//! Tables on a terminal, which has a width, and in a pipe, which has none.

#![cfg(unix)]

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::home::{Home, ends, example, said};

const CALLS: [&str; 2] = ["access", "route --from web --to assistant POST /v1/chat/completions"];

#[test]
fn a_table_is_as_wide_as_the_terminal() {
    let home = Home::with(&example("chat"));
    for call in CALLS {
        for width in [60, 100] {
            let shown = on_a_terminal(&home, call, width, None);
            assert!(widest(&shown) <= usize::from(width), "{call}:\n{shown}");
        }
        assert_eq!(on_a_terminal(&home, call, 1_000, None), ends(0, home.run(call)).out, "nothing is folded that fits");
    }
}

#[test]
fn columns_say_more_than_the_terminal() {
    let home = Home::with(&example("chat"));
    assert!(widest(&on_a_terminal(&home, "access", 200, Some("70"))) <= 70);
    assert!(widest(&on_a_terminal(&home, "access", 70, Some("many"))) <= 70);
}

#[test]
fn a_pipe_has_no_width() {
    let home = Home::with(&example("chat"));
    for call in CALLS {
        let piped = ends(0, said(home.command(call).env("COLUMNS", "40"))).out;
        assert!(widest(&piped) > 60, "{piped}");
    }
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap()
}

/// What a command shows on a terminal of this width.
fn on_a_terminal(home: &Home, call: &str, width: u16, columns: Option<&str>) -> String {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    tcsetwinsize(&terminal, Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let mut command = home.command(call);
    command.env_remove("COLUMNS").envs(columns.map(|columns| ("COLUMNS", columns)));
    let mut child = command.stdin(Stdio::null()).stdout(terminal).stderr(Stdio::null()).spawn().unwrap();
    // The terminal is closed once both the child and the command that holds it for the child are gone.
    drop(command);
    let mut shown = Vec::new();
    let mut controller = File::from(controller);
    let mut piece = [0; 4096];
    // A closed terminal is an error on Linux, and the end of the file elsewhere.
    while let Ok(length @ 1..) = controller.read(&mut piece) {
        shown.extend_from_slice(&piece[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(shown).unwrap().replace("\r\n", "\n")
}
