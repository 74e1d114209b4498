//! Sessions: scripts on standard input, held as transcripts, and one at a real terminal.

pub(crate) mod terminal;

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::transcripts::{assert_golden, index, root};

/// The scripts: a name, the lines, and the exit status.
const SCRIPTS: [(&str, &[&str], i32); 5] = [
    (
        "shell-numbers",
        &[
            "history 1",
            "detachments --kind eip --limit 4",
            "history 4 --kind eip",
            "show 2",
            "explain 2 --format json",
            "at 2024-03-14T02:20:00Z 1",
            "show 9",
            "show 0",
            "search is:failed kind:eni --limit 2",
            "show 2 --raw",
            "detachments --attempts --kind igw --limit 2",
            "explain 3",
            "diff 2024-03-14T02:00:00Z 2024-03-14T02:30:00Z --kind eip",
            "history 1 --format jsonl --limit 1",
            "show 1 --raw",
        ],
        2,
    ),
    (
        "shell-settings",
        &[
            "settings",
            "set format jsonl",
            "set account 444455556666",
            "set tz Europe/Berlin",
            "timeline --kind igw --limit 1",
            "timeline --kind igw --limit 1 --account 123456789012 --format table",
            "unset format",
            "set since 2024-03-20",
            "set queries fixtures/queries/case",
            "set quiet",
            "settings",
            "timeline --kind igw",
            "unset quiet",
            "timeline --kind igw",
            "search @attackers",
            "unset account",
            "unset since",
            "search @refused --limit 1",
            "unset since",
            "set",
        ],
        2,
    ),
    (
        "shell-mistakes",
        &[
            "frobnicate",
            "search 'not closed",
            "search acount:1",
            "set acount 1",
            "set account",
            "set quiet yes",
            "set format xml",
            "set kind nothing",
            "set since yesterdy",
            "set tz Mars/Olympus",
            "set queries README.md",
            "unset index",
            "unset colour",
            "shell",
            "ingest -",
            "transcript",
            "transcript README.md",
            "timeline --limit 0",
            "timeline --config other.toml",
            "timeline --no-config",
            "transcript off",
        ],
        2,
    ),
    (
        "shell-help",
        &[
            "help",
            "help set",
            "help show",
            "help times",
            "show --help # a comment",
            "# nothing",
            "",
        ],
        0,
    ),
    (
        "shell-quit",
        &["trailspan coverage", "quit", "frobnicate"],
        3,
    ),
];

/// Runs a script; returns all that was printed, in order, and the exit status.
fn run(lines: &[&str], arguments: &[&str], folder: &Path) -> (String, i32) {
    let mut printed = tempfile::tempfile().unwrap();
    let end = |file: &File| Stdio::from(file.try_clone().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .arg("shell")
        .args(arguments)
        .current_dir(folder)
        .env("TRAILSPAN_INDEX", index())
        .env("XDG_CONFIG_HOME", index())
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(end(&printed))
        .stderr(end(&printed))
        .spawn()
        .unwrap();
    let script: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // A session that ends at a line does not read what stands behind it.
    match child.stdin.take().unwrap().write_all(script.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
        Ok(()) | Err(_) => {}
    }
    let status = child.wait().unwrap().code().unwrap();
    let mut text = String::new();
    printed.rewind().unwrap();
    printed.read_to_string(&mut text).unwrap();
    (text, status)
}

/// Returns a transcript without what differs from machine to machine.
fn plain(transcript: &str, folder: &Path) -> String {
    let plain = transcript.replace(index().to_str().unwrap(), "DEMO.index");
    plain.replace(folder.to_str().unwrap(), "FOLDER")
}

#[test]
fn sessions_answer_as_reviewed() {
    let folder = TempDir::new().unwrap();
    for (name, lines, expected) in SCRIPTS {
        let file = folder.path().join(name);
        let recorded = format!("transcript {}", file.display());
        let lines = [&[recorded.as_str()], lines].concat();
        let (printed, status) = run(&lines, &[], root());
        let transcript = fs::read_to_string(&file).unwrap();
        assert_eq!(status, expected, "{name}: {printed}");
        assert_golden(name, &plain(&transcript, folder.path()));
        // The transcript has what was printed, and what was typed and came of it.
        let rest: String = transcript
            .split_inclusive('\n')
            .scan(false, |is_behind_a_status, line| {
                let is_ours = line.starts_with("trailspan> ")
                    || line.starts_with("exit status ")
                    || (*is_behind_a_status && line == "\n");
                *is_behind_a_status = line.starts_with("exit status ");
                Some(if is_ours { "" } else { line })
            })
            .collect();
        assert_eq!(rest, printed, "{name}");
    }
}

#[test]
fn a_session_answers_what_the_command_answers() {
    for line in [
        "history 203.0.113.10 --kind eip --format json",
        "search is:failed --format csv",
        "coverage",
        "explain DisassociateAddress",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let outside = Command::new(env!("CARGO_BIN_EXE_trailspan"))
            .args(words)
            .args(["--index", index().to_str().unwrap()])
            .current_dir(root())
            .output()
            .unwrap();
        let (printed, status) = run(&[&format!("{line} --quiet")], &[], root());
        assert_eq!(
            printed,
            String::from_utf8(outside.stdout).unwrap(),
            "{line}"
        );
        assert_eq!(Some(status), outside.status.code(), "{line}");
    }
}

#[test]
fn an_index_that_a_session_writes_is_seen_by_its_next_question() {
    let folder = TempDir::new().unwrap();
    let archive = root().join("fixtures/archives/demo");
    let ingest = format!("ingest {}", archive.display());
    let own = folder.path().join("own.index");
    let arguments = ["--index", own.to_str().unwrap(), "--quiet"];
    let lines = [
        "search *",
        &ingest,
        "search is:failed --limit 1 --format jsonl",
    ];
    let (printed, status) = run(&lines, &arguments, folder.path());
    assert_eq!(status, 2, "the first question had no index: {printed}");
    assert!(printed.starts_with("error: "), "{printed}");
    assert!(
        printed
            .lines()
            .last()
            .unwrap()
            .starts_with("{\"event_id\":"),
        "{printed}"
    );
}

#[test]
fn a_line_that_cannot_be_read_ends_a_script() {
    let long = "x".repeat(1 << 17);
    let (printed, status) = run(&["coverage -q", &long, "coverage"], &[], root());
    assert_eq!(status, 2);
    assert!(printed.contains("error: standard input: a line has more than 65536 bytes"));
    assert_eq!(printed.matches("UNTIL").count().max(1), 1, "{printed}");
}

#[test]
fn a_session_begins_with_the_settings_of_the_file_and_tells_its_filters() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("set.toml");
    let text = "tz = \"Asia/Tokyo\"\naccount = \"444455556666\"\nindex = \"elsewhere\"\n";
    fs::write(&file, text).unwrap();
    let arguments = ["--config", file.to_str().unwrap()];
    let (printed, status) = run(&["settings", "timeline --kind igw"], &arguments, root());
    assert_eq!(status, 3, "{printed}");
    let printed = plain(&printed, folder.path());
    let begins = "note: narrowed by FOLDER/set.toml: --account=444455556666\n\
        index       DEMO.index\ntz          Asia/Tokyo\naccount     444455556666\n";
    assert!(printed.starts_with(begins), "{printed}");
    assert!(printed.contains("note: narrowed by settings: --account=444455556666"));
    assert!(!printed.contains("111122223333"), "{printed}");
}
