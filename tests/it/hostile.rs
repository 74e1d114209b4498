//! Records that were made, cut or changed to mislead: what they spoil is told, and nothing else is.

mod copies;
mod doubts;
mod everywhere;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use trailspan::catalogue::Catalogue;
use trailspan::index::Which;
use trailspan::interval::Timeline;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, Subject};

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

/// Tells everything that an index holds, in the order of the events.
fn told(evidence: &Evidence) -> Timeline {
    let reader = evidence.reader();
    let stored = reader.records(&Which::All.into()).unwrap();
    let records: Vec<_> = stored.into_iter().map(|stored| stored.records).collect();
    reconstruct::direct(Catalogue::embedded(), &records, reader.coverage())
}

fn codes(told: &Timeline) -> Vec<&str> {
    let findings = told.findings.iter();
    findings.map(|finding| finding.code.as_str()).collect()
}

/// Answers `history`, which must not differ from what the whole archive tells.
fn history(evidence: &Evidence, id: &str) -> Timeline {
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let subject = Subject::parse(id);
    let answer = reconstruct::history(archive, &subject, &Filter::default()).unwrap();
    answer.timeline
}

#[test]
fn an_event_that_takes_the_id_of_another_hides_nothing() {
    let first = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut second = detachment("0000-0001", 5, "eni-attach-00000002");
    // The fuller one is believed to be the event, whoever wrote it.
    second["additionalEventData"] = json!({"a": 1, "b": 2, "c": 3, "d": 4});
    let evidence = evidence(&[first.to_string(), second.to_string()]);
    evidence.ingest(2);
    let told = told(&evidence);
    let ids: Vec<&str> = told
        .events
        .iter()
        .map(|event| event.event_id.as_str())
        .collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(
        ids[0].starts_with("0000-0001#") && ids[0].len() == "0000-0001#".len() + 64,
        "{ids:?}"
    );
    assert_eq!(ids[1], "0000-0001");
    assert_eq!(codes(&told), ["conflicting-duplicate"; 2]);
    assert_eq!(told.intervals.len(), 2);
    for id in ["eni-attach-00000001", "eni-attach-00000002"] {
        assert_eq!(history(&evidence, id).intervals.len(), 1, "{id}");
    }
    // What an answer names can be looked up.
    let reader = evidence.reader();
    let stored = reader.by_event_id(ids[0]).unwrap().unwrap();
    assert_eq!(stored.records.len(), 2);
}

/// Returns the text of the detachment at a minute past ten, with a request id by which its sum was chosen.
fn chosen(minute: u32, attachment: &str, request_id: &str) -> String {
    let mut record = detachment("0000-0001", minute, attachment);
    record["responseElements"]["requestId"] = json!(request_id);
    record.to_string()
}

#[test]
fn records_whose_sums_begin_alike_hide_nothing() {
    let one = chosen(1, "eni-attach-00000002", "r11196");
    let other = chosen(2, "eni-attach-00000003", "r9887");
    let begin = |record: &String| Sha256::digest(record)[..4].to_vec();
    assert_eq!(begin(&one), begin(&other));
    let mut first = detachment("0000-0001", 0, "eni-attach-00000001");
    first["additionalEventData"] = json!({"a": 1, "b": 2, "c": 3, "d": 4});
    let evidence = evidence(&[first.to_string(), one, other]);
    evidence.ingest(1);
    assert_eq!(told(&evidence).intervals.len(), 3);
    for id in ["eni-attach-00000002", "eni-attach-00000003"] {
        assert_eq!(history(&evidence, id).intervals.len(), 1, "{id}");
    }
}

#[test]
fn many_records_of_one_id_are_each_told() {
    let records: Vec<String> = (0..3_000)
        .map(|number| {
            let attachment = format!("eni-attach-{number:08x}");
            let mut record = detachment("0000-0001", number % 60, &attachment);
            let (minute, second) = (number % 60, number / 60);
            record["eventTime"] = json!(format!("2024-03-01T10:{minute:02}:{second:02}Z"));
            record.to_string()
        })
        .collect();
    let evidence = evidence(&records);
    evidence.ingest(1);
    let told = told(&evidence);
    assert_eq!((told.events.len(), told.intervals.len()), (3_000, 3_000));
}

#[test]
fn copies_of_one_event_that_differ_are_one_event() {
    let fuller = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut cut = fuller.clone();
    cut["responseElements"] = Value::Null;
    let evidence = evidence(&[cut.to_string(), fuller.to_string()]);
    evidence.ingest(2);
    let told = told(&evidence);
    assert_eq!(told.events.len(), 1);
    assert_eq!(told.events[0].places.len(), 2);
    assert_eq!(codes(&told), ["conflicting-duplicate"]);
}

/// A correction of a record, which gives it a field anew.
fn correction(id: &str, of: &str, field: &str, record: &Value) -> Value {
    let mut record = record.clone();
    record["eventID"] = json!(id);
    record["addendum"] = json!({
        "reason": "UPDATED_DATA", "updatedFields": field, "originalEventID": of,
    });
    record
}

#[test]
fn a_correction_gives_what_the_original_lacks() {
    let whole = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut original = whole.clone();
    original
        .as_object_mut()
        .unwrap()
        .remove("requestParameters");
    for field in ["requestParameters", "requestParameters.attachmentId"] {
        let correction = correction("0000-0002", "0000-0001", field, &whole);
        let evidence = evidence(&[original.to_string(), correction.to_string()]);
        evidence.ingest(2);
        let told = told(&evidence);
        assert_eq!((told.events.len(), told.intervals.len()), (1, 1), "{field}");
        assert!(codes(&told).is_empty(), "{:?}", codes(&told));
        assert_eq!(
            history(&evidence, "eni-attach-00000001").intervals,
            told.intervals
        );
    }
}

#[test]
fn a_correction_is_read_with_its_original_though_it_names_nothing() {
    let original = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut of = original.clone();
    of["requestParameters"] = json!({"attachmentId": "eni-attach-00000002"});
    let correction = correction("0000-0002", "0000-0001", "requestParameters", &of);
    let evidence = evidence(&[original.to_string(), correction.to_string()]);
    evidence.ingest(2);
    assert!(
        history(&evidence, "eni-attach-00000001")
            .intervals
            .is_empty()
    );
    assert_eq!(
        history(&evidence, "eni-attach-00000002").intervals,
        told(&evidence).intervals
    );
}

#[test]
fn an_event_is_explained_as_it_was_corrected() {
    let original = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut of = original.clone();
    of["requestParameters"] = json!({"attachmentId": "eni-attach-00000002"});
    let correction = correction("0000-0002", "0000-0001", "requestParameters", &of);
    let evidence = evidence(&[original.to_string(), correction.to_string()]);
    evidence.ingest(1);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    for id in ["0000-0001", "0000-0002"] {
        let explained = reconstruct::explain(archive, id).unwrap().unwrap();
        let event = explained.call.event;
        assert_eq!(event.event_id.as_str(), "0000-0001");
        let attachment = &event.mentions.get("attachment").unwrap()[..];
        assert_eq!(attachment, ["eni-attach-00000002".into()], "{id}");
        assert_eq!(event.places.len(), 2);
    }
}

#[test]
fn corrections_are_read_once_for_a_question() {
    let count = 500;
    let mut records = Vec::new();
    for number in 0..count {
        let (id, by) = (format!("0000-{number:04}"), format!("0001-{number:04}"));
        let attachment = format!("eni-attach-{number:08x}");
        let whole = detachment(&id, 0, &attachment);
        let mut cut = whole.clone();
        cut["requestParameters"] = Value::Null;
        records.push(cut.to_string());
        records.push(correction(&by, &id, "requestParameters", &whole).to_string());
    }
    let evidence = evidence(&records);
    evidence.ingest(1);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let subject = Subject::parse("eni-attach-00000007");
    let answer = reconstruct::history(archive, &subject, &Filter::default()).unwrap();
    assert_eq!(answer.timeline.intervals.len(), 1);
    assert!(answer.records_read < 10, "{}", answer.records_read);
    let whole = reconstruct::timeline(archive, &Filter::default()).unwrap();
    assert_eq!(whole.timeline.intervals.len(), count);
}

#[test]
fn a_correction_that_does_not_fit_is_told_as_a_call() {
    let original = detachment("0000-0001", 0, "eni-attach-00000001");
    let mut elsewhere = original.clone();
    elsewhere["awsRegion"] = json!("eu-west-1");
    for correction in [
        correction("0000-0002", "0000-0001", "requestParameters", &elsewhere),
        correction("0000-0002", "0000-0001", "noSuchField", &original),
        correction("0000-0002", "0000-0009", "requestParameters", &original),
    ] {
        let evidence = evidence(&[original.to_string(), correction.to_string()]);
        evidence.ingest(2);
        let told = told(&evidence);
        assert_eq!(told.events.len(), 2, "{correction}");
        assert_eq!(codes(&told), ["correction-not-applied"], "{correction}");
    }
}

#[test]
fn one_date_does_not_stretch_what_is_covered() {
    let good = detachment("0000-0001", 0, "eni-attach-00000001");
    for time in [
        "2101-01-01T00:00:00Z",
        "2005-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
    ] {
        let mut odd = detachment("0000-0002", 1, "eni-attach-00000002");
        odd["eventTime"] = json!(time);
        let mut other = odd.clone();
        other["eventName"] = json!("NoSuchCall");
        let evidence = evidence(&[good.to_string(), odd.to_string(), other.to_string()]);
        let report = evidence.ingest(1);
        assert_eq!(
            (report.records.indexed, report.records.out_of_scope),
            (2, 1)
        );
        let codes: Vec<&str> = report
            .findings
            .iter()
            .map(|found| found.code.as_str())
            .collect();
        assert_eq!(codes, ["implausible-time"]);
        let reader = evidence.reader();
        let known = good["eventTime"].as_str().unwrap().parse().ok();
        assert_eq!(
            (reader.coverage().first(), reader.coverage().last()),
            (known, known)
        );
        assert_eq!(told(&evidence).intervals.len(), 2);
    }
}

#[test]
fn one_date_does_not_stretch_what_another_thing_is_known_to_last() {
    let attachment = |number: u32, time: &str| {
        let mut record = detachment(&format!("0000-{number:04}"), 0, "");
        record["eventName"] = json!("AttachNetworkInterface");
        record["eventTime"] = json!(time);
        record["requestParameters"] = json!({
            "networkInterfaceId": format!("eni-{number:08x}"),
            "instanceId": format!("i-{number:08x}"),
            "deviceIndex": 1,
        });
        record["responseElements"] = json!({"attachmentId": format!("eni-attach-{number:08x}")});
        record.to_string()
    };
    let (first, odd) = ("2024-03-01T10:00:00Z", "2101-01-01T00:00:00Z");
    let evidence = evidence(&[attachment(1, first), attachment(2, odd)]);
    evidence.ingest(1);
    let known = |told: &Timeline| -> Vec<_> {
        let ends = told
            .intervals
            .iter()
            .map(|interval| interval.end.not_before);
        ends.map(|time| time.unwrap().to_string()).collect()
    };
    assert_eq!(known(&told(&evidence)), [first, odd]);
    assert_eq!(known(&history(&evidence, "eni-00000001")), [first]);
}
