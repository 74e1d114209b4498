//! Records that were made, cut or changed to mislead: what they spoil is told, and nothing else is.

use serde_json::{Value, json};

use crate::properties::evidence::Evidence;

/// A detachment at a minute past ten.
fn detachment(id: &str, minute: u32, attachment: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DetachNetworkInterface",
        "eventID": id,
        "eventTime": format!("2024-03-01T10:{minute:02}:00Z"),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
        "requestParameters": {"attachmentId": attachment, "force": false},
        "responseElements": {"requestId": "r", "_return": true},
    })
}

/// Ingests records given as text.
fn evidence(records: &[String]) -> Evidence {
    let evidence = Evidence::new();
    let content = format!("{{\"Records\":[{}]}}", records.join(","));
    evidence.write("log.json", content.as_bytes());
    evidence
}

#[test]
fn a_record_that_cannot_be_interpreted_spoils_no_other() {
    let good = detachment("0000-0001", 0, "eni-attach-00000001").to_string();
    let bad = detachment("0000-0002", 1, "eni-attach-00000002").to_string();
    for (bad, reason) in [
        (
            bad.replace("false", r#"{"$serde_json::private::Number":"abc"}"#),
            "invalid number",
        ),
        (
            bad.replace("false", r#"{"$serde_json::private::RawValue":"abc"}"#),
            "no valid JSON",
        ),
    ] {
        let evidence = evidence(&[good.clone(), bad.clone()]);
        let report = evidence.ingest(2);
        let told: Vec<&str> = report
            .warnings
            .iter()
            .map(|warning| warning.reason.as_str())
            .collect();
        assert_eq!((report.records.indexed, report.records.malformed), (1, 1));
        assert!(told.len() == 1 && told[0].contains(reason), "{told:?}");
        assert_eq!(
            evidence.reader().totals().records.malformed,
            report.records.malformed
        );
    }
}
