//! Periods that the records do not reach: a script must be able to tell *no* from *don't know*.

use serde_json::{Value, json};

use crate::binary::run;
use crate::properties::evidence::Evidence;

fn record(time: &str, name: &str, request: &Value, response: &Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
        "eventTime": time,
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "eventID": name,
        "requestParameters": request,
        "responseElements": response,
    })
}

/// An interface is attached in the first second, and another instance stopped a day later.
fn evidence() -> Evidence {
    let stopped = json!({"instancesSet": {"items": [{"instanceId": "i-00000002"}]}});
    Evidence::of(&[
        record(
            "2024-03-01T10:00:00Z",
            "AttachNetworkInterface",
            &json!({"networkInterfaceId": "eni-00000001", "instanceId": "i-00000001", "deviceIndex": 1}),
            &json!({"attachmentId": "eni-attach-00000001"}),
        ),
        record("2024-03-02T10:00:00Z", "StopInstances", &stopped, &stopped),
    ])
}

#[test]
fn a_period_that_the_records_do_not_reach_is_a_hole() {
    let evidence = evidence();
    let (folder, index) = (evidence.archive(), evidence.index());
    let index = index.to_str().unwrap();
    let after = "the records end 2024-03-02T10:00:00Z, before the period asked about";
    let before = "the records begin 2024-03-01T10:00:00Z, after the period asked about";
    for (command, period, status, told) in [
        ("detachments", ["--since", "2030"], 3, after),
        ("timeline", ["--since", "2030"], 3, after),
        ("detachments", ["--until", "2020"], 3, before),
        ("timeline", ["--since", "2024-03-02"], 0, ""),
        (
            "detachments",
            ["--since", "2024-03-02"],
            1,
            "not in this archive",
        ),
        (
            "detachments",
            ["--until", "2024-03-02"],
            1,
            "not in this archive",
        ),
    ] {
        let arguments = [&[command, "--index", index], &period[..]].concat();
        let ran = run(&folder, &arguments).clean().ends_with(status);
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
        let is_beyond = ran.stderr.contains("the period asked about");
        assert_eq!(is_beyond, status == 3, "{arguments:?}");
    }
}
