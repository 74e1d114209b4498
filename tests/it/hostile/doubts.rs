//! What the program says, and ends with, where the evidence leaves an answer in doubt.

use std::process::Command;

use serde_json::json;

use super::{detachment, evidence};
use crate::properties::evidence::Evidence;

/// Runs the program on an index; returns the exit status, and what went to standard error.
fn run(evidence: &Evidence, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_trailspan"))
        .args(arguments)
        .arg("--index")
        .arg(evidence.index())
        .env_clear()
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), told)
}

#[test]
fn what_was_not_told_is_not_known_to_be_absent() {
    let mut launch = detachment("0000-0001", 0, "");
    launch["eventName"] = json!("RunInstances");
    launch["requestParameters"] = json!({"instancesSet": {"items": [{"imageId": "ami-1"}]}});
    launch["responseElements"] = json!({"omitted": true});
    let omitted = evidence(&[launch.to_string()]);
    let detach = detachment("0000-0001", 0, "eni-attach-00000001");
    let shared = detachment("0000-0001", 5, "eni-attach-00000002");
    let shared = evidence(&[detach.to_string(), shared.to_string()]);
    let whole = evidence(&[detach.to_string()]);
    for evidence in [&omitted, &shared, &whole] {
        evidence.ingest(1);
    }
    let open_only = ["timeline", "--kind", "eni", "--event", "RunInstances"];
    for (evidence, arguments, status, note) in [
        (
            &omitted,
            &["timeline"][..],
            3,
            "1 call succeeded without the response",
        ),
        (
            &omitted,
            &["at", "2024-03-01T12:00:00Z"],
            3,
            "1 call succeeded",
        ),
        (&omitted, &open_only, 3, "1 call succeeded"),
        (&omitted, &["timeline", "--region", "eu-west-1"], 1, ""),
        (
            &omitted,
            &["timeline", "--until", "2024-03-01T09:00:00Z"],
            3,
            "",
        ),
        (
            &shared,
            &["detachments"],
            0,
            "2 events here have records of one eventID",
        ),
        (&shared, &["detachments", "--region", "eu-west-1"], 1, ""),
        (&whole, &["detachments"], 0, ""),
        (&whole, &["timeline", "--region", "eu-west-1"], 1, ""),
    ] {
        let (found, told) = run(evidence, arguments);
        assert_eq!(found, status, "{arguments:?}: {told}");
        let is_told = ["without the response", "records of one eventID"]
            .iter()
            .any(|doubt| told.contains(doubt));
        assert_eq!(is_told, !note.is_empty(), "{arguments:?}: {told}");
        assert!(told.contains(note), "{arguments:?}: {told}");
    }
}

#[test]
fn an_unknown_event_is_no_mistake_and_a_limit_of_nothing_is() {
    let detach = detachment("0002a88a-aaaa", 0, "eni-attach-00000001").to_string();
    let whole = evidence(std::slice::from_ref(&detach));
    let damaged = evidence(&[detach, "{\"eventName\":1}".to_owned()]);
    whole.ingest(1);
    damaged.ingest(1);
    for (evidence, arguments, status, expected) in [
        (
            &whole,
            &["show", "0002a88a-bbbb"][..],
            1,
            "not in this archive",
        ),
        (
            &whole,
            &["explain", "0002a88a-bbbb"],
            1,
            "not in this archive",
        ),
        (
            &whole,
            &["explain", "ec2:NoSuchCall"],
            2,
            "no call of the catalogue",
        ),
        (&whole, &["explain", "0002a88a-aaaa"], 0, ""),
        (&damaged, &["explain", "0002a88a-aaaa"], 3, "malformed"),
        (&damaged, &["explain", "DetachNetworkInterface"], 0, ""),
        (&whole, &["show", "--raw", "0002a88a-aaaa"], 0, ""),
        (
            &damaged,
            &["show", "--raw", "0002a88a-aaaa"],
            3,
            "malformed",
        ),
        (
            &damaged,
            &["explain", "0002a88a-bbbb"],
            3,
            "not in this archive",
        ),
        (
            &whole,
            &["timeline", "--limit", "0"],
            2,
            "no row would be told",
        ),
        (
            &whole,
            &["search", "eni*", "--limit", "0"],
            2,
            "no row would be told",
        ),
    ] {
        let (found, told) = run(evidence, arguments);
        assert_eq!(found, status, "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}
