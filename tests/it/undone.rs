//! What answers tell of what a call did not do, though it succeeded: in the history of the thing, and
//! among the attempts to end something.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::binary::run;
use crate::properties::evidence::Evidence;

/// Alice ends one instance and finds another terminated; she deletes an endpoint, and another fails.
fn calls() -> Vec<Value> {
    let instance = |id: &str, before: &str, after: &str| json!({"instanceId": id, "previousState": {"name": before}, "currentState": {"name": after}});
    let instances = |items: Value| json!({"instancesSet": {"items": items}});
    let failed = json!([{
        "resourceId": "vpce-00000002",
        "error": {"code": "OperationNotPermitted", "message": "It is in use."},
    }]);
    let calls = [
        (
            "TerminateInstances",
            instances(json!([{"instanceId": "i-00000001"}, {"instanceId": "i-00000002"}])),
            instances(json!([
                instance("i-00000001", "running", "shutting-down"),
                instance("i-00000002", "terminated", "terminated"),
            ])),
        ),
        (
            "StartInstances",
            instances(json!([{"instanceId": "i-00000003"}])),
            instances(json!([instance("i-00000003", "running", "running")])),
        ),
        (
            "DeleteVpcEndpoints",
            json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": ["vpce-00000001", "vpce-00000002"]}}),
            json!({"DeleteVpcEndpointsResponse": {"unsuccessful": {"item": failed}}}),
        ),
    ];
    let record = |(number, (name, request, response)): (u32, (&str, Value, Value))| {
        json!({
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
            "eventTime": format!("2024-03-01T10:{number:02}:00Z"),
            "eventSource": "ec2.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1",
            "recipientAccountId": "111122223333",
            "eventID": format!("0000-{number:04}"),
            "requestParameters": request,
            "responseElements": response,
        })
    };
    (0..).zip(calls).map(record).collect()
}

/// Lists the attempts of an answer: the call, its outcome, its error and message, and what it names.
fn attempts(evidence: &Evidence, arguments: &[&str]) -> BTreeSet<String> {
    let index = evidence.index();
    let further = ["--format", "jsonl", "--index", index.to_str().unwrap()];
    let ran = run(&evidence.archive(), &[arguments, &further].concat()).clean();
    let rows = ran.stdout.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        row
    });
    let attempts = rows.filter(|row| row["attempt"].is_string());
    attempts
        .map(|row| {
            let members = row["members"].as_object().unwrap().values();
            let members: Vec<&str> = members.filter_map(Value::as_str).collect();
            let findings = row["findings"].as_array().unwrap().iter();
            let findings: Vec<&str> = findings.filter_map(|one| one["code"].as_str()).collect();
            let said = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            [
                said(&row["attempt"]),
                said(&row["outcome"]),
                said(&row["error_code"]),
                said(&row["event"]["error_message"]),
                members.join(","),
                findings.join(","),
            ]
            .join(" ")
        })
        .collect()
}

#[test]
fn what_a_call_did_not_do_is_told_of_the_thing_and_of_no_other() {
    let evidence = Evidence::of(&calls());
    for (asked, told) in [
        ("i-00000001", vec![]),
        (
            "i-00000002",
            vec!["TerminateInstances succeeded - - i-00000002 unchanged"],
        ),
        (
            "i-00000003",
            vec!["StartInstances succeeded - - i-00000003 unchanged"],
        ),
        ("vpce-00000001", vec![]),
        (
            "vpce-00000002",
            vec!["DeleteVpcEndpoints failed OperationNotPermitted It is in use. vpce-00000002 "],
        ),
    ] {
        let found = attempts(&evidence, &["history", asked]);
        let told: BTreeSet<String> = told.into_iter().map(str::to_owned).collect();
        assert_eq!(found, told, "{asked}");
    }
}

#[test]
fn what_a_call_did_not_end_is_an_attempt_to_end_it() {
    let evidence = Evidence::of(&calls());
    let found = attempts(&evidence, &["detachments", "--attempts"]);
    let told = [
        "DeleteVpcEndpoints failed OperationNotPermitted It is in use. vpce-00000002 ",
        "TerminateInstances succeeded - - i-00000002 unchanged",
    ];
    assert_eq!(found, told.map(str::to_owned).into_iter().collect());
}
