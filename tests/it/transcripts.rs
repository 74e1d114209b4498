//! What the program prints about the demo archive, held as transcripts under `tests/golden/`.
//!
//! Each transcript lists commands, and for each what went to standard output, what went to standard
//! error, and the exit status, as a pipe gets them: full width, no colour. They are reviewed as text;
//! `TRAILSPAN_UPDATE_GOLDEN=1` rewrites them. The fenced `console` blocks of the README are held
//! against the same program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The demo archive, from the root of the repository.
const DEMO: &str = "fixtures/archives/demo";

/// The transcripts: a name, and the command lines in it.
const TRANSCRIPTS: [(&str, &[&str]); 20] = [
    ("detachments", &["detachments"]),
    (
        "attempts",
        &["detachments --attempts --kind eni,eip,igw,classic-link"],
    ),
    (
        "timeline",
        &[
            "timeline --kind igw",
            "timeline --kind classic-link,eip --account 123456789012",
        ],
    ),
    ("address", &["history 203.0.113.10"]),
    (
        "no-resource",
        &[
            "history 198.51.100.23",
            "history 111122223333",
            "history eni-052*",
            "history 43cc0290-00c5-41de-afcf-ae06dd923bdd",
            "history \" \"",
        ],
    ),
    ("interface", &["history eni-06b856575c2e9e529 --kind eni"]),
    (
        "instance",
        &[
            "history i-07caf69769e139813 --kind eni,eip",
            "history eni-attach-032f359306ccae518",
            "history igw-0d1dc58c246ec0b09",
        ],
    ),
    (
        "access-key",
        &["history ASIAH2ZCEPPOFEXAMPLE --kind eni,eip,rtb"],
    ),
    (
        "at",
        &[
            "at 2024-03-14T02:20:00Z --kind eip,eni --account 111122223333",
            "at 2024-03-14T02:20:00Z 203.0.113.10",
            "at 2030-01-01 203.0.113.10",
            "diff 2024-03-14T02:00:00Z 2024-03-14T02:30:00Z --kind eip,eni",
            "diff 2024-03-14T02:00:00Z 2024-03-14T02:30:00Z --kind eip,eni --limit 4",
            "at 2024-03-15T10:05:00Z --kind eni",
            "at 2020-01-01 --kind igw",
            "diff 2024-03-15T10:00:00Z 2024-03-15T10:12:12Z --kind eni",
            "diff 2024-03-15T10:05:00Z 2024-03-15T10:30:00Z --kind eni",
        ],
    ),
    (
        "pictures",
        &[
            "history 203.0.113.10 --bars",
            "history 203.0.113.10 --bars --width 80",
            "history 203.0.113.10 --bars --width 140 --tz Europe/Berlin",
            "timeline --kind eni,igw --since 2024-03-01 --bars --width 150",
            "timeline --bars --format json",
            "timeline --bars --kind trunk",
            "search kind:eip --histogram",
            "search 2024-03-14 --histogram --width 90 --tz Asia/Kathmandu",
            "search is:failed last 7d --histogram --format csv",
            "search is:failed --histogram --explain",
            "search nothing-of-the-sort --histogram",
        ],
    ),
    (
        "nothing",
        &[
            "detachments --kind trunk",
            "detachments --kind tgw --account 111122223333 --region us-east-1",
            "timeline --account 999999999999",
            "search nothing-of-the-sort --region eu-west-1",
        ],
    ),
    (
        "widths",
        &[
            "detachments --kind igw --width 0",
            "detachments --kind igw --width 200",
            "detachments --kind igw --width 160",
            "detachments --kind igw --width 120",
            "detachments --kind igw --width 80",
            "detachments --kind igw --width 60",
            "detachments --kind igw --width 80 --attempts",
            "search actor:root --width 80",
            "timeline --kind igw --width 60",
        ],
    ),
    (
        "search",
        &[
            "search 198.51.100.23",
            "search is:failed 2024-03-14",
            "search eni-06b85* --limit 2 --explain",
            "search \"mapped public address\"",
            "search event:AssociateAddress --account 111122223333",
            "search actor:j.lindqvist event:DetachNetworkInterface",
            "search event:DetachNetworkInterfase",
            "search acount:111122223333",
            "search nothing-of-the-sort",
            "search arn:aws:ec2:us-east-1:111122223333:network-interface/eni-052a643b41f939708",
            "search arn:aws:ec2:us-east-1:444455556666:network-interface/eni-052a643b41f939708",
            "search attachmentId:eni-attach-032f359306ccae518",
            "search not actor:payments-build event:AssociateAddress",
        ],
    ),
    (
        "query-box",
        &[
            "search eni-*9708 --limit 3",
            "search *9708 --limit 1",
            "search event:*Gateway error:*Unauthorized*",
            "search is:console is:failed --limit 3",
            "search kind:igw is:failed",
            "search '(kind:igw OR kind:eip) NOT ip:198.51.100.0/24 is:failed' --explain",
            "search 'actor:lindqvist 2024-03-14 -event:Describe*' --explain --account 111122223333",
            "search 'kind:eni is:failed' --explain --format jsonl",
            "search 'kind:eni is:failed' --explain --format csv",
            "search 'kind:igw actor:lindqvist is:failed ip:10.0.0.0/8'",
            "search 'kind:igw is:failed' --region eu-north-1",
            "search kind:igw --since 2031-01-01",
            "search is:dry-run",
            "search is:uncertain",
            "search agent:boto3",
            "search @attackers --queries fixtures/queries/case --explain",
            "search '@refused kind:eip' --queries fixtures/queries/case --limit 3",
            "search @atackers --queries fixtures/queries/case",
            "search @round --queries fixtures/queries/case",
            "search @wrong --queries fixtures/queries/case",
            "search x --queries fixtures/queries/none",
            "search x --queries README.md",
            "search @nothing-is-named-so",
        ],
    ),
    (
        "times",
        &[
            "detachments --kind eni --since \"last 14d\"",
            "detachments --kind eip --since 2024-W11 --until 2024-W12",
            "at \"10 days ago\" 203.0.113.10",
            "search is:failed last 7d --explain",
            "search time:2024-W13 event:DetachInternetGateway",
            "search since:5m",
            "at 03/04/2024",
        ],
    ),
    (
        "show",
        &[
            "show 43cc0290-00c5-41de-afcf-ae06dd923bdd",
            "show 43cc0290-00c5-41de-afcf-ae06dd923bdd --format json",
            "show 43cc0290-00c5-41de-afcf-000000000000",
            "show 43cc0290-00c5-41de-afcf-ae06dd923bdd --format csv",
            "explain --format csv",
        ],
    ),
    (
        "formats",
        &[
            "detachments --kind igw --format jsonl",
            "detachments --kind igw --format json",
            "detachments --kind igw --format csv",
            "detachments --attempts --kind igw --format csv",
            "timeline --kind vgw --format csv",
            "history eipassoc-042d83466282fa428 --format jsonl",
            "at 2024-03-14T02:20:00Z 203.0.113.10 --format jsonl",
            "diff 2024-03-14T02:00:00Z 2024-03-14T02:30:00Z --kind eip --format jsonl",
            "search is:failed actor:root --format jsonl",
            "search is:failed actor:root --format csv",
            "coverage --format json",
            "coverage --format csv",
        ],
    ),
    (
        "coverage",
        &[
            "coverage",
            "coverage --account 444455556666 --region eu-west-1,us-east-1",
            "coverage --region eu-central-1",
        ],
    ),
    (
        "export",
        &[
            "export timesketch --kind igw --limit 2",
            "export ecs --event DetachInternetGateway --limit 1",
            "export ocsf --event DetachInternetGateway --limit 1",
            "export lookup-events --event DetachInternetGateway --limit 1",
            "export raw --event DetachInternetGateway --limit 1",
            "export records --event DetachInternetGateway",
            "export csv --kind igw",
            "export csv --table attempts --kind igw",
            "export csv --table findings",
            "export sqlite",
            "export csv --format json",
            "export ecs --table events",
        ],
    ),
    (
        "findings",
        &[
            "findings",
            "findings --severity medium --account 111122223333 --since 2024-03-14 --until 2024-03-15",
            "findings --finding interface-hop --limit 1 --format jsonl",
            "findings --kind eip --severity high --format csv",
            "findings --finding door-open",
            "findings --account 999988887777",
            "report --format csv",
            "timeline --format html",
        ],
    ),
];

/// Calls whose guidance is held as text, and two events of the demo.
const EXPLAINED: [&str; 8] = [
    "interface-hop",
    "DetachNetworkInterface",
    "CreateNetworkInterface",
    "DetachInternetGateway",
    "DetachClassicLinkVpc",
    "DisassociateAddress",
    "d2ccdc33-209c-4136-9b01-719e14f6483f",
    "43cc0290-00c5-41de-afcf-ae06dd923bdd",
];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in the root of the repository, away from the settings of whoever tests.
pub(crate) fn run(index: &Path, arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .args(arguments)
        .current_dir(root())
        .env("TRAILSPAN_INDEX", index)
        .env("XDG_CONFIG_HOME", index)
        .env_remove("NO_COLOR")
        .env_remove("PAGER")
        .env_remove("TRAILSPAN_PAGER")
        .env_remove("TRAILSPAN_CONFIG")
        .output()
        .unwrap()
}

/// The index of the demo, made once.
pub(crate) fn index() -> &'static Path {
    static INDEX: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = INDEX.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.index");
        let output = run(&path, &words(&format!("ingest {DEMO}")));
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        (folder, path)
    });
    path
}

/// Splits a command line as a shell would: at spaces, but not within quotes, which stay out.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (end, Some(begin)) if end == begin => quote = None,
            (' ', None) => words.push(std::mem::take(&mut word)),
            _ => word.push(character),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Writes a command and what came of it.
pub(crate) fn transcript(line: &str, output: &Output) -> String {
    let mut text = format!("$ trailspan {line}\n");
    text.push_str(std::str::from_utf8(&output.stdout).unwrap());
    for note in std::str::from_utf8(&output.stderr).unwrap().lines() {
        writeln!(text, "2> {note}").unwrap();
    }
    writeln!(text, "exit status {}\n", output.status.code().unwrap()).unwrap();
    text
}

/// Compares with `tests/golden/<name>.txt`, or writes it where `TRAILSPAN_UPDATE_GOLDEN=1`.
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = root().join(format!("tests/golden/{name}.txt"));
    if crate::goldens::is_update() {
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        text == expected,
        "{}: TRAILSPAN_UPDATE_GOLDEN=1 rewrites it; first difference: {differing:#?}",
        path.display()
    );
}

/// Puts a fixed figure where the run's duration stands, and where the manifest's sum does: it holds
/// times.
fn without_duration(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once(" inflated, in ") {
            Some((before, _)) if line.starts_with("read ") => {
                format!("{before} inflated, in 0.0 s")
            }
            _ => match line.split_once("manifest sha256 ") {
                Some(("", sum)) if sum.len() == 65 || sum.len() == 64 => {
                    format!("manifest sha256 {}", "0".repeat(64))
                }
                _ => line.to_owned(),
            },
        });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn the_demo_is_answered_as_reviewed() {
    for (name, lines) in TRANSCRIPTS {
        let text: String = lines
            .iter()
            .map(|line| transcript(line, &run(index(), &words(line))))
            .collect();
        assert_golden(name, &text);
    }
}

#[test]
fn every_answer_over_the_damaged_demo_says_that_it_has_holes() {
    for (_, lines) in TRANSCRIPTS {
        for line in lines {
            let output = run(index(), &words(line));
            let is_refused = output.status.code() == Some(2) && output.stdout.is_empty();
            assert!(
                is_refused || output.status.code() == Some(3),
                "{line}: {output:?}"
            );
        }
    }
}

#[test]
fn guidance_reads_as_reviewed() {
    let text: String = EXPLAINED
        .iter()
        .map(|event| {
            let line = format!("explain {event}");
            let output = run(index(), &words(&line));
            // What an event did is told from the archive, and part of the demo is damaged.
            let is_event = event.contains(|c: char| c.is_ascii_digit());
            assert_eq!(output.status.code(), Some(if is_event { 3 } else { 0 }));
            transcript(&line, &output)
        })
        .collect();
    assert_golden("explain", &text);
}

#[test]
fn ingesting_tells_what_became_of_every_file_and_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.index");
    let line = format!("ingest {DEMO}");
    let (first, again) = (run(&path, &words(&line)), run(&path, &words(&line)));
    let text = transcript(&line, &first) + &transcript(&line, &again);
    assert_golden("ingest", &without_duration(&text));

    let json = run(
        &path,
        &words(&format!("ingest {DEMO} --format json --threads 1")),
    );
    assert_eq!(json.status.code(), Some(3));
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let sum = |total: &str, counts: &serde_json::Value| {
        let counts = counts.as_object().unwrap();
        let number = |name: &String| counts[name].as_u64().unwrap();
        let parts: u64 = counts
            .keys()
            .filter(|name| *name != total)
            .map(number)
            .sum();
        assert_eq!(number(&total.to_owned()), parts, "{counts:?}");
    };
    sum("found", &report["files"]);
    sum("seen", &report["records"]);
}

#[test]
fn ingesting_leaves_the_archive_as_it_was() {
    let state = || -> Vec<_> {
        let entries = walkdir::WalkDir::new(root().join(DEMO)).sort_by_file_name();
        let state = |path: &Path| {
            let modified = fs::metadata(path).unwrap().modified().unwrap();
            (path.to_owned(), modified, fs::read(path).ok())
        };
        let entries = entries
            .into_iter()
            .map(|entry| state(entry.unwrap().path()));
        entries.collect()
    };
    let before = state();
    let folder = tempfile::tempdir().unwrap();
    let line = format!("ingest {DEMO}");
    run(&folder.path().join("demo.index"), &words(&line));
    assert!(before.len() > 70);
    assert!(state() == before, "ingest has written into the archive");
}

#[test]
fn a_record_is_given_back_byte_for_byte() {
    let id = "43cc0290-00c5-41de-afcf-ae06dd923bdd";
    let output = run(index(), &words(&format!("show {id} --raw")));
    // Part of the demo archive is damaged, which every answer over it says.
    assert_eq!(output.status.code(), Some(3));
    let record = String::from_utf8(output.stdout).unwrap();
    assert!(record.starts_with('{') && record.ends_with('}'));
    assert!(record.contains(id));
}

/// A command of the README and the lines that stand below it.
type Quoted<'r> = (&'r str, Vec<&'r str>);

/// The commands in fenced `console` blocks.
fn quoted(readme: &str) -> Vec<Quoted<'_>> {
    let mut commands: Vec<Quoted<'_>> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        match (line, is_console) {
            ("```console", _) => is_console = true,
            ("```", _) => is_console = false,
            (line, true) => match line.strip_prefix("$ trailspan ") {
                Some(command) => commands.push((command, Vec::new())),
                None => commands.last_mut().unwrap().1.push(line),
            },
            _ => {}
        }
    }
    commands
}

/// Says whether a line is as quoted, where `…` may stand for anything.
fn is_quoted(line: &str, quoted: &str) -> bool {
    let mut parts = quoted.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in parts {
        match rest.find(part.trim_start_matches(' ').trim_end()) {
            Some(at) => rest = &rest[at + part.trim().len()..],
            None => return false,
        }
    }
    rest.is_empty() || quoted.ends_with('…')
}

#[test]
fn the_readme_quotes_what_the_program_prints() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands = quoted(&readme);
    assert!(commands.len() >= 6, "{}", commands.len());
    for (command, quoted) in commands {
        let output = run(index(), &words(command));
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        let mut lines = printed.lines();
        let mut may_skip = false;
        for quote in quoted {
            if quote == "…" {
                may_skip = true;
                continue;
            }
            let found = match may_skip {
                true => lines.any(|line| is_quoted(line, quote)),
                false => lines.next().is_some_and(|line| is_quoted(line, quote)),
            };
            assert!(found, "`trailspan {command}` does not print: {quote}");
            may_skip = false;
        }
        let rest = lines.next();
        assert!(
            may_skip || rest.is_none(),
            "{command} prints also: {rest:?}"
        );
    }
}
