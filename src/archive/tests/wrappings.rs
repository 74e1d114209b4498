//! Every wrapping gives the same records.

use super::*;

pub(super) fn wrapped_alike() -> Vec<(&'static str, String)> {
    let five = records(5);
    let lines = |wrap: &dyn Fn(&str) -> String| -> String {
        five.iter().map(|record| wrap(record) + "\n").collect()
    };
    let list = |wrap: &dyn Fn(&str) -> String| -> String {
        let wrapped: Vec<String> = five.iter().map(|record| wrap(record)).collect();
        wrapped.join(", ")
    };
    let event_bridge = |record: &str| {
        format!(
            r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{record},"resources":[]}}"#
        )
    };
    let sns = |message: &str| format!(r#"{{"Type":"Notification","Message":{}}}"#, quoted(message));
    let looked_up = |record: &str| {
        format!(
            r#"{{"EventId":"x","EventTime":1.5e9,"Resources":[{{}}],"CloudTrailEvent":{}}}"#,
            quoted(record)
        )
    };
    let log_event =
        |record: &str| format!(r#"{{"id":"1","timestamp":1,"message":{}}}"#, quoted(record));
    let row = |record: &str| {
        format!(
            r#"[{{"eventName":"x"}},{{"eventJson":{}}}]"#,
            quoted(record)
        )
    };
    let in_unknown = |key: &str| {
        let key = key.to_owned();
        move |record: &str| format!(r#"{{"id":["x",1,null],"{key}":{record},"text":"{{x}}"}}"#)
    };
    let mut wrapped = vec![
        ("a trail's log file", log_file(&five)),
        (
            "Records is not the first key",
            format!(
                r#"{{"a":[1,{{"b":2}}],"c":"d","Records":[{}],"e":null}}"#,
                list(&str::to_owned)
            ),
        ),
        ("an array of records", format!("[{}]", list(&str::to_owned))),
        ("a record a line", lines(&str::to_owned)),
        (
            "a record a line, as RFC 7464",
            lines(&|record| format!("\x1e{record}")),
        ),
        (
            "a log file a line",
            lines(&|record| log_file(&[record.to_owned()])),
        ),
        (
            "an array of log files",
            format!("[{}]", list(&|record| log_file(&[record.to_owned()]))),
        ),
        ("EventBridge, a line each", lines(&event_bridge)),
        (
            "EventBridge in an array",
            format!("[{}]", list(&event_bridge)),
        ),
        (
            "EventBridge in SNS",
            lines(&|record| sns(&event_bridge(record))),
        ),
        ("a log file in SNS", sns(&log_file(&five))),
        (
            "lookup-events",
            format!(r#"{{"Events":[{}],"NextToken":"x"}}"#, list(&looked_up)),
        ),
        ("lookup-events, an event a line", lines(&looked_up)),
        (
            "a CloudWatch Logs subscription",
            format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{}]}}"#,
                list(&log_event)
            ),
        ),
        (
            "get-log-events",
            format!(r#"{{"events":[{}]}}"#, list(&log_event)),
        ),
        (
            "a CloudWatch Logs export",
            lines(&|record| format!("2024-01-02T03:04:05.678Z {record}")),
        ),
        (
            "a CloudWatch Logs export in milliseconds",
            lines(&|record| format!("1704164645678 {record}")),
        ),
        (
            "CloudTrail Lake",
            format!(
                r#"{{"QueryStatus":"FINISHED","QueryResultRows":[{}]}}"#,
                list(&row)
            ),
        ),
    ];
    let body = |record: &str| {
        let message = sns(&event_bridge(record));
        format!(
            r#"{{"MessageId":"1","ReceiptHandle":"AQ","Body":{}}}"#,
            quoted(&message)
        )
    };
    let original = |record: &str| {
        let event = format!(r#"{{"action":"x","original":{}}}"#, quoted(record));
        format!(r#"{{"_source":{{"message":"some text","event":{event}}}}}"#)
    };
    wrapped.extend([
        (
            "EventBridge in SNS in SQS",
            format!(r#"{{"Messages":[{}]}}"#, list(&body)),
        ),
        (
            "SQS as a function gets it",
            format!(
                r#"{{"Records":[{}]}}"#,
                list(&|record| body(record).replace("Body", "body"))
            ),
        ),
        ("an array of strings", format!("[{}]", list(&quoted))),
        ("a string a line", lines(&quoted)),
        (
            "strings in an array in an object",
            format!(r#"{{"count":5,"items":[{}]}}"#, list(&quoted)),
        ),
        (
            "hits of a search",
            format!(
                r#"{{"took":1,"hits":{{"total":5,"hits":[{}]}}}}"#,
                list(&in_unknown("_source"))
            ),
        ),
        ("a hit a line", lines(&in_unknown("_source"))),
        ("the original within a hit", lines(&original)),
        (
            "a string under any key, a line each",
            lines(&|record| in_unknown("cloud_trail_event")(&quoted(record))),
        ),
        (
            "beside what holds elements",
            format!(r#"{{"events":[],"found":[{}]}}"#, list(&str::to_owned)),
        ),
    ]);
    wrapped
}

#[test]
fn every_wrapping_gives_the_same_five_records() {
    let expected = read(log_file(&records(5)).as_bytes());
    assert_eq!(expected.ids(), ids(5));
    for (name, content) in wrapped_alike() {
        for content in [content.clone().into_bytes(), gzip(content.as_bytes())] {
            let outcome = read(&content);
            assert_eq!(outcome.outcome(), "read", "{name}");
            assert_eq!(
                outcome.counts(),
                (5, 0, 0, 0),
                "{name}: {}",
                outcome.reasons()
            );
            for (one, other) in expected.taken.iter().zip(&outcome.taken) {
                let other = Taken {
                    offset: one.offset,
                    ..other.clone()
                };
                assert_eq!(*one, other, "{name}");
            }
            assert_eq!(outcome.entry.coverage, expected.entry.coverage, "{name}");
        }
    }
}

#[test]
fn a_head_holds_the_fields_that_all_records_share() {
    let content = format!(" {}", log_file(&records(2)));
    let outcome = read(content.as_bytes());
    let second = &outcome.taken[1];
    assert_eq!(second.raw, record(1));
    assert_eq!(
        (second.name.as_str(), second.ordinal),
        ("DetachNetworkInterface", 2)
    );
    assert_eq!(second.time, "2024-03-01T10:01:00Z");
    assert_eq!(
        (second.region.as_str(), second.account.as_str()),
        ("us-east-1", "111122223333")
    );
    assert!(content[second.offset as usize..].starts_with(&second.raw));
    let span = outcome
        .entry
        .coverage
        .span("111122223333", "us-east-1")
        .unwrap();
    assert_eq!(span.records, 2);
}

#[test]
fn the_account_is_the_recipients_else_the_callers() {
    let old = record(0).replace(r#","recipientAccountId":"111122223333""#, "");
    assert_eq!(read(old.as_bytes()).taken[0].account, "999988887777");
    let neither = old.replace("accountId", "account");
    assert_eq!(read(neither.as_bytes()).taken[0].account, "");
}

#[test]
fn the_offset_of_a_record_in_a_string_is_that_of_the_string() {
    let content = format!(
        r#"{{"Type":"x","Message":{}}}"#,
        quoted(&log_file(&records(2)))
    );
    let outcome = read(content.as_bytes());
    let string = content.find("\"{").unwrap() as u64;
    assert_eq!(
        outcome
            .taken
            .iter()
            .map(|taken| taken.offset)
            .collect::<Vec<_>>(),
        [string; 2]
    );
}

#[test]
fn an_event_is_found_however_it_is_written() {
    for content in [
        r#"{"eventName" : "DetachNetworkInterface","eventSource":"ec2.amazonaws.com","eventTime":"2024-03-01T10:00:00Z"}"#,
        "{\n\t\"eventTime\"\r\n: \"2024-03-01T10:00:00Z\" ,\"eventSource\":\"ec2.amazonaws.com\"\n,\"eventName\":\"DetachNetworkInterface\"\n}",
        r#"{"\u0065ventName":"Detach\u004eetworkInterface","eventSource":"ec2.amazonaws\u002ecom","eventTime":"2024-03-01T10:00:00Z"}"#,
        r#"{"eventName":"Other","eventSource":"ec2.amazonaws.com","eventTime":"2024-03-01T10:00:00Z","eventName":"DetachNetworkInterface"}"#,
        r#"{"Records":1,"eventName":"DetachNetworkInterface","eventSource":"ec2.amazonaws.com","eventTime":"2024-03-01T10:00:00Z","Events":[]}"#,
    ] {
        assert_eq!(read(content.as_bytes()).counts(), (1, 0, 0, 0), "{content}");
        let within = format!("{{\"\\u0052ecords\" : [ {content} ] }}");
        assert_eq!(read(within.as_bytes()).counts(), (1, 0, 0, 0), "{within}");
    }
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts_unless_that_hides_an_event() {
    let twice = record(0).replacen('{', r#"{"eventName":"Other","#, 1);
    let outcome = read(twice.as_bytes());
    assert_eq!(
        (outcome.counts(), outcome.codes()),
        ((1, 0, 0, 0), vec!["duplicate-key"])
    );
    let hidden = record(0).replace(r#""eventID""#, r#""eventName":"Other","eventID""#);
    let outcome = read(hidden.as_bytes());
    assert_eq!(
        (outcome.counts(), outcome.codes()),
        ((0, 0, 1, 1), vec!["duplicate-key"])
    );
}

#[test]
fn what_is_no_call_of_the_catalogue_is_out_of_scope() {
    let insight = r#"{"eventVersion":"1.07","eventTime":"2024-03-01T10:00:00Z","awsRegion":"us-east-1","eventType":"AwsCloudTrailInsight","recipientAccountId":"111122223333","insightDetails":{"eventName":"DetachNetworkInterface","eventSource":"ec2.amazonaws.com"},"eventCategory":"Insight"}"#;
    let other_service = r#"{"version":"0","detail-type":"EC2 Instance State-change Notification","detail":{"state":"running"}}"#;
    let elements = [
        named_record(0, "RunInstances"),
        insight.into(),
        other_service.into(),
        record(1),
    ];
    let outcome = read(log_file(&elements).as_bytes());
    assert_eq!(
        (outcome.outcome().as_str(), outcome.counts()),
        ("read", (1, 3, 0, 0))
    );
    let span = outcome
        .entry
        .coverage
        .span("111122223333", "us-east-1")
        .unwrap();
    assert_eq!(span.records, 3);
    assert_eq!(outcome.taken[0].ordinal, 4);
}

#[test]
fn a_row_of_cloudtrail_lake_without_event_json_is_malformed() {
    let content = r#"{"QueryResultRows":[[{"eventName":"DetachNetworkInterface"},{"n":"1"}],[]]}"#;
    let outcome = read(content.as_bytes());
    assert_eq!(outcome.counts(), (0, 0, 2, 1));
    assert!(outcome.reasons().contains("a row without eventJson"));
}

#[test]
fn further_documents_count_and_are_a_finding() {
    let two = log_file(&records(1)) + &log_file(&[record(1)]);
    let outcome = read(two.as_bytes());
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["second-document"])
    );
    let members = [
        gzip(log_file(&records(1)).as_bytes()),
        gzip(log_file(&[record(1)]).as_bytes()),
    ];
    let outcome = read(&members.concat());
    assert_eq!(outcome.ids(), ids(2));
    assert_eq!(outcome.codes(), ["second-gzip-member", "second-document"]);
    assert_eq!(outcome.entry.gzip_members, 2);
}
