//! Copies of one event: with other contents, or delivered to another account.

use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::findings::Findings;
use trailspan::interval::{BoundKind, Interval};
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, Subject};
use trailspan::render::{Format, rows};

use super::detachment;
use crate::properties::evidence::Evidence;

fn attachment(id: &str, instance: &str) -> Value {
    let mut record = detachment(id, 0, "");
    record["eventName"] = json!("AttachNetworkInterface");
    record["requestParameters"] =
        json!({"networkInterfaceId": "eni-00000001", "instanceId": instance, "deviceIndex": 1});
    record["responseElements"] = json!({"attachmentId": "eni-attach-00000001"});
    record
}

fn intervals(evidence: &Evidence, filter: &Filter) -> Vec<Interval> {
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let answer = reconstruct::timeline(archive, filter).unwrap();
    answer.timeline.intervals
}

/// Leaves out which number an event has in its answer.
fn without_events(intervals: &[Interval]) -> Vec<Interval> {
    let mut intervals = intervals.to_vec();
    for interval in &mut intervals {
        interval.start.event = None;
        interval.end.event = None;
    }
    intervals
}

#[test]
fn of_two_contents_the_names_of_the_files_choose_none_and_what_rests_on_one_says_so() {
    let contents = ["i-00000001", "i-00000002"].map(|instance| attachment("0000-0001", instance));
    let end = detachment("0000-0002", 30, "eni-attach-00000001");
    let members = [["a.json", "b.json"], ["b.json", "a.json"]].map(|names| {
        let evidence = Evidence::new();
        for (name, content) in names.iter().zip(&contents) {
            evidence.write(name, json!({"Records": [content]}).to_string().as_bytes());
        }
        evidence.write("c.json", json!({"Records": [end]}).to_string().as_bytes());
        evidence.ingest(1);
        let told = intervals(&evidence, &Filter::default());
        let [interval] = &told[..] else {
            panic!("one interval, not {}", told.len());
        };
        let codes: Vec<&str> = interval
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(codes, ["conflicting-duplicate"]);
        assert_eq!(interval.findings[0].event_ids[0].as_str(), "0000-0001");
        interval.members.clone()
    });
    assert_eq!(members[0], members[1]);
}

#[test]
fn what_two_accounts_were_told_of_is_one_interval() {
    let mut begun = attachment("0000-0001", "i-00000001");
    begun["sharedEventID"] = json!("5a4d-shared");
    let mut copy = begun.clone();
    copy["eventID"] = json!("0000-0009");
    copy["recipientAccountId"] = json!("444455556666");
    let end = detachment("0000-0002", 30, "eni-attach-00000001");
    for own in ["111122223333", "444455556666"] {
        let mut end = end.clone();
        end["recipientAccountId"] = json!(own);
        let evidence = Evidence::of(&[begun.clone(), copy.clone(), end]);
        for asked in [None, Some("111122223333"), Some("444455556666")] {
            let filter = Filter {
                accounts: asked.into_iter().map(str::to_owned).collect(),
                ..Filter::default()
            };
            let told = intervals(&evidence, &filter);
            let subject = Subject::parse("eni-00000001");
            let reader = evidence.reader();
            let archive = Archive {
                reader: &reader,
                catalogue: Catalogue::embedded(),
            };
            let history = reconstruct::history(archive, &subject, &filter).unwrap();
            assert_eq!(
                without_events(&history.timeline.intervals),
                without_events(&told)
            );
            let expected = usize::from(asked.is_none_or(|asked| asked == own));
            assert_eq!(told.len(), expected, "{own} of {asked:?}");
            for interval in told {
                assert_eq!(interval.account.as_str(), own);
                assert_eq!(interval.end.kind, BoundKind::Observed);
                assert_eq!(interval.findings[0].code, "delivered-to-two-accounts");
            }
        }
    }
}

#[test]
fn what_is_found_of_a_call_stands_in_the_row_that_rests_on_it() {
    let begun = attachment("0000-0001", "i-00000001");
    let mut refused = detachment("0000-0002", 20, "eni-attach-00000001");
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    let calls = [begun, refused];
    let others = calls.clone().map(|mut call| {
        call["sourceIPAddress"] = json!("203.0.113.99");
        call
    });
    let evidence = Evidence::of(&[&calls[..], &others[..]].concat());
    let reader = evidence.reader();
    let catalogue = Catalogue::embedded();
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let subject = Subject::parse("eni-00000001");
    let filter = Filter::default();
    let told = reconstruct::history(archive, &subject, &filter).unwrap();
    let (told, found) = (told.timeline, Findings::default());
    let options = rows::Options {
        format: Format::Jsonl,
        ..rows::Options::default()
    };
    let mut out = Vec::new();
    let shown = rows::history(&mut out, &options, catalogue, &told, &found, false).unwrap();
    let lines = String::from_utf8(out).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((lines.len(), shown.rows), (2, 2));
    for (line, key, id) in [
        (&lines[0], "relation", "0000-0001"),
        (&lines[1], "attempt", "0000-0002"),
    ] {
        assert!(line[key].is_string(), "{line}");
        assert_eq!(line["findings"][0]["code"], "conflicting-duplicate");
        assert_eq!(line["findings"][0]["event_ids"], json!([id]));
    }

    let mut page = Vec::new();
    rows::history(
        &mut page,
        &rows::Options::default(),
        catalogue,
        &told,
        &found,
        false,
    )
    .unwrap();
    let page = String::from_utf8(page).unwrap();
    assert_eq!(page.matches("conflicting-duplicate:").count(), 2, "{page}");
    assert!(!page.contains("FINDINGS"), "{page}");

    // What was kept of the whole archive tells the same.
    let kept = reconstruct::detachments(archive, &filter, true).unwrap();
    assert_eq!(
        kept.timeline.attempts[0].findings,
        told.attempts[0].findings
    );
}
