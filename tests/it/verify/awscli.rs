//! Agreement with awscli's own validator, wherever both answer.
//!
//! awscli is no part of this project: where Python or it is absent, the test says so and is skipped.
//! `TRAILSPAN_AWSCLI` names a folder to which it was installed (`pip install --target DIR awscli`).

// What was skipped, and what was counted, is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trailspan::verification::{DigestStatus, LogStatus, Note, PeriodStatus, Verification, Weight};

use super::world::{ACCOUNT, BUCKET, Case, REGION, Trail, World, gunzip, gzip, key};

/// What awscli says of each file of a bucket.
type Answer = BTreeMap<String, String>;

/// Asks awscli for its version and what it says of each bucket; absent where it cannot be asked.
fn ask(worlds: &[World]) -> Option<(String, Vec<Answer>)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/verify/ask_awscli.py");
    let mut command = Command::new("python3");
    if let Some(folder) = std::env::var_os("TRAILSPAN_AWSCLI") {
        command.env("PYTHONPATH", folder);
    }
    let is_there = command.args(["-c", "import awscli.customizations.cloudtrail.validation"]);
    let is_there = is_there.stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("python3");
    if let Some(folder) = std::env::var_os("TRAILSPAN_AWSCLI") {
        command.env("PYTHONPATH", folder);
    }
    let child = command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let lines: String = worlds
        .iter()
        .map(|world| asked(world).to_string() + "\n")
        .collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let (version, told) = told.split_once('\n').unwrap();
    let answers = told.lines().map(|line| serde_json::from_str(line).unwrap());
    Some((version.trim().to_owned(), answers.collect()))
}

fn asked(world: &World) -> Value {
    let objects = world.objects.iter();
    let objects: BTreeMap<&String, String> = objects
        .map(|(key, bytes)| (key, STANDARD.encode(bytes)))
        .collect();
    let metadata: BTreeMap<&String, Value> = world
        .signatures
        .keys()
        .map(|key| (key, world.head(key)["Metadata"].take()))
        .collect();
    json!({
        "objects": objects,
        "metadata": metadata,
        "keys": key(0).listed(),
        "trail": format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"),
        "bucket": BUCKET,
    })
}

/// Five hours of one trail, and two backfill digests.
fn world() -> (World, Vec<String>) {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    for hour in 0..5 {
        trail.hour(&mut world, hour, &[10, 20][..usize::from(hour != 2) * 2]);
    }
    let mut late = Trail::new("main");
    late.backfill = true;
    late.hour(&mut world, 1, &[50]);
    late.hour(&mut world, 3, &[50]);
    let keys = world.objects.keys().cloned().collect();
    (world, keys)
}

/// What is done to one object, in words.
fn touched(world: &World, object: &str) -> Vec<(&'static str, World)> {
    let with = |touch: &dyn Fn(&mut Vec<u8>)| {
        let mut touched = world.clone();
        touch(touched.objects.get_mut(object).unwrap());
        touched
    };
    let with_text = |from: &str, to: &str| {
        with(&|bytes| {
            let text = String::from_utf8(gunzip(bytes)).unwrap();
            *bytes = gzip(text.replacen(from, to, 1).as_bytes());
        })
    };
    let mut removed = world.clone();
    removed.objects.remove(object);
    let mut cases = vec![
        ("removed", removed),
        (
            "a member appended",
            with(&|bytes| bytes.extend(gzip(b"{}"))),
        ),
        ("bytes appended", with(&|bytes| bytes.extend(b"more"))),
        ("zeros appended", with(&|bytes| bytes.extend([0; 9]))),
        (
            "the last byte removed",
            with(&|bytes| bytes.truncate(bytes.len() - 1)),
        ),
        (
            "the trailer removed",
            with(&|bytes| bytes.truncate(bytes.len() - 8)),
        ),
        ("cut", with(&|bytes| bytes.truncate(bytes.len() / 2))),
        ("emptied", with(&|bytes| bytes.clear())),
        ("a bit flipped", with(&|bytes| bytes[40] ^= 16)),
        (
            "the checksum flipped",
            with(&|bytes| {
                let at = bytes.len() - 7;
                bytes[at] ^= 1;
            }),
        ),
        ("unpacked", with(&|bytes| *bytes = gunzip(bytes))),
        (
            "compressed anew",
            with(&|bytes| *bytes = gzip(&gunzip(bytes))),
        ),
        ("no JSON", with(&|bytes| *bytes = gzip(b"{"))),
        (
            "a space appended",
            with(&|bytes| {
                let mut text = gunzip(bytes);
                text.push(b' ');
                *bytes = gzip(&text);
            }),
        ),
    ];
    cases.extend(
        [
            ("another hash", "\"hashValue\":\"", "\"hashValue\":\"0"),
            (
                "another end",
                "digestEndTime\":\"2024-03-01T1",
                "digestEndTime\":\"2024-03-01T0",
            ),
            (
                "another key",
                "PublicKeyFingerprint\":\"",
                "PublicKeyFingerprint\":\"0",
            ),
            (
                "another signature",
                "previousDigestSignature\":\"",
                "previousDigestSignature\":\"00",
            ),
            ("another record", "alice", "mallory"),
        ]
        .map(|(what, from, to)| (what, with_text(from, to))),
    );
    cases
}

/// What trailspan says of each file, by its address in S3.
fn told(world: &World) -> (Verification, BTreeMap<String, Said>) {
    let mut case = Case::new(world).with_keys(&[key(0).listed()]);
    for object in world.signatures.keys() {
        case = case.with_metadata(object, &world.head(object));
    }
    let found = case.verify();
    let address = |object: &str| format!("s3://{BUCKET}/{object}");
    let mut said = BTreeMap::new();
    for row in &found.digests {
        // The object that it lies under, which awscli goes by.
        let lies = row.source.as_ref().map(|source| {
            let source = source.as_str();
            source[source.find("AWSLogs").unwrap()..].to_owned()
        });
        let object = lies.or_else(|| row.object.as_ref().map(|object| object.as_str().to_owned()));
        said.insert(
            address(&object.unwrap()),
            Said::Digest(row.status, row.notes.clone()),
        );
    }
    for row in &found.logs {
        if let Some(object) = &row.object {
            said.insert(address(object.as_str()), Said::Log(row.status));
        }
    }
    (found, said)
}

#[derive(Debug, Clone, PartialEq)]
enum Said {
    Digest(DigestStatus, Vec<Note>),
    Log(LogStatus),
}

/// Whether two verdicts agree; or why they are known to differ.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Agree,
    Known(&'static str),
    Differ,
}

fn compare(ours: &Said, theirs: &str, reads_to_the_end: bool) -> Verdict {
    let agree = |is_so: bool| {
        if is_so {
            Verdict::Agree
        } else {
            Verdict::Differ
        }
    };
    let has = |word: &str| theirs.contains(word);
    match ours {
        Said::Digest(status, notes) => match status {
            DigestStatus::Signed if theirs == "valid" && notes.contains(&Note::TrailingData) => {
                Verdict::Known("awscli passes over what follows a digest in its file")
            }
            DigestStatus::Signed
                if notes.contains(&Note::ContainerDamaged) && theirs != "valid" =>
            {
                Verdict::Known("a digest in a damaged container is read here, and noted")
            }
            DigestStatus::Signed if notes.is_empty() && has("invalid format") => {
                Verdict::Known("a digest that was unpacked is read here")
            }
            DigestStatus::Signed => agree(theirs == "valid"),
            DigestStatus::BadSignature if has("INVALID") => Verdict::Agree,
            DigestStatus::Missing => agree(has("not found")),
            DigestStatus::KeyNotSupplied | DigestStatus::PreviousHashMismatch
                if has("public key not found") =>
            {
                Verdict::Agree
            }
            _ => agree(theirs != "valid"),
        },
        Said::Log(status) => match status {
            LogStatus::Valid if has("invalid format") => {
                Verdict::Known("a log that was unpacked is held against its hash here")
            }
            LogStatus::Valid | LogStatus::DuplicateCopy => agree(theirs == "valid"),
            LogStatus::ValidContainerDamaged if theirs == "valid" => Verdict::Agree,
            LogStatus::ValidContainerDamaged => Verdict::Known(
                "a damaged or padded container is told apart from changed content here",
            ),
            LogStatus::TrailingData if !reads_to_the_end && theirs == "valid" => {
                Verdict::Known("before 1.46, awscli passed over what follows a log in its file")
            }
            LogStatus::TrailingData => agree(has("unexpected data")),
            LogStatus::Missing => agree(has("not found")),
            LogStatus::HashMismatch => agree(has("hash value") || has("invalid format")),
            LogStatus::Unreadable if has("hash value") => {
                Verdict::Agree // awscli hashes as much as can be inflated
            }
            LogStatus::Unreadable => agree(has("invalid format") || has("hash value")),
            LogStatus::Consistent | LogStatus::Unreferenced => Verdict::Differ,
        },
    }
}

#[test]
fn p16_awscli_agrees_wherever_both_answer() {
    let (whole, keys) = world();
    let mut cases = vec![("nothing".to_owned(), whole.clone())];
    for object in &keys {
        let name = object.rsplit('/').next().unwrap();
        cases.extend(
            touched(&whole, object)
                .into_iter()
                .map(|(what, world)| (format!("{what}: {name}"), world)),
        );
    }
    let worlds: Vec<World> = cases.iter().map(|(_, world)| world.clone()).collect();
    let Some((version, answers)) = ask(&worlds) else {
        println!("skipped: no Python with awscli here; see TRAILSPAN_AWSCLI");
        return;
    };
    assert_eq!(answers.len(), cases.len());
    let mut numbers = version
        .split('.')
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let reads_to_the_end = (numbers.next(), numbers.next()) >= (Some(1), Some(46));
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut differing = Vec::new();
    for ((what, world), theirs) in cases.iter().zip(&answers) {
        let (found, ours) = told(world);
        for (address, theirs) in theirs {
            let Some(ours) = ours.get(address) else {
                // Here a chain that goes on before what is here has an open start, and no loss.
                let is_told = found.periods.iter().any(|row| {
                    let reason = row.reason.as_ref().map_or("", |reason| reason.as_str());
                    row.status == PeriodStatus::OpenStart
                        && address.ends_with(reason.rsplit(' ').next().unwrap())
                });
                match is_told {
                    true => {
                        *counts
                            .entry(Verdict::Known("an open start is no loss here"))
                            .or_default() += 1
                    }
                    false => differing.push(format!("{what}: {address}: nothing, {theirs}")),
                }
                continue;
            };
            let verdict = compare(ours, theirs, reads_to_the_end);
            if verdict == Verdict::Differ {
                differing.push(format!("{what}: {address}: {ours:?}, {theirs}"));
            }
            *counts.entry(verdict).or_default() += 1;
        }
        // Where awscli finds something wrong, this is never called good.
        let is_wrong = theirs.values().any(|theirs| theirs != "valid");
        let is_good = found.summary.weight == Weight::Good;
        let is_open = found
            .periods
            .iter()
            .any(|row| row.status == PeriodStatus::OpenStart);
        let is_unpacked = what.starts_with("unpacked");
        if is_wrong && is_good && !is_unpacked && !is_open {
            differing.push(format!("{what}: {theirs:?}"));
        }
    }
    println!("awscli {version}, {} buckets: {counts:#?}", cases.len());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(counts[&Verdict::Agree] > 1000, "{counts:?}");
}
