//! The pager, at a real terminal.

// What was skipped is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::run_with;
use crate::shell::terminal::Session;
use crate::transcripts::{index, root};

const LONG: [&str; 3] = ["timeline", "--limit", "60"];

const SHORT: [&str; 3] = ["timeline", "--limit", "2"];

/// What the notes begin with, and end up as.
const NOTE: &str = "note: the evidence has holes";

/// Writes a pager that says that it runs, and keeps what it was given.
fn pager(folder: &Path, reads: &str) -> String {
    let script = folder.join("pager.sh");
    let given = folder.join("given").display().to_string();
    fs::write(&script, format!("{reads} > {given}\necho PAGED\n")).unwrap();
    format!("sh {}", script.display())
}

fn at_a_terminal(arguments: &[&str], variables: &[(&str, &str)]) -> (String, Option<i32>) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailspan"));
    program.args(arguments).env_remove("PAGER");
    program.env_remove("TRAILSPAN_PAGER").env("NO_COLOR", "1");
    program.envs(variables.iter().copied());
    Session::of(program, 150, 24).ended()
}

#[test]
fn a_long_answer_goes_to_the_pager_and_its_notes_come_behind() {
    let folder = TempDir::new().unwrap();
    let pager = pager(folder.path(), "cat");
    for variable in ["TRAILSPAN_PAGER", "PAGER"] {
        let (sent, status) = at_a_terminal(&LONG, &[(variable, &pager)]);
        assert_eq!(status, Some(3), "{sent}");
        assert!(sent.starts_with("PAGED\nnote: "), "{sent}");
        assert!(sent.contains(NOTE), "{sent}");
        let given = fs::read_to_string(folder.path().join("given")).unwrap();
        let index = [("TRAILSPAN_INDEX", index().to_str().unwrap())];
        let piped = run_with(root(), &[&LONG[..], &["--width", "150"]].concat(), &index);
        assert_eq!(given, piped.stdout);
    }
    let both = [("TRAILSPAN_PAGER", pager.as_str()), ("PAGER", "false")];
    assert!(at_a_terminal(&LONG, &both).0.starts_with("PAGED\n"));
    let json = [&LONG[..], &["--format", "json"]].concat();
    assert!(at_a_terminal(&json, &both).0.starts_with("PAGED\n"));
}

#[test]
fn no_pager_runs_where_the_answer_fits_or_it_is_turned_off_or_the_answer_is_piped() {
    let folder = TempDir::new().unwrap();
    let pager = pager(folder.path(), "cat");
    let named = ("TRAILSPAN_PAGER", pager.as_str());
    let long_without = [&LONG[..], &["--no-pager"]].concat();
    for (arguments, variables) in [
        (&SHORT[..], &[named][..]),
        (&long_without, &[named]),
        (&LONG, &[named, ("TERM", "dumb")]),
        (&LONG, &[("TRAILSPAN_PAGER", ""), ("PAGER", &pager)]),
        (&LONG, &[("PAGER", "")]),
        (&["history"], &[named]),
    ] {
        let (sent, _) = at_a_terminal(arguments, variables);
        assert!(
            !sent.contains("PAGED"),
            "{arguments:?} {variables:?}: {sent}"
        );
        let table = sent.find("START").unwrap_or_default();
        let note = sent.rfind(NOTE).unwrap_or(usize::MAX);
        assert!(table < note, "{sent}");
        assert!(!folder.path().join("given").exists());
    }
    let index = index().to_str().unwrap();
    for format in ["table", "json", "csv"] {
        let arguments = [&LONG[..], &["--format", format]].concat();
        let ran = run_with(root(), &arguments, &[named, ("TRAILSPAN_INDEX", index)]);
        assert!(!ran.stdout.contains("PAGED"), "{ran:?}");
    }
    assert!(!folder.path().join("given").exists());
}

#[test]
fn the_exit_status_is_that_of_the_answer_however_the_pager_ends() {
    let folder = TempDir::new().unwrap();
    let pager = pager(folder.path(), "head -n 1");
    let long = ["timeline", "--format", "jsonl"];
    let (sent, status) = at_a_terminal(&long, &[("TRAILSPAN_PAGER", &pager)]);
    assert_eq!(status, Some(3), "{sent}");
    assert!(sent.contains(NOTE), "{sent}");
    let (sent, status) = at_a_terminal(&LONG, &[("TRAILSPAN_PAGER", "false")]);
    assert_eq!(status, Some(3), "{sent}");
    let (sent, status) = at_a_terminal(&LONG, &[("TRAILSPAN_PAGER", "/no/such/pager -x")]);
    assert_eq!(status, Some(3), "{sent}");
    assert!(sent.contains("START"), "{sent}");
    assert!(
        sent.contains("note: the pager /no/such/pager -x cannot be run"),
        "{sent}"
    );
}

#[test]
fn less_shows_a_long_answer_and_q_ends_it() {
    if Command::new("less").arg("--version").output().is_err() {
        println!("skipped: less is not here");
        return;
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailspan"));
    program.args(LONG).env("NO_COLOR", "1");
    for name in ["PAGER", "TRAILSPAN_PAGER", "LESS"] {
        program.env_remove(name);
    }
    let mut session = Session::of(program, 150, 24);
    session.sees("START");
    session.sees(":");
    session.types("q");
    let (sent, status) = session.ended();
    assert_eq!(status, Some(3), "{sent}");
    assert!(sent.contains(NOTE), "{sent}");
}
