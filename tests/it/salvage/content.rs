//! Content that is cut, damaged, oddly encoded, or no log at all.

use super::*;

/// One way in which a file may be wrong, and what is to become of it.
struct Row {
    name: &'static str,
    bytes: Vec<u8>,
    /// The records that are read.
    records: Vec<usize>,
    /// How many elements are malformed, and how many of them look like events in scope.
    malformed: (u64, u64),
    /// How the outcome begins.
    outcome: &'static str,
    findings: Vec<&'static str>,
    /// Where in the content the damage is told; absent where there is nothing to tell.
    offset: Option<u64>,
}

fn row(name: &'static str, bytes: Vec<u8>) -> Row {
    Row {
        name,
        bytes,
        records: vec![0, 1, 2],
        malformed: (0, 0),
        outcome: "read",
        findings: Vec::new(),
        offset: None,
    }
}

/// The log of three records, the second changed; one record is lost, and told at its place.
fn spoiled(name: &'static str, from: &str, to: &[u8]) -> Row {
    let content = log(0..3);
    let second = content.find(&record(1)).unwrap();
    let at = second + record(1).find(from).unwrap();
    let changed = [
        &content.as_bytes()[..at],
        to,
        &content.as_bytes()[at + from.len()..],
    ]
    .concat();
    Row {
        records: vec![0, 2],
        malformed: (1, 1),
        offset: Some(second as u64),
        ..row(name, gzip(&changed))
    }
}

/// The log of three records, the second changed, with nothing lost.
fn kept(name: &'static str, from: &str, to: &str) -> Row {
    Row {
        records: vec![0, 1, 2],
        malformed: (0, 0),
        offset: None,
        ..spoiled(name, from, to.as_bytes())
    }
}

fn no_log(name: &'static str, bytes: &[u8], outcome: &'static str) -> Row {
    Row {
        records: vec![],
        outcome,
        ..row(name, bytes.to_vec())
    }
}

fn utf_16(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    let bytes = units.flat_map(|unit| match little {
        true => unit.to_le_bytes(),
        false => unit.to_be_bytes(),
    });
    bytes.collect()
}

fn containers() -> Vec<Row> {
    let content = log(0..3);
    let whole = gzip(content.as_bytes());
    let end = whole.len();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let all = content.len() as u64;
    // Barely compressed, so that a cut in the middle falls into the records.
    let mut stored = GzEncoder::new(Vec::new(), Compression::none());
    stored.write_all(content.as_bytes()).unwrap();
    let stored = stored.finish().unwrap();
    let third = content.find(&record(2)).unwrap();
    vec![
        row("as AWS delivers it", whole.clone()),
        row("plain JSON", content.clone().into_bytes()),
        Row {
            records: vec![0, 1, 2, 3, 4],
            findings: vec!["second-gzip-member", "second-document"],
            ..row(
                "two members, each valid JSON",
                [&whole[..], &gzip(log(3..5).as_bytes())].concat(),
            )
        },
        Row {
            findings: vec!["trailing-bytes"],
            outcome: "partial: 7 bytes behind its end were not read",
            offset: Some(all),
            ..row(
                "7 bytes of garbage after the member",
                [&whole[..], b"garbage"].concat(),
            )
        },
        Row {
            findings: vec!["zero-padding"],
            ..row("1 byte of zero padding", [&whole[..], &[0]].concat())
        },
        Row {
            findings: vec!["zero-padding"],
            ..row(
                "512 bytes of zero padding",
                [&whole[..], &[0; 512]].concat(),
            )
        },
        Row {
            outcome: "partial: gzip trailer missing",
            findings: vec!["trailer-missing"],
            offset: Some(all),
            ..row("last byte missing", whole[..end - 1].to_vec())
        },
        Row {
            outcome: "partial: gzip trailer missing",
            findings: vec!["trailer-missing"],
            offset: Some(all),
            ..row("whole trailer missing", whole[..end - 8].to_vec())
        },
        Row {
            records: vec![0, 1],
            outcome: "partial: gzip stream cut after 2 records",
            offset: Some(third as u64),
            ..row("cut in the middle", stored[..stored.len() - 100].to_vec())
        },
        Row {
            outcome: "partial: gzip checksum does not match",
            findings: vec!["checksum-mismatch"],
            offset: Some(all),
            ..row("wrong CRC", flipped(end - 8))
        },
        Row {
            outcome: "partial: gzip size does not match",
            findings: vec!["checksum-mismatch"],
            offset: Some(all),
            ..row("wrong ISIZE", flipped(end - 4))
        },
    ]
}

fn encodings() -> Vec<Row> {
    let content = log(0..3);
    let nested = format!("{{\"x\":{}{},", "[".repeat(200), "]".repeat(200));
    vec![
        Row {
            findings: vec!["byte-order-mark"],
            ..row("BOM", gzip(format!("\u{feff}{content}").as_bytes()))
        },
        no_log(
            "UTF-16 with its mark, as PowerShell writes it",
            &[b"\xff\xfe", &utf_16(&content, true)[..]].concat(),
            "failed: text in the encoding utf-16, which",
        ),
        no_log(
            "UTF-16 with the other mark",
            &[b"\xfe\xff", &utf_16(&content, false)[..]].concat(),
            "failed: text in the encoding utf-16, which",
        ),
        no_log(
            "UTF-16 without a mark",
            &gzip(&utf_16(&content, true)),
            "failed: text in the encoding utf-16, without",
        ),
        spoiled("one Latin-1 byte", "us-east-1", b"caf\xe9"),
        spoiled("one lone surrogate", "us-east-1", br"\ud800"),
        spoiled("one raw ESC byte in a string", "us-east-1", b"\x1b[2J"),
        spoiled("nesting 200", "{", nested.as_bytes()),
        kept("1e400", "{", r#"{"n":1e400,"#),
        kept(
            "30-digit integer",
            "{",
            r#"{"n":123456789012345678901234567890,"#,
        ),
        spoiled("NaN", "{", br#"{"n":NaN,"#),
        Row {
            findings: vec!["duplicate-key"],
            ..kept("duplicate key", "{", r#"{"eventName":"CreateVpc","#)
        },
        Row {
            findings: vec!["duplicate-key"],
            ..kept(
                "duplicate key deep inside",
                r#"{"attachmentId""#,
                r#"{"attachmentId":"x","attachmentId""#,
            )
        },
    ]
}

fn others() -> Vec<Row> {
    let content = log(0..3);
    let digest = r#"{"digestStartTime":"2024-03-01T10:00:00Z","digestS3Object":"x","logFiles":[]}"#;
    let insight =
        r#"{"Records":[{"eventType":"AwsCloudTrailInsight","eventTime":"2024-03-01T10:00:00Z"}]}"#;
    vec![
        no_log(
            "Records: null",
            br#"{"Records":null}"#,
            "skipped: no CloudTrail records",
        ),
        no_log(
            "Records: []",
            br#"{"Records":[]}"#,
            "skipped: no CloudTrail records: an empty list of them",
        ),
        no_log(
            "an empty object",
            b"{}",
            "skipped: no CloudTrail records: an object",
        ),
        Row {
            findings: vec!["second-document"],
            ..row(
                "Records: [] beside records",
                [b"{\"Records\":[]}\n", content.as_bytes()].concat(),
            )
        },
        Row {
            offset: Some(12),
            ..no_log(
                "Records: [ only",
                br#"{"Records":["#,
                "partial: the JSON ends before it is complete: after 0 records",
            )
        },
        no_log("[]", b"[]", "skipped: no CloudTrail records"),
        no_log(
            "no Records",
            br#"{"a":1}"#,
            "skipped: no CloudTrail records: an object with a",
        ),
        no_log(
            "a digest file",
            &gzip(digest.as_bytes()),
            "skipped: a digest file of CloudTrail",
        ),
        no_log("an Insights file", &gzip(insight.as_bytes()), "read"),
        Row {
            malformed: (4, 0),
            offset: Some(12),
            ..no_log(
                "records 1, null, \"x\", []",
                br#"{"Records":[1,null,"x",[]]}"#,
                "read",
            )
        },
        no_log("empty file", b"", "failed: empty file"),
        no_log(
            "1f 8b only",
            b"\x1f\x8b",
            "failed: gzip header cut before the first record",
        ),
        no_log(
            "not gzip",
            b"hello",
            "failed: neither gzip nor JSON: it begins with \"hello\"",
        ),
        no_log(
            "only zeros, as a placeholder has",
            &[0; 4096],
            "failed: only zero bytes",
        ),
        no_log(
            "records in parts under other names",
            br#"{"list":[{"call":"DetachNetworkInterface","by":"ec2.amazonaws.com"}]}"#,
            "failed: no CloudTrail records, but what resembles one in scope",
        ),
        row(
            "records under another name",
            content.replace("Records", "Secords").into_bytes(),
        ),
        Row {
            records: vec![0, 1, 2, 3],
            findings: vec!["second-document"],
            ..row(
                "second JSON document after the first",
                [content, log(3..4)].concat().into_bytes(),
            )
        },
    ]
}

#[test]
fn every_kind_of_bad_content_gives_what_is_whole_and_costs_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for number in 0..50 {
        let content = log(100 + number..102 + number);
        put(
            root,
            &format!("good-{number:02}.json.gz"),
            &gzip(content.as_bytes()),
        );
    }
    let limits = Limits::default();
    let read_good = |reader: &mut Reader| -> Vec<Salvaged> {
        let good = candidates(root)
            .into_iter()
            .filter(|file| file.source.as_str().contains("/good-"));
        good.map(|file| read_with(reader, &file, &limits)).collect()
    };
    let good = read_good(&mut Reader::new());
    assert!(
        good.iter()
            .all(|one| outcome(&one.row) == "read" && one.taken.len() == 2)
    );
    // One reader reads all, as in a run: nothing of a bad file may stay in it.
    let mut reader = Reader::new();
    for row in [containers(), encodings(), others()].into_iter().flatten() {
        let path = put(root, "bad.json.gz", &row.bytes);
        let salvaged = read_with(&mut reader, &candidate(&path), &limits);
        let name = row.name;
        salvaged.assert_accounted(name);
        assert_eq!(salvaged.numbers(), row.records, "{name}");
        let told = outcome(&salvaged.row);
        assert!(told.starts_with(row.outcome), "{name}: {told}");
        assert_eq!(salvaged.codes(), row.findings, "{name}");
        let records = salvaged.row.records;
        let malformed = (records.malformed, records.malformed_in_scope);
        assert_eq!(
            malformed, row.malformed,
            "{name}: {:?}",
            salvaged.row.warnings
        );
        let warned = salvaged
            .row
            .warnings
            .first()
            .and_then(|warning| warning.offset);
        assert_eq!(
            salvaged.row.end_offset.or(warned),
            row.offset,
            "{name}: {told}"
        );
        assert!(salvaged.row.sha256.is_some(), "{name}");
        assert_eq!(read_good(&mut reader), good, "{name}");
    }
}

#[test]
fn numbers_are_kept_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    for row in encodings()
        .into_iter()
        .filter(|row| row.name.starts_with(['1', '3']))
    {
        let path = put(folder.path(), "x", &row.bytes);
        let salvaged = read(&candidate(&path), &Limits::default());
        let raw = &salvaged.taken[1].raw;
        assert!(
            raw.contains("\"n\":1e400") || raw.contains("\"n\":123456789012345678901234567890")
        );
    }
}
