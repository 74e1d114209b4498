//! What belongs to a period, and to an instant: the same notion of when an end takes effect.

use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive};

use crate::properties::evidence::Evidence;

fn call(id: u32, time: &str, name: &str, request: Value, response: Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "eventID": format!("0000-{id:04}"),
        "eventTime": time,
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
        "requestParameters": request,
        "responseElements": response,
    })
}

/// An attachment that ends by the termination of its instance, which takes effect later.
fn terminated(time: &str, error: Option<&str>) -> Vec<Value> {
    let attached = call(
        1,
        "2020-03-01T10:00:00Z",
        "AttachNetworkInterface",
        json!({"networkInterfaceId": "eni-00000001", "instanceId": "i-00000001", "deviceIndex": 1}),
        json!({"attachmentId": "eni-attach-00000001"}),
    );
    let instances = json!({"instancesSet": {"items": [{"instanceId": "i-00000001"}]}});
    let mut ended = call(2, time, "TerminateInstances", instances, Value::Null);
    match error {
        Some(error) => ended["errorCode"] = json!(error),
        None => {
            ended["responseElements"] = json!({"instancesSet": {"items": [{
                "instanceId": "i-00000001",
                "previousState": {"name": "running"},
                "currentState": {"name": "shutting-down"},
            }]}})
        }
    }
    vec![attached, ended]
}

fn since(time: &str) -> Filter {
    Filter {
        kinds: vec!["eni".to_owned()],
        since: Some(time.parse().unwrap()),
        ..Filter::default()
    }
}

#[test]
fn what_may_have_held_at_an_instant_is_in_the_period_that_begins_there() {
    let evidence = Evidence::of(&terminated("2020-03-01T11:00:00Z", None));
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    for (time, holds, is_in_period) in [
        ("2020-03-01T10:59:00Z", true, true),
        ("2020-03-01T11:05:00Z", true, true),
        // What ends as the period begins is in it, and no longer holds.
        ("2020-03-01T11:10:00Z", false, true),
        ("2020-03-01T11:10:01Z", false, false),
    ] {
        let filter = since(time);
        let asked = filter.since.unwrap();
        let plain = Filter {
            since: None,
            ..filter.clone()
        };
        let at = reconstruct::at(archive, asked, None, &plain).unwrap();
        let overlapping = reconstruct::timeline(archive, &filter).unwrap();
        let ends = reconstruct::detachments(archive, &filter, false).unwrap();
        assert_eq!(at.rows_total == 1, holds, "{time}");
        assert_eq!(overlapping.rows_total == 1, is_in_period, "{time}");
        assert_eq!(ends.rows_total == 1, is_in_period, "{time}");
    }
}

#[test]
fn an_uncertain_end_is_of_the_time_of_its_call_and_its_interval_may_hold_on() {
    let error = Some("Server.InternalError");
    let evidence = Evidence::of(&terminated("2020-03-01T11:00:00Z", error));
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    for (time, is_in_period) in [
        ("2020-03-01T11:00:00Z", true),
        ("2020-03-01T11:10:00Z", true),
        ("2024-01-01T00:00:00Z", false),
    ] {
        let filter = since(time);
        let ends = reconstruct::detachments(archive, &filter, false).unwrap();
        assert_eq!(ends.rows_total == 1, is_in_period, "{time}");
        let overlapping = reconstruct::timeline(archive, &filter).unwrap();
        assert_eq!(overlapping.rows_total, 1, "{time}");
        let at = reconstruct::at(archive, filter.since.unwrap(), None, &Filter::default());
        assert!(at.unwrap().rows_total > 0, "{time}");
    }
}

#[test]
fn an_end_that_a_later_call_may_have_made_is_of_its_time_too() {
    let error = Some("Server.InternalError");
    let mut calls = terminated("2020-03-01T11:00:00Z", error);
    let mut again = calls[1].clone();
    again["eventID"] = json!("0000-0003");
    again["eventTime"] = json!("2024-03-01T11:00:00Z");
    calls.push(again);
    let evidence = Evidence::of(&calls);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    for (time, is_in_period) in [
        ("2024-03-01T11:10:00Z", true),
        ("2024-03-01T11:10:01Z", false),
    ] {
        let ends = reconstruct::detachments(archive, &since(time), false).unwrap();
        assert_eq!(ends.rows_total == 1, is_in_period, "{time}");
    }
}

#[test]
fn the_last_second_of_time_can_be_asked_about() {
    let evidence = Evidence::of(&terminated("9999-12-30T21:59:59Z", None));
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let filter = since("9999-12-30T22:00:00Z");
    for time in [jiff::Timestamp::MAX, filter.since.unwrap()] {
        let at = reconstruct::at(archive, time, None, &Filter::default()).unwrap();
        assert!(at.rows_total > 0, "{time}");
        let first = "2024-01-01T00:00:00Z".parse().unwrap();
        reconstruct::difference(archive, first, time, &Filter::default()).unwrap();
    }
    assert_eq!(
        reconstruct::timeline(archive, &filter).unwrap().rows_total,
        1
    );
}
