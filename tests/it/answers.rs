//! What answers tell of calls that changed nothing, of instants beyond the records, and of who did what.

use serde_json::{Value, json};

use crate::binary::{Ran, run};
use crate::properties::evidence::Evidence;

/// A call by a user, so many minutes after ten.
fn call(who: &str, minute: u8, name: &str, request: Value, response: Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser", "userName": who, "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:user/{who}"),
        },
        "eventTime": format!("2024-03-01T10:{minute:02}:00Z"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "recipientAccountId": "111122223333",
        "eventID": format!("0000-{minute:04}"),
        "requestParameters": request,
        "responseElements": response,
    })
}

/// Mallory takes an address off again that Alice took off before; Bob is refused, and launches nothing.
fn in_vain() -> Vec<Value> {
    let address =
        json!({"publicIp": "203.0.113.1", "domain": "vpc", "allocationId": "eipalloc-00000001"});
    let wanted = json!({"allocationId": "eipalloc-00000001", "networkInterfaceId": "eni-00000001"});
    let associated = json!({"associationId": "eipassoc-00000001"});
    let mut refused = call(
        "bob",
        6,
        "AttachNetworkInterface",
        json!({
            "networkInterfaceId": "eni-00000001", "instanceId": "i-00000001", "deviceIndex": 1,
        }),
        json!(null),
    );
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    vec![
        call(
            "alice",
            0,
            "AllocateAddress",
            json!({"domain": "vpc"}),
            address,
        ),
        call(
            "alice",
            1,
            "AssociateAddress",
            wanted.clone(),
            associated.clone(),
        ),
        call("carol", 2, "AssociateAddress", wanted, associated.clone()),
        call(
            "alice",
            3,
            "DisassociateAddress",
            associated.clone(),
            json!({"_return": true}),
        ),
        call(
            "mallory",
            4,
            "DisassociateAddress",
            associated,
            json!({"_return": true}),
        ),
        call(
            "bob",
            5,
            "RunInstances",
            json!({"instancesSet": {"items": [{"imageId": "ami-1"}]}}),
            json!(null),
        ),
        refused,
    ]
}

fn asked(evidence: &Evidence, arguments: &[&str]) -> Ran {
    let index = evidence.index();
    let arguments = [arguments, &["--index", index.to_str().unwrap()]].concat();
    run(&evidence.archive(), &arguments).clean()
}

fn rows(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_principal_whose_calls_changed_nothing_is_in_the_archive() {
    let evidence = Evidence::of(&in_vain());
    for (who, calls) in [
        (
            "arn:aws:iam::111122223333:user/mallory",
            &[("DisassociateAddress", "succeeded", "no-effect")][..],
        ),
        ("carol", &[("AssociateAddress", "succeeded", "repeated")]),
        (
            "bob",
            &[
                ("RunInstances", "succeeded", "response-missing"),
                ("AttachNetworkInterface", "failed", ""),
            ],
        ),
    ] {
        let ran = asked(&evidence, &["history", who, "--format", "jsonl"]).ends_with(0);
        let told: Vec<(String, String, String)> = rows(&ran)
            .iter()
            .map(|row| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (
                    text(&row["attempt"]),
                    text(&row["outcome"]),
                    text(&row["findings"][0]["code"]),
                )
            })
            .collect();
        let expected: Vec<(String, String, String)> = calls
            .iter()
            .map(|(call, outcome, code)| {
                (
                    (*call).to_owned(),
                    (*outcome).to_owned(),
                    (*code).to_owned(),
                )
            })
            .collect();
        assert_eq!(told, expected, "{who}");
    }
}

#[test]
fn a_call_that_changed_nothing_is_told_in_a_sentence() {
    let evidence = Evidence::of(&in_vain());
    let ran = asked(
        &evidence,
        &["timeline", "--kind", "eip", "--format", "jsonl"],
    )
    .ends_with(0);
    let told = rows(&ran);
    let messages: Vec<&str> = told[0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        [
            "AssociateAddress by carol from 198.51.100.7 on eipalloc-00000001, eipassoc-00000001, \
             eni-00000001 at 2024-03-01T10:02:00Z made the same Elastic IP association again; AWS answers success \
             without changing anything.",
            "DisassociateAddress by mallory from 198.51.100.7 on eipassoc-00000001 at \
             2024-03-01T10:04:00Z succeeded but changed nothing: it had ended before.",
        ]
    );
    let history = asked(&evidence, &["history", "203.0.113.1", "--format", "jsonl"]).ends_with(0);
    let calls: Vec<Value> = rows(&history)
        .into_iter()
        .map(|row| row["attempt"].clone())
        .collect();
    let calls: Vec<&str> = calls.iter().filter_map(Value::as_str).collect();
    assert_eq!(calls, ["AssociateAddress", "DisassociateAddress"]);
}

#[test]
fn attempts_among_detachments_are_attempts_to_detach() {
    let evidence = Evidence::of(&in_vain());
    let ran = asked(
        &evidence,
        &["detachments", "--attempts", "--format", "jsonl"],
    )
    .ends_with(0);
    let told = rows(&ran);
    let attempts: Vec<&str> = told
        .iter()
        .filter_map(|row| row["attempt"].as_str())
        .collect();
    assert_eq!(attempts, ["DisassociateAddress"]);
}

#[test]
fn of_an_instant_beyond_the_records_nobody_knows_all() {
    let evidence = Evidence::of(&in_vain());
    for (time, status, holds, said) in [
        ("2024-03-01T10:02:30Z", 0, vec![("yes", None); 2], ""),
        ("2024-03-01T10:06:00Z", 0, vec![("yes", None)], ""),
        (
            "2024-03-01T10:09:00Z",
            3,
            vec![("perhaps", Some("perhaps-ended"))],
            "the last that the archive has is of 2024-03-01T10:06:00Z",
        ),
        (
            "2024-03-01T09:00:00Z",
            3,
            Vec::new(),
            "the first that the archive has is of 2024-03-01T10:00:00Z",
        ),
    ] {
        let ran = asked(&evidence, &["at", time, "--format", "jsonl"]).ends_with(status);
        let told = rows(&ran);
        let told: Vec<(&str, Option<&str>)> = told
            .iter()
            .map(|row| (row["holds"].as_str().unwrap(), row["doubt"].as_str()))
            .collect();
        assert_eq!(told, holds, "{time}");
        assert!(ran.stderr.contains(said), "{time}: {}", ran.stderr);
    }
}

/// Attached by Alice to one instance, and to another by Xavier without an end in between.
fn attached_twice() -> Vec<Value> {
    let attach = |who, minute, number: u8, index: u8| {
        let request = json!({
            "networkInterfaceId": "eni-00000001", "instanceId": format!("i-0000000{number}"),
            "deviceIndex": index,
        });
        let response = json!({"attachmentId": format!("eni-attach-0000000{number}")});
        call(who, minute, "AttachNetworkInterface", request, response)
    };
    vec![attach("alice", 0, 1, 1), attach("xavier", 10, 2, 0)]
}

#[test]
fn who_only_proves_an_end_is_not_found_as_its_actor() {
    let evidence = Evidence::of(&attached_twice());
    for (actor, command, status) in [
        ("xavier", "detachments", 1),
        ("alice", "detachments", 1),
        ("alice", "timeline", 0),
        ("xavier", "timeline", 0),
    ] {
        let ran = asked(&evidence, &[command, "--actor", actor, "--format", "jsonl"]);
        let ran = ran.ends_with(status);
        assert_eq!(
            rows(&ran).len(),
            usize::from(status == 0),
            "{actor} {command}"
        );
    }
    let by_call = ["detachments", "--event", "AttachNetworkInterface"];
    asked(&evidence, &by_call).ends_with(0);
}

#[test]
fn what_cannot_be_done_with_a_primary_interface_is_said_and_no_command_given() {
    let evidence = Evidence::of(&attached_twice());
    let ran = asked(&evidence, &["explain", "0000-0000"]).ends_with(0);
    assert!(
        ran.stdout.contains("aws ec2 detach-network-interface"),
        "{}",
        ran.stdout
    );
    let ran = asked(&evidence, &["explain", "0000-0010"]).ends_with(0);
    assert!(
        !ran.stdout.contains("aws ec2 detach-network-interface"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("device index 0"), "{}", ran.stdout);
}

#[test]
fn two_calls_under_one_event_id_are_two_events_and_the_sums_say_so() {
    let records = in_vain();
    let mut later = records[1].clone();
    later["eventTime"] = json!("2024-03-01T10:30:00Z");
    let evidence = Evidence::new();
    let log = json!({"Records": [records[1], later]});
    evidence.write("a.json", log.to_string().as_bytes());
    let ran = asked(&evidence, &["ingest", ".", "--format", "json"]).ends_with(0);
    let report = ran.json();
    let counts = |name: &str| report["records"][name].as_u64().unwrap();
    assert_eq!((counts("indexed"), counts("duplicate")), (1, 1));
    assert_eq!(report["events"]["AssociateAddress"]["succeeded"], 2);
    assert_eq!(
        report["event_ids"],
        json!({"indexed": 1, "told_apart": 1, "not_told": 0})
    );
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["code"] == "conflicting-duplicate")
    );
    let ran = asked(&evidence, &["ingest", "."]).ends_with(0);
    let words = "2 in the index = 1 eventID + 1 told apart";
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
}
