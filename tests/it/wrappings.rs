//! The same records in every wrapping in which investigators hold them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use trailspan::report::FileOutcome;

use crate::properties::evidence::{Evidence, assert_same, lines_without_places};

/// A wrapping: what it is called, the name of its file, and how records are put into it.
pub(crate) struct Wrapping {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) wrap: fn(&[Value]) -> Vec<u8>,
}

/// Every wrapping that is read.
pub(crate) const WRAPPINGS: [Wrapping; 22] = [
    Wrapping {
        name: "S3, as delivered",
        file: "log.json.gz",
        wrap: |records| gzip(&log_file(records)),
    },
    Wrapping {
        name: "gzip by no name",
        file: "log",
        wrap: |records| gzip(&log_file(records)),
    },
    Wrapping {
        name: "plain",
        file: "log.json",
        wrap: log_file,
    },
    Wrapping {
        name: "plain by the name of gzip",
        file: "log.json.gz",
        wrap: log_file,
    },
    Wrapping {
        name: "array",
        file: "array.json",
        wrap: |records| json!(records).to_string().into_bytes(),
    },
    Wrapping {
        name: "lines",
        file: "lines.jsonl",
        wrap: |records| lines(records, Value::to_string),
    },
    Wrapping {
        name: "a log file a line",
        file: "logs.jsonl",
        wrap: |records| lines(records, |record| json!({"Records": [record]}).to_string()),
    },
    Wrapping {
        name: "EventBridge",
        file: "events.jsonl",
        wrap: |records| lines(records, |record| event_bridge(record).to_string()),
    },
    Wrapping {
        name: "SNS around EventBridge",
        file: "messages.jsonl",
        wrap: |records| lines(records, |record| sns(&event_bridge(record)).to_string()),
    },
    Wrapping {
        name: "SQS around SNS around EventBridge",
        file: "queue.json",
        wrap: |records| {
            let messages: Vec<Value> = records
                .iter()
                .map(|record| json!({"MessageId": "a1", "Body": sns(&event_bridge(record)).to_string()}))
                .collect();
            json!({"Messages": messages}).to_string().into_bytes()
        },
    },
    Wrapping {
        name: "strings in an array",
        file: "strings.json",
        wrap: |records| {
            let texts: Vec<String> = records.iter().map(Value::to_string).collect();
            json!(texts).to_string().into_bytes()
        },
    },
    Wrapping {
        name: "hits of a search",
        file: "hits.json",
        wrap: |records| {
            let hits: Vec<Value> = records
                .iter()
                .map(|record| json!({"_index": "trail", "_source": record}))
                .collect();
            json!({"took": 3, "hits": {"hits": hits}})
                .to_string()
                .into_bytes()
        },
    },
    Wrapping {
        name: "lookup-events",
        file: "lookup.json",
        wrap: |records| {
            let events: Vec<Value> = records.iter().map(looked_up).collect();
            json!({"Events": events, "NextToken": "AAA="})
                .to_string()
                .into_bytes()
        },
    },
    Wrapping {
        name: "lookup-events printed for people",
        file: "lookup-pretty.json",
        wrap: |records| {
            let events: Vec<Value> = records.iter().map(looked_up).collect();
            serde_json::to_vec_pretty(&json!({"Events": events})).unwrap()
        },
    },
    Wrapping {
        name: "a looked-up event a line",
        file: "plaso.jsonl",
        wrap: |records| lines(records, |record| looked_up(record).to_string()),
    },
    Wrapping {
        name: "CloudWatch Logs export",
        file: "000000.gz",
        wrap: |records| {
            gzip(&lines(records, |record| {
                format!("2024-01-02T03:04:05.678Z {record}")
            }))
        },
    },
    Wrapping {
        name: "CloudWatch Logs export in milliseconds",
        file: "000001.gz",
        wrap: |records| gzip(&lines(records, |record| format!("1704164645678 {record}"))),
    },
    Wrapping {
        name: "CloudWatch Logs subscription",
        file: "batch.gz",
        wrap: |records| {
            let events: Vec<Value> = records
            .iter()
            .map(|record| json!({"id": "3", "timestamp": 1_704_164_645_678_u64, "message": record.to_string()}))
            .collect();
            gzip(json!({
            "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "CloudTrail/logs",
            "logStream": "111122223333_CloudTrail_us-east-1", "logEvents": events,
        }).to_string().as_bytes())
        },
    },
    Wrapping {
        name: "CloudTrail Lake",
        file: "rows.json",
        wrap: |records| {
            let rows: Vec<Value> = records
            .iter()
            .map(|record| json!([{"eventID": record["eventID"]}, {"eventJson": record.to_string()}]))
            .collect();
            json!({"QueryStatus": "FINISHED", "QueryResultRows": rows})
                .to_string()
                .into_bytes()
        },
    },
    Wrapping {
        name: "several gzip members",
        file: "members.json.gz",
        wrap: |records| {
            records
                .iter()
                .flat_map(|record| gzip(&log_file(std::slice::from_ref(record))))
                .collect()
        },
    },
    Wrapping {
        name: "Records is not the first key",
        file: "late.json",
        wrap: |records| {
            let records: Vec<String> = records.iter().map(Value::to_string).collect();
            format!(
                "{{\"a\":{{\"eventName\":null}},\"b\":[1],\"Records\":[{}],\"c\":1}}",
                records.join(",")
            )
            .into_bytes()
        },
    },
    Wrapping {
        name: "byte order mark",
        file: "bom.json",
        wrap: |records| [b"\xef\xbb\xbf".to_vec(), log_file(records)].concat(),
    },
];

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn log_file(records: &[Value]) -> Vec<u8> {
    json!({"Records": records}).to_string().into_bytes()
}

fn lines(records: &[Value], line: impl Fn(&Value) -> String) -> Vec<u8> {
    let lines = records.iter().map(|record| line(record) + "\n");
    lines.collect::<String>().into_bytes()
}

fn event_bridge(record: &Value) -> Value {
    json!({
        "version": "0", "id": "6d0e0a0b", "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2", "account": record["recipientAccountId"], "time": record["eventTime"],
        "region": record["awsRegion"], "resources": [], "detail": record,
    })
}

fn sns(message: &Value) -> Value {
    json!({
        "Type": "Notification", "MessageId": "b1c2", "Message": message.to_string(),
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:trail", "Timestamp": "2024-03-01T10:00:05.000Z",
    })
}

fn looked_up(record: &Value) -> Value {
    json!({
        "EventId": record["eventID"], "EventName": record["eventName"], "ReadOnly": "false",
        "EventTime": "2022-02-08 09:23:37+11:00", "Username": "someone else",
        "Resources": [{"ResourceType": "AWS::EC2::NetworkInterface", "ResourceName": "eni-0ffffffffffffffff"}],
        "CloudTrailEvent": record.to_string(),
    })
}

/// Five records: an attachment, its end, an attempt, another service, and an address.
pub(crate) fn five_records() -> Vec<Value> {
    let record = |number: u8, name: &str, request: Value, response: Value| {
        json!({
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333",
                "arn": "arn:aws:iam::111122223333:user/alice", "accessKeyId": "AKIAEXAMPLE0000000000"},
            "eventTime": format!("2024-03-01T10:0{number}:00Z"),
            "eventSource": "ec2.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "aws-cli/2.15 \"quoted\" \\ back\u{e9}",
            "requestParameters": request,
            "responseElements": response,
            "requestID": format!("11111111-2222-4333-8444-00000000000{number}"),
            "eventID": format!("0002a88a-aaaa-4bbb-8ccc-00000000000{number}"),
            "recipientAccountId": "111122223333",
        })
    };
    let mut records = vec![
        record(
            1,
            "AttachNetworkInterface",
            json!({"networkInterfaceId": "eni-0a1b2c3d4e5f60718", "instanceId": "i-0a1b2c3d4e5f60718", "deviceIndex": 1}),
            json!({"attachmentId": "eni-attach-0a1b2c3d4e5f60718"}),
        ),
        record(
            2,
            "AssociateAddress",
            json!({"allocationId": "eipalloc-0a1b2c3d4e5f60718", "networkInterfaceId": "eni-0a1b2c3d4e5f60718"}),
            json!({"associationId": "eipassoc-0a1b2c3d4e5f60718"}),
        ),
        record(
            3,
            "DetachNetworkInterface",
            json!({"attachmentId": "eni-attach-0a1b2c3d4e5f60718"}),
            Value::Null,
        ),
        record(
            4,
            "DetachNetworkInterface",
            json!({"attachmentId": "eni-attach-0a1b2c3d4e5f60718"}),
            json!({"_return": true}),
        ),
        record(5, "GetObject", json!({"bucketName": "x"}), Value::Null),
    ];
    records[2]["errorCode"] = json!("Client.UnauthorizedOperation");
    records[4]["eventSource"] = json!("s3.amazonaws.com");
    records
}

#[test]
fn every_wrapping_gives_the_same_intervals_and_events() {
    let five = five_records();
    let plain = Evidence::new();
    plain.write("log.json", &log_file(&five));
    let expected = plain.ingest(1);
    assert_eq!((expected.records.seen, expected.records.indexed), (5, 4));
    let expected_lines = lines_without_places(&plain.reader());
    assert_eq!(expected_lines.len(), 3, "two intervals and an attempt");
    for Wrapping { name, file, wrap } in WRAPPINGS {
        let evidence = Evidence::new();
        evidence.write(file, &wrap(&five));
        let report = evidence.ingest(1);
        assert_eq!(report.files.read, 1, "{name}: {:?}", report.warnings);
        assert_eq!(report.records, expected.records, "{name}");
        assert_eq!(report.events, expected.events, "{name}");
        assert_eq!(report.coverage, expected.coverage, "{name}");
        assert_same(
            &lines_without_places(&evidence.reader()),
            &expected_lines,
            name,
        );
    }
}

#[test]
fn all_wrappings_together_hold_each_event_once() {
    let five = five_records();
    let evidence = Evidence::new();
    for Wrapping { name, file, wrap } in WRAPPINGS {
        evidence.write(&format!("{name}/{file}"), &wrap(&five));
    }
    let report = evidence.ingest(2);
    let copies = WRAPPINGS.len() as u64;
    assert_eq!(report.files.read, copies);
    assert_eq!(
        (report.records.indexed, report.records.duplicate),
        (4, 4 * (copies - 1))
    );
    assert_eq!(report.records.out_of_scope, copies);
    let codes: Vec<&str> = report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    for code in ["byte-order-mark", "second-document", "second-gzip-member"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}

#[test]
fn what_altered_the_file_but_not_its_records_is_a_finding() {
    for (wrapping, code) in [
        ("several gzip members", "second-gzip-member"),
        ("byte order mark", "byte-order-mark"),
    ] {
        let Wrapping { name, file, wrap } = WRAPPINGS
            .into_iter()
            .find(|known| known.name == wrapping)
            .unwrap();
        let evidence = Evidence::new();
        evidence.write(file, &wrap(&five_records()));
        let report = evidence.ingest(1);
        assert!(
            report.findings.iter().any(|finding| finding.code == code),
            "{name}: {:?}",
            report.findings
        );
    }
}

#[test]
fn a_digest_is_set_aside_with_its_reason_and_counted() {
    let digest = json!({
        "awsAccountId": "111122223333", "digestStartTime": "2024-03-01T09:00:00Z",
        "digestEndTime": "2024-03-01T10:00:00Z", "digestS3Bucket": "trail",
        "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/03/01/x.json.gz",
        "digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff",
        "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": null, "oldestEventTime": null,
        "previousDigestS3Bucket": null, "previousDigestS3Object": null, "previousDigestHashValue": null,
        "previousDigestHashAlgorithm": null, "previousDigestSignature": null, "logFiles": [],
    });
    let evidence = Evidence::new();
    evidence.write("log.json", &log_file(&five_records()));
    evidence.write("digest.json.gz", &gzip(digest.to_string().as_bytes()));
    let report = evidence.ingest(1);
    assert_eq!(
        (report.files.found, report.files.read, report.files.skipped),
        (2, 1, 1)
    );
    assert_eq!(report.records.seen, 5);
    assert!(!report.has_holes());
    let files = evidence.reader().files().unwrap();
    let digest = files
        .iter()
        .find(|file| file.source.as_str().ends_with("digest.json.gz"))
        .unwrap();
    assert_eq!(
        digest.outcome,
        FileOutcome::Skipped {
            reason: "a digest file of CloudTrail".into()
        }
    );
}
