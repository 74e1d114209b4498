//! Digests that were made to harm: they are told, and nothing breaks.

use serde_json::{Value, json};
use trailspan::verification::{DigestStatus, LogStatus, Weight};

use super::world::{Case, Trail, World, four_hours, fully_verified, gunzip, gzip, key, verified};
use super::{digests, weight};

/// A digest by its name that holds these bytes.
fn found(content: &[u8]) -> (Vec<DigestStatus>, Option<String>) {
    let (mut world, trail) = (World::default(), Trail::new("main"));
    world.objects.insert(trail.digest_key(0), gzip(content));
    let found = verified(&world);
    let reason = found.digests[0]
        .reason
        .as_ref()
        .map(|reason| reason.as_str().to_owned());
    assert!(weight(&found) > Weight::Good);
    (digests(&found), reason)
}

fn template() -> Value {
    let (world, trail) = four_hours();
    serde_json::from_slice(&gunzip(&world.objects[&trail.digest_key(0)])).unwrap()
}

#[test]
fn p16_what_is_no_digest_is_malformed_and_says_why() {
    let mut without_end = template();
    without_end.as_object_mut().unwrap().remove("digestEndTime");
    let with = |name: &str, value: Value| {
        let mut digest = template();
        digest[name] = value;
        digest.to_string()
    };
    let twice =
        template()
            .to_string()
            .replacen('{', r#"{"digestEndTime":"2024-03-01T11:00:00Z","#, 1);
    let deep = format!(
        r#"{{"digestStartTime":"2024-03-01T10:00:00Z","other":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for (content, why) in [
        (String::new(), "no digest"),
        ("null".to_owned(), "no digest"),
        ("[]".to_owned(), "no digest"),
        ("{".to_owned(), "no digest"),
        (without_end.to_string(), "missing field"),
        (
            with("digestEndTime", json!("soon")),
            "digestEndTime is no time",
        ),
        (
            with("digestEndTime", json!("2024-03-01T09:00:00Z")),
            "before digestStartTime",
        ),
        (with("digestS3Object", json!(["x"])), "no digest"),
        (with("logFiles", json!({})), "no digest"),
        (with("logFiles", json!([{"s3Bucket": "b"}])), "no digest"),
        (
            with("digestSignatureAlgorithm", json!("none")),
            "digestSignatureAlgorithm",
        ),
        (
            with("digestPublicKeyFingerprint", json!("zz")),
            "32 hexadecimal digits",
        ),
        (
            with("previousDigestSignature", json!("ab")),
            "only some of previousDigest",
        ),
        (twice, "duplicate field"),
        (deep, "missing field"),
        (
            format!("{} {}", template(), template()),
            "trailing characters",
        ),
    ] {
        let (statuses, reason) = found(content.as_bytes());
        assert_eq!(statuses, [DigestStatus::Malformed], "{content:.200}");
        let reason = reason.unwrap();
        assert!(reason.contains(why), "{reason}: {content:.200}");
    }
}

#[test]
fn p16_a_hash_of_63_digits_is_malformed() {
    // As in a sample of AWS's guide.
    let (mut world, trail) = four_hours();
    world.edit(&trail.digest_key(1), |digest| {
        let hash = digest["previousDigestHashValue"].as_str().unwrap()[1..].to_owned();
        digest["previousDigestHashValue"] = json!(hash);
    });
    let found = fully_verified(&world, &trail.digest_key(3));
    let malformed = found
        .digests
        .iter()
        .find(|row| row.status == DigestStatus::Malformed)
        .unwrap();
    let said = malformed.reason.as_ref().unwrap().as_str();
    assert_eq!(
        said,
        "previousDigestHashValue has not 64 hexadecimal digits: 63 characters"
    );
}

#[test]
fn p16_digests_that_name_one_another_in_a_circle_end() {
    let mut world = World::default();
    let trail = Trail::new("main");
    for (hour, before) in [(0, 1), (1, 0)] {
        let object = trail.digest_key(hour);
        let mut digest = template();
        digest["digestS3Object"] = json!(object);
        digest["previousDigestS3Bucket"] = json!("example-bucket");
        digest["previousDigestS3Object"] = json!(trail.digest_key(before));
        digest["previousDigestHashValue"] = json!("0".repeat(64));
        digest["previousDigestHashAlgorithm"] = json!("SHA-256");
        digest["previousDigestSignature"] = json!("ab");
        world.put(&object, digest.to_string().as_bytes());
    }
    // One that names itself.
    let mut own = template();
    let object = trail.digest_key(5);
    own["digestS3Object"] = json!(object);
    own["previousDigestS3Bucket"] = json!("example-bucket");
    own["previousDigestS3Object"] = json!(object);
    own["previousDigestHashValue"] = json!("0".repeat(64));
    own["previousDigestHashAlgorithm"] = json!("SHA-256");
    own["previousDigestSignature"] = json!("ab");
    world.put(&object, own.to_string().as_bytes());
    let found = verified(&world);
    assert_eq!(found.digests.len(), 3);
    assert!(!digests(&found).contains(&DigestStatus::Signed));
    assert_eq!(weight(&found), Weight::Bad);
}

#[test]
fn p16_a_digest_that_lists_twenty_thousand_files_is_read() {
    let mut digest = template();
    let log = digest["logFiles"][0].clone();
    let logs: Vec<Value> = (0..20_000)
        .map(|number| {
            let mut log = log.clone();
            log["s3Object"] = json!(format!("AWSLogs/many/{number}.json.gz"));
            log
        })
        .collect();
    digest["logFiles"] = json!(logs);
    let (mut world, trail) = (World::default(), Trail::new("my_main_trail"));
    world.put(&trail.digest_key(0), digest.to_string().as_bytes());
    let found = verified(&world);
    assert_eq!(found.summary.logs[&LogStatus::Missing], 20_000);
    // All of them are of one second of one file's records.
    assert_eq!(found.gaps.len(), 1, "{:?}", found.gaps);
}

#[test]
fn p16_two_entries_for_one_object_are_both_held_against_it() {
    let (mut world, trail) = four_hours();
    // A digest that nobody signed lists another content of a log that a signed one lists.
    let mut forged = template();
    let object = Trail::new("other").digest_key(0);
    forged["digestS3Object"] = json!(object);
    forged["logFiles"][0]["hashValue"] = json!("0".repeat(64));
    world.put(&object, forged.to_string().as_bytes());
    let found = fully_verified(&world, &trail.digest_key(3));
    let valid = found.summary.logs[&LogStatus::Valid];
    assert_eq!(
        (valid, found.logs.len()),
        (5, 5),
        "what a signed digest lists counts"
    );
}

#[test]
fn p16_folders_pipes_and_other_files_are_left_aside() {
    let (mut world, trail) = four_hours();
    world
        .objects
        .insert("README.txt".to_owned(), b"no log".to_vec());
    world
        .objects
        .insert("other.json".to_owned(), b"{\"a\":1}".to_vec());
    let newest = trail.digest_key(3);
    let case = Case::new(&world).with_keys(&[key(0).listed()]);
    let found = case.with_metadata(&newest, &world.head(&newest)).verify();
    assert_eq!(found.summary.skipped, 1);
    let [unread] = &found.summary.unread[..] else {
        panic!("{:?}", found.summary.unread)
    };
    assert!(unread.as_str().ends_with("README.txt"));
    assert_eq!(
        weight(&found),
        Weight::Open,
        "what could not be read may be a log"
    );
}
