//! The program: exit statuses, formats, filters, and what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use trailspan::text::is_deceptive;

use super::world::{Case, Trail, World, four_hours, key};

/// Runs the program in the folder of a case.
pub(super) fn run(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .args(line.split_ascii_whitespace())
        .current_dir(folder)
        .env_remove("TRAILSPAN_INDEX")
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

pub(super) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A case with `keys.json`, and `newest.json` with the metadata of the newest digest.
pub(super) fn case(world: &World, newest: &str) -> Case {
    let case = Case::new(world);
    case.file("keys.json", &key(0).listed());
    case.file("newest.json", &world.head(newest));
    case
}

const ALL: &str = "verify archive --keys keys.json --digest-metadata newest.json";

#[test]
fn p16_the_exit_status_tells_proven_from_not_proven_from_refuted() {
    let (world, trail) = four_hours();
    let newest = trail.digest_key(3);
    let whole = case(&world, &newest);
    let mut changed = world.clone();
    changed.edit(&trail.log_key(0, 5), |log| log["Records"] = json!([]));
    let changed = case(&changed, &newest);
    for (case, line, status) in [
        (&whole, ALL, 0),
        (&whole, "verify archive --keys keys.json", 3),
        (&whole, "verify archive", 3),
        (
            &whole,
            "verify archive/AWSLogs/111122223333/CloudTrail --keys keys.json",
            3,
        ),
        (&changed, ALL, 4),
        (&changed, "verify archive", 4),
        (&whole, "verify nowhere", 2),
        (&whole, "verify archive --keys nowhere.json", 2),
        (&whole, "verify archive --keys newest.json", 2),
        (&whole, "verify archive --keys archive", 2),
        (&whole, "verify archive --digest-metadata keys.json", 2),
        (&whole, "verify archive --expect-until soon", 2),
        (&whole, "verify", 2),
    ] {
        let output = run(case.folder.path(), line);
        assert_eq!(output.status.code(), Some(status), "{line}: {output:?}");
    }
}

#[test]
fn p16_the_last_lines_say_it_in_words() {
    let (mut world, trail) = four_hours();
    let newest = trail.digest_key(3);
    let output = run(case(&world, &newest).folder.path(), ALL);
    let told = text(&output.stdout);
    for sentence in [
        "5 of 5 log files VALID (AWS-signed, 111122223333 us-east-1, 2024-03-01 10:00:00Z – 2024-03-01 14:00:00Z).\n",
        "4 of 4 digest files SIGNED.\n",
        "All of this rests on keys.json (1 key) with the sha256 ",
    ] {
        assert!(told.contains(sentence), "{told}");
    }
    assert!(
        told.ends_with("Everything that the digests list is here, unchanged and signed.\n"),
        "{told}"
    );

    world.objects.remove(&trail.digest_key(1));
    let output = run(case(&world, &newest).folder.path(), "verify archive");
    let told = text(&output.stdout);
    assert!(
        told.contains("0 of 5 log files VALID. 5 CONSISTENT.\n"),
        "{told}"
    );
    assert!(told.contains("GAP 2024-03-01 11:00:00Z – 2024-03-01 12:00:00Z of 111122223333/us-east-1 my_main_trail (1 digest missing"), "{told}");
    assert!(told.contains("No public key was supplied"), "{told}");
    assert!(
        told.ends_with("There is evidence of change or loss.\n"),
        "{told}"
    );
}

#[test]
fn p16_only_spans_that_aws_signed_are_called_signed() {
    let (mut world, mut trail) = four_hours();
    trail.hour(&mut world, 4, &[30]);
    trail.hour(&mut world, 5, &[30]);
    let newest = trail.digest_key(5);
    let said = |world: &World, line: &str| {
        let output = run(case(world, &newest).folder.path(), line);
        let told = text(&output.stdout).to_owned();
        let line = told.lines().find(|line| line.contains("log files VALID"));
        line.map(str::to_owned).unwrap_or(told)
    };
    let keys = "verify archive --keys keys.json --width 400";
    let hours = |from: &str, until: &str| format!("2024-03-01 {from}:00Z – 2024-03-01 {until}:00Z");
    let signed = |spans: &str| format!(" VALID (AWS-signed, 111122223333 us-east-1, {spans}).");
    // The newest digest is not signed: its log file is CONSISTENT, and its hour is not told.
    let told = said(&world, keys);
    let wanted = format!("6 of 7 log files{}", signed(&hours("10:00", "15:00")));
    assert!(told.starts_with(&wanted), "{told}");
    // A filter clips it, on both sides, also within an hour.
    let told = said(&world, &format!("{keys} --until 2024-03-01T13:50:00Z"));
    assert!(told.contains(&signed(&hours("10:00", "13:50"))), "{told}");
    let told = said(&world, &format!("{keys} --since 2024-03-01T12:00:00Z"));
    assert!(told.contains(&signed(&hours("12:00", "15:00"))), "{told}");
    // What a gap parts stays apart.
    let mut broken = world.clone();
    broken.objects.remove(&trail.digest_key(2));
    let spans = format!(
        "{} and {}",
        hours("10:00", "11:00"),
        hours("13:00", "15:00")
    );
    let told = said(&broken, keys);
    assert!(told.contains(&signed(&spans)), "{told}");
    // An hour of which no log file is VALID is none for which AWS signed one.
    let mut changed = world.clone();
    changed.edit(&trail.log_key(4, 30), |log| log["Records"] = json!([]));
    let told = said(&changed, keys);
    assert!(told.contains(&signed(&hours("10:00", "14:00"))), "{told}");
}

#[test]
fn p16_what_only_the_filters_leave_out_is_not_called_absent() {
    let (world, trail) = four_hours();
    let case = case(&world, &trail.digest_key(3));
    let output = run(case.folder.path(), &format!("{ALL} --account 999999999999"));
    let told = text(&output.stdout);
    for sentence in [
        "No log file is told of: the filters leave out 5 log files.\n",
        "No digest file is told of: the filters leave out 4 digest files.\n",
    ] {
        assert!(told.contains(sentence), "{told}");
    }
    assert!(!told.contains("is here"), "{told}");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn p16_every_format_is_the_same_whatever_the_threads_and_reads_back() {
    let (world, trail) = four_hours();
    let case = case(&world, &trail.digest_key(3));
    for format in ["table", "json", "jsonl", "csv"] {
        let line = format!("{ALL} --format {format}");
        let one = run(case.folder.path(), &format!("{line} --threads 1"));
        let four = run(case.folder.path(), &format!("{line} --threads 4"));
        assert_eq!(one.stdout, four.stdout, "{format}");
        assert_eq!(one.stderr, four.stderr, "{format}");
        assert_eq!(one.status.code(), Some(0), "{format}");
        let told = text(&one.stdout);
        match format {
            "json" => {
                let rows: Vec<Value> = serde_json::from_str(told).unwrap();
                assert_eq!(rows.len(), 2 + 4 + 5 + 1);
            }
            "jsonl" => {
                let rows = told.lines().map(|line| serde_json::from_str(line).unwrap());
                let rows: Vec<Value> = rows.collect();
                let of = |what: &str| rows.iter().filter(|row| row["what"] == what).count();
                assert_eq!(
                    [of("period"), of("digest"), of("log"), of("summary")],
                    [2, 4, 5, 1]
                );
                assert_eq!(rows.last().unwrap()["weight"], "good");
                assert!(
                    text(&one.stderr).contains("note: 5 of 5 log files VALID"),
                    "{one:?}"
                );
            }
            "csv" => assert_eq!(told.lines().count(), 1 + 2 + 4 + 5),
            _ => {}
        }
    }
}

#[test]
fn p16_filters_narrow_what_is_told_and_what_counts() {
    let mut world = World::default();
    let mut main = Trail::new("main");
    let mut europe = Trail::new("side");
    europe.region = "eu-west-1";
    for hour in 0..3 {
        main.hour(&mut world, hour, &[10]);
        europe.hour(&mut world, hour, &[10]);
    }
    world.edit(&europe.log_key(0, 10), |log| log["Records"] = json!([]));
    let case = case(&world, &main.digest_key(2));
    let rows = |filters: &str| -> (Vec<Value>, Option<i32>) {
        let line = format!("{ALL} --format json {filters}");
        let output = run(case.folder.path(), &line);
        (
            serde_json::from_slice(&output.stdout).unwrap(),
            output.status.code(),
        )
    };
    let (all, status) = rows("");
    assert_eq!((all.len(), status), (4 + 6 + 6 + 1, Some(4)));
    assert_eq!(rows("--region us-east-1").1, Some(0));
    assert_eq!(rows("--trail main").1, Some(0));
    assert_eq!(rows("--account 999999999999").0.len(), 1);
    let (late, status) =
        rows("--region eu-west-1 --since 2024-03-01T11:00:00Z --until 2024-03-01T12:00:00Z");
    let logs: Vec<&Value> = late.iter().filter(|row| row["what"] == "log").collect();
    assert_eq!((logs.len(), status), (1, Some(0)), "{late:?}");
    assert_eq!(logs[0]["time"], "2024-03-01T11:10:00Z");
}

#[test]
fn p16_how_to_collect_prints_the_commands_for_the_custodian() {
    let mut world = World::default();
    let mut main = Trail::new("main");
    let mut europe = Trail::new("it's; rm -rf ~");
    europe.region = "eu-west-1";
    main.hour(&mut world, 0, &[]);
    main.hour(&mut world, 1, &[]);
    europe.hour(&mut world, 5, &[]);
    let case = case(&world, &main.digest_key(1));
    let output = run(case.folder.path(), "verify archive --how-to-collect");
    assert_eq!(output.status.code(), Some(0));
    let name = main.digest_key(1);
    let name = name.rsplit('/').next().unwrap();
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        "aws cloudtrail list-public-keys --region eu-west-1 --start-time 2024-03-01T15:00:00Z --end-time 2024-03-01T18:00:00Z > keys-eu-west-1.json"
    );
    assert_eq!(
        lines[1],
        "aws cloudtrail list-public-keys --region us-east-1 --start-time 2024-03-01T10:00:00Z --end-time 2024-03-01T14:00:00Z > keys-us-east-1.json"
    );
    assert!(
        lines[2].contains(r"'\''s; rm -rf ~") && !lines[2].contains("it's"),
        "{}",
        lines[2]
    );
    assert_eq!(
        lines[3],
        format!(
            "aws s3api head-object --bucket example-bucket --key {} > metadata-{name}.json",
            main.digest_key(1)
        )
    );
    // Where there is no digest, there is nothing to name.
    fs::create_dir(case.folder.path().join("empty")).unwrap();
    let output = run(case.folder.path(), "verify empty --how-to-collect");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("CloudTrail-Digest"));
}

#[test]
fn p16_hostile_names_reach_no_terminal_unescaped() {
    let (mut world, _) = four_hours();
    let mut trail = Trail::new("\u{1b}[2J\u{202e}\u{9b}31m");
    trail.hour(&mut world, 0, &[]);
    trail.restart();
    let (name, mut stop) = trail.change(1, 30, "StopLogging");
    stop["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/\u{1b}]0;x\u{7}");
    stop["requestParameters"]["name"] = json!(trail.name);
    trail.deliver(&mut world, 1, vec![(name, stop)]);
    let object = trail.digest_key(1);
    world.edit(&object, |digest| {
        digest["logFiles"][0]["s3Object"] = json!("AWSLogs/\r\n\u{1b}[31mx\u{feff}.json.gz");
        digest["digestSignatureAlgorithm"] = json!("SHA256withRSA");
    });
    world.put(
        "AWSLogs/\u{202e}gz.nosj_CloudTrail-Digest_x.json.gz",
        b"{\"digestStartTime\":\"\x1b[2J\"}",
    );
    world.put(
        "AWSLogs/\u{1b}[5m.json.gz",
        br#"{"Records":[{"eventName":"A","eventSource":"b"}]}"#,
    );
    let case = case(&world, &object);
    for format in ["table --all", "json", "jsonl", "csv"] {
        let line = format!("{ALL} --format {format}");
        let output = run(case.folder.path(), &line);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        for told in [text(&output.stdout), text(&output.stderr)] {
            let deceptive = told
                .chars()
                .find(|c| is_deceptive(*c) && !"\r\n".contains(*c));
            assert_eq!(deceptive, None, "{line}: {told}");
        }
        assert!(text(&output.stdout).contains("1b"), "{line}");
    }
    let output = run(case.folder.path(), "verify archive --how-to-collect");
    assert!(
        !text(&output.stdout)
            .chars()
            .any(|c| is_deceptive(c) && c != '\n')
    );
}
