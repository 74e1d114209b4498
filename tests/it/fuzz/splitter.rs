//! The splitter: what is no record costs no record beside it, and however a record in scope is written,
//! it is found.
//!
//! The input stands as an element among whole records. Where it is one JSON value, the file is sound, and
//! a full parse says what is in it; where it is not, what stands before it is found all the same.

use serde_json::Value;
use serde_json::value::RawValue;
use trailspan::archive::Reader;

use super::container::{limits, summary};
use super::{Run, Target, sum_of};
use crate::salvage;

pub(super) const TARGET: Target = Target {
    name: "splitter",
    seeds,
    words: &[
        "\"eventName\"",
        "\"eventSource\"",
        "\"ec2.amazonaws.com\"",
        "\"DetachNetworkInterface\"",
        "\"Records\"",
        "\"detail\"",
        "\"Message\"",
        "\"CloudTrailEvent\"",
        "\"eventJson\"",
        "\"eventID\"",
        "\\u0045C2",
        "\"Body\"",
    ],
    start,
};

fn seeds() -> Vec<Vec<u8>> {
    let record = salvage::record(7);
    let quoted = serde_json::to_string(&record).unwrap();
    let texts = [
        record.clone(),
        record.replace("eventName", "event\\u004eame"),
        record.replace("ec2.amazonaws", "signin.amazonaws"),
        format!("{{\"detail\":{record},\"detail-type\":\"AWS API Call via CloudTrail\"}}"),
        format!("{{\"EventId\":\"x\",\"CloudTrailEvent\":{quoted}}}"),
        format!("{{\"Type\":\"Notification\",\"Message\":{quoted}}}"),
        format!("{{\"eventJson\":{quoted}}}"),
        format!("{{\"Records\":[{record},{record}]}}"),
        "[1,null,\"x\",{}]".to_owned(),
    ];
    texts.map(String::into_bytes).into()
}

/// Says whether a full parse finds a record in scope, and nothing but a record.
fn is_in_scope(value: &Value) -> bool {
    value["eventSource"] == "ec2.amazonaws.com" && value["eventName"] == salvage::NAMES[0]
}

fn start() -> Run {
    let folder = salvage::in_memory();
    let path = salvage::put(folder.path(), "x", b"");
    let mut file = salvage::candidate(&path);
    let mut reader = Reader::new();
    let (before, after) = (salvage::record(1), salvage::record(2));
    Box::new(move |input| {
        let mut content = format!("{{\"Records\":[{before},").into_bytes();
        content.extend_from_slice(input);
        content.extend_from_slice(format!(",{after}]}}").as_bytes());
        std::fs::write(folder.path().join("x"), &content).unwrap();
        file.size_bytes = content.len() as u64;
        let salvaged = salvage::read_with(&mut reader, &file, &limits());
        salvaged.assert_accounted("changed");
        let has = |raw: &str| salvaged.taken.iter().any(|taken| taken.raw == raw);
        assert!(has(&before), "the record before: {:?}", salvaged.row);
        let text = std::str::from_utf8(input).ok();
        let whole = text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
        let parsed = whole.and_then(|whole| serde_json::from_str::<Value>(whole.get()).ok());
        if let (Some(whole), Some(parsed)) = (whole, &parsed) {
            assert!(has(&after), "the record after: {:?}", salvaged.row);
            let is_told = salvaged.row.records.malformed > 0;
            let is_found = has(whole.get().trim());
            assert!(
                !is_in_scope(parsed) || is_found || is_told,
                "{:?}",
                salvaged.row
            );
        }
        sum_of((summary(&salvaged), parsed.is_some()))
    })
}
