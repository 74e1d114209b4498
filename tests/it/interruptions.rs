//! What a kill, an interruption or a full disk costs, seen from outside.
//!
//! The long runs are asked for by name: `cargo test --test it interruptions -- --ignored`.
#![allow(clippy::print_stdout)] // figures and what was skipped, for whoever asks

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use trailspan::catalogue::Catalogue;
use trailspan::error::ErrorKind;
use trailspan::ingest::{self, Options, Progress};

use crate::binary::run_with;

/// An archive of small files, half of whose records are in two files.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new(files: u32) -> Self {
        let case = Self {
            folder: crate::salvage::in_memory(),
        };
        fs::create_dir(case.path("archive")).unwrap();
        for file in 0..files {
            let records: Vec<Value> = (8 * file..8 * file + 16).map(record).collect();
            let log = json!({ "Records": records }).to_string();
            fs::write(case.path("archive").join(format!("{file:03}.json")), log).unwrap();
        }
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command that commits after every file.
    fn command(&self, index: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailspan"));
        command
            .args(["ingest", "archive", "--threads", "2", "--commit-every", "0"])
            .arg("--index")
            .arg(index)
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self, index: &Path) -> Child {
        self.command(index).spawn().unwrap()
    }

    /// Runs to the end; returns the content digest and the lines of the manifest that stay the same.
    fn finish(&self, index: &Path) -> (String, Vec<String>) {
        let output = self.command(index).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        (digest(&output), body(index))
    }
}

fn record(number: u32) -> Value {
    json!({
        "eventVersion": "1.08",
        "eventID": format!("{number:08x}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DetachNetworkInterface",
        "eventTime": format!("2024-03-01T{:02}:{:02}:00Z", number / 60 % 24, number % 60),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "userName": "alice"},
        "requestParameters": {"attachmentId": format!("eni-attach-{number:08x}")},
        "responseElements": {"_return": true},
    })
}

fn digest(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("content digest "));
    line.unwrap().trim().to_owned()
}

fn body(index: &Path) -> Vec<String> {
    let volatile: BTreeSet<&str> = ["run", "output", "end"].into();
    let manifest = fs::read_to_string(index.join("manifest.jsonl")).unwrap();
    let lines = manifest.lines().map(str::to_owned);
    let is_stable = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        !volatile.contains(line["section"].as_str().unwrap())
    };
    lines.filter(is_stable).collect()
}

/// Numbers that look random, from a seed: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }
}

/// Kills runs at random moments until so many were killed before their end; each index is then
/// finished, and must be the one of an undisturbed run.
fn kill(kills_wanted: usize) {
    let case = Case::new(8);
    let calm = case.path("calm");
    let started = Instant::now();
    let expected = case.finish(&calm);
    let span = started.elapsed();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut kills, mut round) = (0, 0);
    while kills < kills_wanted {
        round += 1;
        let index = case.path(&format!("killed-{round}"));
        for _ in 0..1 + dice.below(3) {
            let mut child = case.start(&index);
            thread::sleep(Duration::from_micros(dice.below(span.as_micros() as u64)));
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            kills += usize::from(output.status.code().is_none());
        }
        assert_eq!(case.finish(&index), expected, "after {kills} kills");
        let check = case.check(&index);
        assert_eq!(check.status.code(), Some(0), "{check:?}");
        fs::remove_dir_all(&index).unwrap();
    }
    println!("{kills} kills survived, {round} indexes");
}

impl Case {
    fn check(&self, index: &Path) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailspan"));
        command.args(["check", "archive", "--index"]).arg(index);
        command.current_dir(self.folder.path()).output().unwrap()
    }
}

/// Ingests what is below a folder up to the first file, and leaves the run there.
fn leave(index: &Path, below: &Path) {
    let options = Options {
        threads: 1,
        commit_every: Duration::ZERO,
        ..Options::new(vec![below.to_owned()], index.to_owned())
    };
    let interrupted = AtomicBool::new(false);
    let stop = |progress: Progress| {
        interrupted.fetch_or(progress.files_done > 0, Ordering::Relaxed);
    };
    let run = ingest::ingest(Catalogue::embedded(), &options, &stop, &interrupted);
    assert_eq!(run.unwrap_err().kind, ErrorKind::Interrupted);
}

#[test]
fn an_index_whose_run_did_not_end_says_so_in_every_answer_until_the_run_is_completed() {
    let case = Case::new(4);
    let (archive, index) = (case.path("archive"), case.path("left"));
    let ask = |line: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ran = run_with(
            case.folder.path(),
            &arguments,
            &[("TRAILSPAN_INDEX", "left")],
        );
        let (told, was_told) = (ran.stderr.clone(), ran.stderr.contains("did not finish"));
        (ran.status, was_told, told)
    };
    let all = [
        "history nothing",
        "detachments",
        "search nothing",
        "coverage",
        "show 0-0",
        "check",
    ];
    let told_in = |lines: &[&str]| {
        for line in lines {
            let (status, was_told, told) = ask(line);
            assert_eq!((status, was_told), (3, true), "{line}: {told}");
        }
    };
    leave(&index, &archive);
    told_in(&all);
    let again = format!(
        "trailspan ingest {}",
        archive.canonicalize().unwrap().display()
    );
    assert!(ask("detachments").2.contains(&again));
    // A run over something else completes nothing; nor does it lose anything.
    let other = case.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("a.json"), r#"{"Records":[]}"#).unwrap();
    ask("ingest other");
    told_in(&all[..4]);
    case.finish(&index);
    let (status, was_told, told) = ask("history nothing");
    assert_eq!((status, was_told), (1, false), "{told}");
    // A later run that leaves new evidence unread leaves a hole again.
    for name in ["b.json", "c.json"] {
        fs::write(
            other.join(name),
            json!({"Records": [record(1)]}).to_string(),
        )
        .unwrap();
    }
    leave(&index, &other);
    told_in(&all[..4]);
    ask("ingest .");
    let (_, was_told, told) = ask("history nothing");
    assert!(!was_told, "{told}");
}

#[test]
fn a_kill_at_any_moment_costs_nothing() {
    kill(20);
}

#[test]
#[ignore = "takes minutes: 250 kills"]
fn many_kills_at_any_moment_cost_nothing() {
    kill(250);
}

#[test]
fn an_interruption_ends_with_130_and_the_same_command_goes_on() {
    let case = Case::new(14);
    let expected = case.finish(&case.path("calm"));
    let index = case.path("interrupted");
    let child = case.start(&index);
    // The first commit of a file has taken place.
    while !fs::read_to_string(index.join("meta.json")).is_ok_and(|meta| meta.contains("payload")) {
        thread::sleep(Duration::from_millis(1));
    }
    let signal = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(signal.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    if output.status.code() != Some(0) {
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert_eq!(
            told,
            "error: ingest: interrupted\n\
             hint: what was read is kept; run the same command again to go on\n"
        );
        assert!(output.stdout.is_empty());
        // The index is there, and says that its run did not end.
        let check = case.check(&index);
        assert_eq!(check.status.code(), Some(3), "{check:?}");
        let said = String::from_utf8(check.stdout).unwrap();
        assert!(said.contains("no run has come to its end"), "{said}");
    }
    assert_eq!(case.finish(&index), expected);
}

/// Runs a script with a small file system of its own at `disk`; absent where the system does not let.
fn on_a_small_disk(case: &Case, script: &str) -> Option<Output> {
    fs::create_dir_all(case.path("disk")).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=200k tmpfs disk 2>/dev/null || exit 99\n\
         trailspan() {{ '{}' \"$@\" --index disk/index; }}\n{script}",
        env!("CARGO_BIN_EXE_trailspan")
    );
    let output = Command::new("unshare")
        .args(["--mount", "--map-root-user", "--user", "sh", "-c", &script])
        .current_dir(case.folder.path())
        .output();
    match output {
        Ok(output) if output.status.code() != Some(99) && output.status.code() != Some(1) => {
            Some(output)
        }
        refused => {
            println!("skipped: no file system can be mounted here: {refused:?}");
            None
        }
    }
}

#[test]
fn a_full_disk_is_told_and_costs_nothing() {
    let case = Case::new(16);
    let (expected, _) = case.finish(&case.path("calm"));
    let script = "trailspan ingest archive --commit-every 0 >out 2>err; test $? = 2 || exit 11\n\
                  trailspan coverage >covered 2>&1; test $? = 3 || exit 12\n\
                  mount -o remount,size=64m disk || exit 13\n\
                  trailspan ingest archive --commit-every 0 >again 2>&1; test $? = 0 || exit 14\n\
                  trailspan check archive || exit 15\n\
                  mount -o remount,ro disk || exit 16\n\
                  trailspan history eni-attach-00000007 >history || exit 17\n\
                  trailspan check archive || exit 18\n\
                  trailspan ingest archive 2>readonly; test $? = 2 || exit 19";
    let Some(output) = on_a_small_disk(&case, script) else {
        return;
    };
    let file = |name: &str| fs::read_to_string(case.path(name)).unwrap_or_default();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{output:?} {} {}",
        file("err"),
        file("again")
    );
    let told = file("err");
    assert!(told.contains("disk/index: cannot"), "{told}");
    assert!(told.contains("the disk is full, "), "{told}");
    assert!(told.contains("bytes free"), "{told}");
    assert!(
        told.contains("run the same command again to go on"),
        "{told}"
    );
    assert!(file("again").contains(&expected), "{}", file("again"));
    assert!(
        file("readonly").contains("Read-only file system"),
        "{}",
        file("readonly")
    );
}

/// Ingests in a shell with a limit: the run ends with what is told, and costs nothing.
#[track_caller]
fn a_limit_is_told(limit: &str, told_of_it: &[&str]) {
    let case = Case::new(4);
    let script = format!(
        "{limit}; '{}' ingest archive --index limited",
        env!("CARGO_BIN_EXE_trailspan")
    );
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", &script]).current_dir(case.folder.path());
    let output = output.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    for wanted in told_of_it {
        assert!(told.contains(wanted), "{told}");
    }
    let (expected, _) = case.finish(&case.path("calm"));
    assert_eq!(case.finish(&case.path("limited")).0, expected);
}

#[test]
fn a_limit_on_the_size_of_files_is_told() {
    let told = [
        "a file may not grow any further",
        "run the same command again",
    ];
    a_limit_is_told("trap '' XFSZ; ulimit -f 4", &told);
}

#[test]
fn too_many_open_files_are_told() {
    let told = ["too many files are open", "raise the limit (`ulimit -n`)"];
    a_limit_is_told("ulimit -n 10", &told);
}
