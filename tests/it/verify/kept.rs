//! What `verify` said is kept with the index, and every answer says what it rests on.

use std::fs;

use serde_json::{Value, json};

use super::program::{case, run, text};
use super::world::{Case, Trail, World, at, gzip};

const VERIFY: &str =
    "verify archive --keys keys.json --digest-metadata newest.json --index an.index";

/// Five hours of one trail, a gap in them, and the index.
fn ingested(touch: impl FnOnce(&mut World, &Trail)) -> (Case, Trail) {
    let (mut world, mut trail) = (World::default(), Trail::new("main"));
    for hour in 0..5 {
        trail.hour(&mut world, hour, &[10]);
    }
    let newest = trail.digest_key(4);
    touch(&mut world, &trail);
    let case = case(&world, &newest);
    let output = run(case.folder.path(), "ingest archive --index an.index");
    assert!(
        [Some(0), Some(3)].contains(&output.status.code()),
        "{output:?}"
    );
    (case, trail)
}

/// Lists start, gateway and integrity of every attachment that is told.
fn told(case: &Case, line: &str) -> Vec<(String, String)> {
    let line = format!("{line} --index an.index --format jsonl");
    let output = run(case.folder.path(), &line);
    let rows = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let field = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told: Vec<(String, String)> = rows
        .map(|row: Value| {
            let start = &row["start"];
            (
                field(&start["not_before"]),
                field(&start["event"]["integrity"]),
            )
        })
        .collect();
    told.sort();
    told
}

fn status(case: &Case, line: &str) -> (Option<i32>, String) {
    let output = run(case.folder.path(), &format!("{line} --index an.index"));
    (output.status.code(), text(&output.stderr).to_owned())
}

#[test]
fn p16_every_bound_says_what_its_file_rests_on() {
    let (case, _) = ingested(|world, trail| {
        world.edit(&trail.log_key(1, 10), |log| {
            log["Records"][0]["userAgent"] = json!("x")
        });
        let bytes = world.objects.get_mut(&trail.log_key(2, 10)).unwrap();
        let more = json!({"Records": [trail.record(2, 59)]}).to_string();
        bytes.extend(gzip(more.as_bytes()));
        world.objects.remove(&trail.digest_key(3));
        let cut = world.objects[&trail.log_key(4, 10)].len() - 1;
        world
            .objects
            .get_mut(&trail.log_key(4, 10))
            .unwrap()
            .truncate(cut);
    });
    let words = |case: &Case| -> Vec<String> {
        told(case, "timeline --kind igw")
            .into_iter()
            .map(|(_, word)| word)
            .collect()
    };
    assert_eq!(words(&case), ["not-checked"; 6]);
    let output = run(case.folder.path(), VERIFY);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(
        text(&output.stderr).contains("kept with the index an.index, which has 5 of its 5 files"),
        "{output:?}"
    );
    let expected = [
        "valid",
        "hash-mismatch",
        // What the digest lists, which nothing signs any more, and what stands behind it.
        "consistent",
        "trailing-data",
        "unreferenced",
        "valid-container-damaged",
    ];
    assert_eq!(words(&case), expected);
    for line in ["timeline --kind igw", "search event:AttachInternetGateway"] {
        let output = run(case.folder.path(), &format!("{line} --index an.index"));
        assert_eq!(output.status.code(), Some(3), "{line}");
        let told = "2 records here are not in what AWS's digests list of their files (`verify`: hash-mismatch)";
        assert!(text(&output.stderr).contains(told), "{output:?}");
    }
    let (_, first) = status(
        &case,
        "search event:AttachInternetGateway --limit 1 --format jsonl",
    );
    assert!(!first.contains("error"), "{first}");
    let found = run(
        case.folder.path(),
        "search event:AttachInternetGateway --index an.index --format jsonl",
    );
    let rows = text(&found.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let words: Vec<Value> = rows.map(|row: Value| row["integrity"].clone()).collect();
    assert_eq!(words, expected);
    // One file is not read with other words than another.
    let id = serde_json::from_str::<Value>(text(&found.stdout).lines().next().unwrap()).unwrap();
    let line = format!("show {} --index an.index", id["event_id"].as_str().unwrap());
    let output = run(case.folder.path(), &line);
    assert!(
        text(&output.stdout).contains("  integrity valid\n"),
        "{output:?}"
    );
}

#[test]
fn p16_of_two_copies_of_a_record_the_signed_one_proves_it() {
    let (case, _) = ingested(|world, trail| {
        let content = json!({"Records": [trail.record(0, 10)], "x": 1}).to_string();
        world.put("export/copy.json.gz", content.as_bytes());
    });
    run(case.folder.path(), VERIFY);
    let words: Vec<String> = told(&case, "timeline --kind igw")
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    assert_eq!(words, ["valid"; 5]);
}

#[test]
fn p16_an_answer_whose_period_touches_a_gap_says_so() {
    let (case, trail) = ingested(|world, trail| {
        world.objects.remove(&trail.digest_key(2));
        world.objects.remove(&trail.log_key(2, 10));
    });
    let gateway = trail.record(0, 10)["requestParameters"]["internetGatewayId"]
        .as_str()
        .unwrap()
        .to_owned();
    let event = trail.record(0, 10)["eventID"].as_str().unwrap().to_owned();
    let lines = [
        ("timeline --kind igw".to_owned(), true),
        (
            "timeline --kind igw --until 2024-03-01T12:00:00Z".to_owned(),
            false,
        ),
        (
            "timeline --kind igw --since 2024-03-01T12:59:59Z".to_owned(),
            true,
        ),
        (
            "timeline --kind igw --since 2024-03-01T13:00:00Z".to_owned(),
            false,
        ),
        ("timeline --kind igw --region eu-west-1".to_owned(), false),
        ("detachments".to_owned(), true),
        (format!("history {gateway}"), true),
        (format!("explain {event}"), true),
        (
            format!("history {gateway} --until 2024-03-01T12:00:00Z"),
            false,
        ),
        (format!("at 2024-03-01T14:00:00Z {gateway}"), true),
        (format!("at 2024-03-01T11:00:00Z {gateway}"), false),
        (
            "diff 2024-03-01T11:00:00Z 2024-03-01T14:00:00Z".to_owned(),
            true,
        ),
        ("search event:AttachInternetGateway".to_owned(), true),
        (
            "search event:AttachInternetGateway --until 2024-03-01T12:00:00Z".to_owned(),
            false,
        ),
    ];
    for (line, _) in &lines {
        let (code, said) = status(&case, line);
        assert!(
            [Some(0), Some(1)].contains(&code),
            "{line}: {code:?} {said}"
        );
    }
    run(case.folder.path(), VERIFY);
    for (line, touches) in &lines {
        let (code, said) = status(&case, line);
        assert_eq!(code == Some(3), *touches, "{line}: {code:?} {said}");
        assert_eq!(
            said.contains("digests prove 1 gap"),
            *touches,
            "{line}: {said}"
        );
    }
    let (code, _) = status(&case, "coverage");
    assert_eq!(code, Some(3));
    let output = run(
        case.folder.path(),
        "coverage --index an.index --format json",
    );
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let gap = json!({"account": "111122223333", "region": "us-east-1", "from": at(2, 0), "until": at(3, 0), "status": "GAP", "trail": "main"});
    assert_eq!(object["gaps"], json!([gap]));
}

#[test]
fn p16_what_is_kept_is_replaced_as_a_whole_and_narrowed_runs_are_not_kept() {
    let (case, trail) = ingested(|_, _| ());
    let kept = case.folder.path().join("an.index/verify.jsonl");
    run(case.folder.path(), &format!("{VERIFY} --region us-east-1"));
    assert!(!kept.exists());
    run(case.folder.path(), VERIFY);
    let first = fs::read(&kept).unwrap();
    run(case.folder.path(), VERIFY);
    assert_eq!(
        fs::read(&kept).unwrap(),
        first,
        "the same archive, the same bytes"
    );
    run(case.folder.path(), "verify archive --index an.index");
    assert_eq!(told(&case, "timeline --kind igw")[0].1, "consistent");
    // An archive that the index is not of leaves it alone.
    let before = fs::read(&kept).unwrap();
    let other = case.folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("x.json"), b"{\"Records\":[]}").unwrap();
    let output = run(case.folder.path(), "verify other --index an.index");
    assert!(
        text(&output.stderr).contains("of other files"),
        "{output:?}"
    );
    assert_eq!(fs::read(&kept).unwrap(), before);
    // A file that was added since has not been checked.
    let added = json!({"Records": [trail.record(9, 9)]}).to_string();
    fs::write(case.folder.path().join("archive/added.json"), added).unwrap();
    run(case.folder.path(), "ingest archive --index an.index");
    let words: Vec<String> = told(&case, "timeline --kind igw")
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    assert_eq!(words[..5], ["consistent"; 5]);
    assert_eq!(words[5], "not-checked");
}

#[test]
fn p16_what_is_kept_is_not_believed_when_it_is_damaged() {
    let (case, _) = ingested(|world, trail| drop(world.objects.remove(&trail.digest_key(1))));
    run(case.folder.path(), VERIFY);
    let kept = case.folder.path().join("an.index/verify.jsonl");
    let whole = fs::read(&kept).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let mut damaged: Vec<Vec<u8>> = vec![
        text.replacen("valid", "hash-mismatch", 1).into_bytes(),
        text.replacen("\"files\":[\"", "\"files\":[\"0", 1)
            .into_bytes(),
        text.lines()
            .filter(|line| !line.contains("\"gap\""))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .into_bytes(),
        text.lines()
            .filter(|line| !line.contains("\"end\""))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .into_bytes(),
        format!("{text}{text}").into_bytes(),
        text.replacen("\"format\":1", "\"format\":2", 1)
            .into_bytes(),
        b"\xff\xfe".to_vec(),
        Vec::new(),
    ];
    damaged.extend(
        (1..whole.len())
            .step_by(37)
            .map(|length| whole[..length].to_vec()),
    );
    for damage in damaged {
        fs::write(&kept, &damage).unwrap();
        let (code, said) = status(&case, "coverage");
        assert_eq!(code, Some(4), "{said}");
        assert!(
            said.contains("verify.jsonl: is not as it was written"),
            "{said}"
        );
        assert!(
            said.contains("hint: run `trailspan verify` again"),
            "{said}"
        );
    }
    // One that was sealed anew is not what was written either, nor is one that is gone.
    let lines = text.lines().count() - 2;
    let head: String = text
        .lines()
        .take(1)
        .map(|line| format!("{line}\n"))
        .collect();
    let end =
        json!({"end": {"lines": 1, "sha256": trailspan::record::Sha256::of(head.as_bytes())}});
    assert!(lines > 1, "{text}");
    fs::write(&kept, format!("{head}{end}\n")).unwrap();
    let (code, said) = status(&case, "coverage");
    assert_eq!(code, Some(4), "{said}");
    assert!(
        said.contains("verify.jsonl: is not as it was written"),
        "{said}"
    );
    fs::remove_file(&kept).unwrap();
    let (code, said) = status(&case, "coverage");
    assert_eq!(code, Some(4), "{said}");
    assert!(
        said.contains("verify.jsonl: was written and is missing"),
        "{said}"
    );
    // Doing so mends it.
    run(case.folder.path(), VERIFY);
    assert_eq!(fs::read(&kept).unwrap(), whole);
    assert_eq!(status(&case, "coverage").0, Some(3));
}
