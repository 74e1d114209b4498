//! An archive whose every string and file name is hostile, through every command and format, piped and
//! on a terminal.
//!
//! What the program itself sends to a terminal to paint and to move is known; whatever else could move,
//! paint or deceive came from the archive.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::pty::{Winsize, openpty};
use serde_json::{Value, json};
use tempfile::TempDir;
use trailspan::text::is_deceptive;

use crate::binary::run;

/// What moves a terminal, asks it, names it, turns text around, hides it, ends its line, or runs in a
/// spreadsheet or page. No sequence is one that the program itself uses.
const HOSTILE: &str = "=cmd|\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[6n\u{9b}5m\u{202e}\u{200b}\u{2028}\r\n\t\u{0}\u{e0041}<script>alert(1)</script>";

/// The same for the name of a file.
const HOSTILE_NAME: &[u8] =
    b"=cmd\x1b[2J\x1b]0;owned\x07\x1b[6n\xc2\x9b5m\xe2\x80\xae\xe2\x80\x8b\n\xff<script>.json";

/// What each command is run with besides `--format`; `ID` and `EVENT` stand for hostile ones.
const CALLS: &[&[&str]] = &[
    &["detachments"],
    &["timeline"],
    &["timeline", "--bars"],
    &["search", "*", "--histogram"],
    &["history", "ID"],
    &["history", "eni-0a1b2c3d4e5f60718"],
    &["at", "2024-03-01T10:00:00Z"],
    &["diff", "2020-01-01", "2030-01-01"],
    &["search", "*"],
    &["search", "colour:\u{1b}[2J"],
    &["show", "EVENT"],
    &["explain", "EVENT"],
    &["explain", "\u{1b}[2J"],
    &["findings"],
    &["coverage"],
    &["report"],
    &["verify", "archive"],
    &["check", "archive"],
    &["shell", "--no-pager"],
    &["completions", "bash", "--line=trailspan history e"],
    &["completions", "zsh", "--line=trailspan search actor:a"],
    &[
        "settings",
        "--actor",
        "\u{1b}[2J",
        "--config",
        "hostile.toml",
    ],
    &["man"],
    &["man", "search"],
    &["export", "timesketch"],
    &["export", "ecs"],
    &["export", "ocsf"],
    &["export", "lookup-events"],
    &["export", "csv", "--table", "events"],
    &["export", "csv", "--table", "files"],
    &["ingest", "archive"],
];

/// What is typed into a session.
const TYPED: [&str; 5] = [
    "search *",
    "history 1",
    "explain 1",
    "show 1",
    "search 'arn:aws:\u{9}",
];

/// What the line editor of a session sends: first, each time it waits for a line, then, when it has one,
/// and around what it draws.
const WAITS: [&str; 4] = [
    "\u{1b}[?2004h",
    "\u{1b}[?2004l",
    "\u{1b}[?2026h",
    "\u{1b}[?2026l",
];

/// Adds hostile text to every string and key, but for what makes it a record in scope at a time.
fn poisoned(value: &mut Value, key: &str) {
    match value {
        Value::String(text) => {
            if !["eventSource", "eventName", "eventTime", "eventVersion"].contains(&key) {
                text.push_str(HOSTILE);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poisoned(item, key)),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                poisoned(field, key);
            }
            fields.insert(HOSTILE.to_owned(), json!(HOSTILE));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Writes an archive, with damage that quotes it; returns a hostile id of an event, and of an interface.
fn archive(folder: &Path) -> (String, String) {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/records");
    let mut paths: Vec<_> = fs::read_dir(records)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let whole = paths.iter().map(|path| fs::read(path).unwrap());
    let whole: Vec<Value> = whole
        .map(|bytes| serde_json::from_slice(&bytes).unwrap())
        .collect();
    let mut hostile = whole.clone();
    for record in &mut hostile {
        poisoned(record, "");
    }
    let archive = folder.join("archive");
    let below = archive.join(OsStr::from_bytes(HOSTILE_NAME));
    fs::create_dir_all(&below).unwrap();
    let log = |records: &[Value]| json!({ "Records": records }).to_string();
    let text = log(&hostile);
    let write = |name: &str, content: &[u8]| {
        let mut whole = name.as_bytes().to_vec();
        whole.extend_from_slice(HOSTILE_NAME);
        fs::write(below.join(OsStr::from_bytes(&whole)), content).unwrap();
    };
    write("hostile", text.as_bytes());
    write("whole", log(&whole).as_bytes());
    write("cut", &text.as_bytes()[..text.len() / 2]);
    write("not-json", HOSTILE.as_bytes());
    let malformed =
        format!("{{\"Records\":[{{\"eventSource\":\"ec2.amazonaws.com\",\"{HOSTILE}\"}}]}}");
    write("malformed", malformed.as_bytes());
    let settings = json!({ "actor": HOSTILE }).to_string();
    let settings = settings.replacen("{\"actor\":", "actor = ", 1);
    let settings = settings.strip_suffix('}').unwrap();
    fs::write(folder.join("hostile.toml"), settings).unwrap();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let of_interface = hostile
        .iter()
        .find_map(|record| record["requestParameters"]["networkInterfaceId"].as_str());
    (id(&hostile[0]["eventID"]), of_interface.unwrap().to_owned())
}

/// Returns the calls as they are typed, for a program that takes no zero byte.
fn calls(event: &str, interface: &str) -> Vec<Vec<String>> {
    let typed = |word: &&str| match *word {
        "EVENT" => event.replace('\0', ""),
        "ID" => interface.replace('\0', ""),
        word => word.to_owned(),
    };
    CALLS
        .iter()
        .map(|call| call.iter().map(typed).collect())
        .collect()
}

/// Lists the commands that the program has.
fn commands(folder: &Path) -> BTreeSet<String> {
    let help = run(folder, &["--help"]).ends_with(0).stdout;
    let listed = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let names = listed.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    let first = names.map(|line| line.split(' ').next().unwrap().to_owned());
    first.filter(|name| name != "help").collect()
}

#[test]
fn no_command_is_forgotten_here() {
    let folder = TempDir::new().unwrap();
    let tried: BTreeSet<String> = CALLS.iter().map(|call| call[0].to_owned()).collect();
    assert_eq!(tried, commands(folder.path()));
}

#[test]
fn a_hostile_archive_reaches_no_pipe_unescaped() {
    let folder = TempDir::new().unwrap();
    let (event, interface) = archive(folder.path());
    run(folder.path(), &["ingest", "archive"])
        .clean()
        .ends_with(3);
    for call in calls(&event, &interface) {
        for format in ["table", "json", "jsonl", "csv", "html", "markdown"] {
            let mut arguments: Vec<&str> = call.iter().map(String::as_str).collect();
            arguments.extend(["--format", format]);
            let ran = run(folder.path(), &arguments).clean();
            assert!(ran.status <= 4, "{arguments:?}: {ran:?}");
            // A line that is not even understood tries nothing.
            let is_understood = !ran.stderr.contains("unexpected argument")
                && !ran.stderr.contains("unrecognized subcommand");
            assert!(is_understood, "{arguments:?}: {ran:?}");
        }
    }
}

/// Runs the program on a terminal of so many columns; returns what it sent there.
fn on_terminal(folder: &Path, columns: u16, arguments: &[&str]) -> String {
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pair = openpty(Some(&size), None).unwrap();
    let end = || Stdio::from(pair.slave.try_clone().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .args(arguments)
        .current_dir(folder)
        .env("TERM", "xterm-256color")
        .env("XDG_CONFIG_HOME", folder)
        .env("TRAILSPAN_PAGER", if columns == 80 { "cat" } else { "" })
        .env_remove("NO_COLOR")
        .env_remove("TRAILSPAN_CONFIG")
        .env_remove("TRAILSPAN_INDEX")
        .stdin(end())
        .stdout(end())
        .stderr(end())
        .spawn()
        .unwrap();
    drop(pair.slave);
    let mut sent = Vec::new();
    let mut master = File::from(pair.master);
    let mut buffer = [0; 4096];
    // The last end that closes is an error here and not an end.
    let mut keys = TYPED.iter().map(|line| format!("{line}\r"));
    let mut asked = 0;
    while let Ok(count @ 1..) = master.read(&mut buffer) {
        // What ends in this part was not counted before.
        let from = sent.len().saturating_sub(WAITS[0].len() - 1);
        sent.extend_from_slice(&buffer[..count]);
        let ends = sent[from..].windows(WAITS[0].len());
        for _ in ends.filter(|end| *end == WAITS[0].as_bytes()) {
            asked += 1;
            // Ctrl-D ends the session.
            let line = keys.next().unwrap_or_else(|| "\u{4}".to_owned());
            master.write_all(line.as_bytes()).unwrap();
        }
    }
    assert_eq!(asked > 0, arguments[0] == "shell", "{arguments:?}");
    let status = child.wait().unwrap();
    assert!(
        status.code().is_some_and(|code| code <= 4),
        "{arguments:?}: {status}"
    );
    String::from_utf8(sent).unwrap()
}

/// Takes away what the program sends itself: paint, the cleared line and the moves of its progress bar,
/// the line ends of a terminal.
fn without_own(sent: &str) -> String {
    let sent = WAITS
        .iter()
        .fold(sent.to_owned(), |sent, own| sent.replace(own, ""));
    let mut rest = String::new();
    let mut parts = sent.split("\u{1b}[");
    rest.push_str(parts.next().unwrap());
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(part.len());
        let (numbers, after) = part.split_at(end);
        let is_own = match after.chars().next() {
            Some('m') => numbers
                .split(';')
                .all(|number| number != "5" && number != "8"),
            Some('K') => numbers == "2" || numbers.is_empty(),
            Some('A' | 'B' | 'C' | 'D') => true,
            _ => false,
        };
        match is_own {
            true => rest.push_str(&after[1..]),
            false => rest.push_str(&format!("\u{1b}[{part}")),
        }
    }
    rest.replace("\r\n", "\n").replace('\r', "\n")
}

#[test]
fn a_hostile_archive_reaches_no_terminal_unescaped() {
    let folder = TempDir::new().unwrap();
    let (event, interface) = archive(folder.path());
    let mut all = calls(&event, &interface);
    // The first run draws a progress bar.
    all.rotate_right(1);
    all.push(vec!["show".into(), event.replace('\0', ""), "--raw".into()]);
    for format in ["raw", "records"] {
        all.push(vec!["export".into(), format.into()]);
    }
    all.push(vec!["--verbose".into(), "ingest".into(), "archive".into()]);
    let mut painted = 0;
    for call in all {
        let arguments: Vec<&str> = call.iter().map(String::as_str).collect();
        for columns in [40, 80, 200] {
            let sent = on_terminal(folder.path(), columns, &arguments);
            painted += usize::from(sent.contains("\u{1b}["));
            let rest = without_own(&sent);
            let raw = rest.chars().find(|c| *c != '\n' && is_deceptive(*c));
            assert!(raw.is_none(), "{raw:?} of {arguments:?} in {rest}");
        }
    }
    assert!(painted > 3, "no terminal was seen");
}
