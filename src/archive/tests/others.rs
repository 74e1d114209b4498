//! What is no log of CloudTrail: why a file is skipped or failed.

use super::*;

#[test]
fn what_holds_no_records_at_all_fails_and_says_why() {
    let utf_16: Vec<u8> = log_file(&records(1))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for (content, expected) in [
        (Vec::new(), "empty file"),
        (
            b"\x1f\x8b".to_vec(),
            "gzip header cut before the first record",
        ),
        (b"\x1f\x8b\x07rest of it".to_vec(), "gzip header damaged"),
        (gzip(b""), "no content"),
        (
            b"hello\x1b world".to_vec(),
            "neither gzip nor JSON: it begins with \"hello\\x1b world\"",
        ),
        (b"{\"a\":".to_vec(), "no record before byte"),
        (
            b"PK\x03\x04....".to_vec(),
            "zip archive ends within a header",
        ),
        (b"PK\x07\x08....".to_vec(), "split zip archive, which"),
        (b"7z\xbc\xaf\x27\x1c..".to_vec(), "a 7z archive, which"),
        (
            b"\x28\xb5\x2f\xfd....".to_vec(),
            "zstd frame cannot be begun",
        ),
        (b"BZh91AY".to_vec(), "bzip2 stream cut"),
        (b"\xfd7zXZ\0...".to_vec(), "xz stream cut"),
        (
            b"PAR1....".to_vec(),
            "parquet, which this version cannot read",
        ),
        (tar.clone(), "no header of tar stands where one should"),
        (gzip(&tar), "no header of tar stands where one should"),
        (
            gzip(&gzip(b"hello")),
            "neither gzip nor JSON: it begins with \"hello",
        ),
        (
            utf_16.clone(),
            "text in the encoding utf-16, without a byte order mark, which",
        ),
        (
            [b"\xff\xfe".to_vec(), utf_16].concat(),
            "text in the encoding utf-16, which",
        ),
    ] {
        let outcome = read(&content);
        let text = outcome.outcome();
        assert!(
            text.starts_with("failed") && text.contains(expected),
            "{text}"
        );
        assert_eq!(outcome.counts(), (0, 0, 0, 0));
        assert!(outcome.entry.sha256.is_some());
    }
}

#[test]
fn a_name_explains_what_content_does_not() {
    for (name, content, expected) in [
        (
            "._log.json.gz",
            &b"\0\x05\x16\x07"[..],
            "skipped: a resource fork",
        ),
        (".DS_Store", b"\0\0\0\x01Bud1", "skipped: a folder view"),
        (
            "aws-logs-write-test",
            b"Permission Check Successful",
            "skipped: a write test",
        ),
        ("x_$folder$", b"", "skipped: a placeholder"),
        ("result_sign.json", b"{\"a\":1}", "skipped: the signatures"),
        (
            "1_CloudTrail-Digest_us-east-1_t_us-east-1_x.json.gz",
            b"\x1f\x8b",
            "skipped: a digest",
        ),
        ("._hidden", br#"{"Records":[1]}"#, "read"),
    ] {
        let outcome = read_named(name, content, &Limits::default());
        let text = outcome.outcome();
        assert!(text.starts_with(expected), "{name}: {text}");
    }
}

#[test]
fn what_is_no_log_of_cloudtrail_is_skipped_and_says_what_it_is() {
    for (content, expected) in [
        (
            r#"{"a":1,"b":[],"\u001b":2}"#,
            "no CloudTrail records: an object with a, b",
        ),
        ("[]", "no CloudTrail records"),
        ("[1,2]", "no CloudTrail records: a number"),
        ("null", "no CloudTrail records: null"),
        (
            r#"{"Records":null}"#,
            "no CloudTrail records: an object with Records",
        ),
        (
            r#"{"version":"0","detail":{"state":"running"}}"#,
            "a notification of another kind",
        ),
        (
            r#"{"Type":"SubscriptionConfirmation","Message":"You have"}"#,
            "a message of plain text",
        ),
        (
            r#"{"logEvents":[{"message":"2 1 eni-1 ACCEPT"}]}"#,
            "log events without a record",
        ),
        (
            r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}"#,
            "a CloudWatch Logs control message",
        ),
        (
            r#"{"digestStartTime":"x","logFiles":[{"s3Object":"y"}]}"#,
            "a digest file",
        ),
        (
            r#"{"awsAccountId":"1","digestStartTime":"x","digestS3Object":"y"}"#,
            "a digest file",
        ),
    ] {
        let outcome = read(content.as_bytes());
        let text = outcome.outcome();
        assert!(
            text.starts_with("skipped") && text.contains(expected),
            "{content}: {text}"
        );
        assert_eq!(outcome.counts(), (0, 0, 0, 0), "{content}");
        assert!(outcome.entry.warnings.is_empty() && outcome.entry.sha256.is_some());
    }
}

#[test]
fn what_resembles_records_in_scope_is_never_skipped() {
    let whole = |text: &str| text.replace("NAME", "DetachNetworkInterface");
    for content in [
        r#"{"hits":[{"event":{"action":"NAME","provider":"ec2.amazonaws.com"}}]}"#,
        r#"{"event_name":"NAME","event_source":"ec2","data_type":"aws:cloudtrail:entry"}"#,
        r#"{"class":6003,"api":{"operation":"NAME"},"product":"CloudTrail"}"#,
        r#"{"Type":"Notification","Message":"{\"action\":\"NAME\",\"by\":\"ec2.amazonaws.com\"}"}"#,
        r#"{"detail":{"eventName":["NAME"],"eventSource":["ec2.amazonaws.com"]}}"#,
        r#"{"message":"text","event":{"action":"NAME"},"from":"cloudtrail"}"#,
        r#"{"a":{"eventName":"NAME","eventSource":"ec2.amazonaws.com","eventTime":null,"b":"#,
        "[[\"eventName: NAME\"]]",
    ] {
        let content = whole(content);
        let outcome = read(content.as_bytes());
        assert!(
            outcome.outcome().starts_with("failed"),
            "{content}: {}",
            outcome.outcome()
        );
        let beside = read(log_file(&[record(0), content.clone(), record(1)]).as_bytes());
        let (in_scope, _, malformed, of_them) = beside.counts();
        assert!(
            in_scope >= 1 && malformed == 1 && of_them == 1,
            "{content}: {}",
            beside.reasons()
        );
    }
    for content in [
        r#"{"Statement":[{"Action":"ec2:NAME","Principal":{"Service":"ec2.amazonaws.com"}}]}"#,
        r#"{"operations":{"NAME":{"name":"NAME"}},"service":"EC2"}"#,
        r#"{"eventName":"GetObject","source":"s3"}"#,
    ] {
        let outcome = read(whole(content).as_bytes());
        assert!(
            outcome.outcome().starts_with("skipped"),
            "{content}: {}",
            outcome.outcome()
        );
    }
}

#[test]
fn a_name_does_not_set_aside_what_resembles_records_in_scope() {
    let content = br#"{"event_name":"DetachNetworkInterface"}"#;
    for name in ["result_sign.json", "1_CloudTrail-Insight_us-east-1_x.json"] {
        let outcome = read_named(name, content, &Limits::default());
        assert!(
            outcome.outcome().contains("resembles"),
            "{}",
            outcome.outcome()
        );
    }
}

#[test]
fn what_holds_an_empty_list_is_skipped_unless_something_is_wrong_with_it() {
    let lists = [
        r#"{"Records":[]}"#,
        r#"{"Events":[],"NextToken":"x"}"#,
        r#"{"QueryResultRows":[]}"#,
        "{\"Records\":[]}\n{\"Records\":[]}",
    ];
    for list in lists {
        let outcome = read(list.as_bytes());
        let text = outcome.outcome();
        assert!(text.starts_with("skipped: "), "{list}: {text}");
        assert_eq!(outcome.counts(), (0, 0, 0, 0));
    }
    for cut in [r#"{"Records":["#, r#"{"Records":[]"#] {
        let text = read(cut.as_bytes()).outcome();
        assert!(text.starts_with("partial: "), "{cut}: {text}");
    }
}

#[test]
fn records_that_contradict_the_name_of_their_file_are_counted_and_named() {
    let told = |name: &str, account: &str, region: &str| {
        let other = record(1)
            .replace("111122223333", account)
            .replace("us-east-1", region);
        let content = log_file(&[record(0), other]);
        let outcome = read_named(name, content.as_bytes(), &Limits::default());
        assert_eq!(outcome.counts(), (2, 0, 0, 0));
        let mut findings = outcome.entry.findings.into_iter();
        findings
            .next()
            .map(|finding| (finding.code, finding.message.as_str().to_owned()))
    };
    let name = "111122223333_CloudTrail_us-east-1_20240301T1005Z_Zd3xTk8cWq2mVb5n.json";
    assert_eq!(told(name, "111122223333", "us-east-1"), None);
    assert_eq!(told("log.json", "444455556666", "eu-west-1"), None);
    for (account, region) in [
        ("444455556666", "us-east-1"),
        ("111122223333", "eu-west-1"),
        ("444455556666", "eu-west-1"),
    ] {
        let (code, message) = told(name, account, region).unwrap();
        assert_eq!(code, "name-contradiction");
        let expected = format!(
            "1 record is of another account or region than the name of the file says, \
             111122223333/us-east-1: {account}/{region}"
        );
        assert_eq!(message, expected);
    }
    // What a record does not say contradicts nothing.
    assert_eq!(told(name, "111122223333", ""), None);
}
