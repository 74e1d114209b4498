//! What a question about one thing reads: the records that can bear on it, and not every other one.

use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Archive, Subject};

use crate::properties::evidence::Evidence;
use crate::wrappings::five_records;

/// Alice's five records, and an attachment of Bob's that shares the device index with hers, and a flag.
fn records() -> Vec<Value> {
    let mut records = five_records();
    let mut other = records[0].clone();
    other["eventID"] = json!("0003a88a-aaaa-4bbb-8ccc-000000000001");
    other["userIdentity"] = json!({"type": "IAMUser", "userName": "bob"});
    other["requestParameters"] = json!({
        "networkInterfaceId": "eni-0ffffffffffffffff",
        "instanceId": "i-0ffffffffffffffff",
        "deviceIndex": 1,
    });
    other["responseElements"] = json!({"attachmentId": "eni-attach-0ffffffffffffffff"});
    records.push(other);
    records
}

#[test]
fn the_history_of_an_actor_reads_no_record_that_only_has_a_number_in_common() {
    let evidence = Evidence::of(&records());
    let reader = evidence.reader();
    let catalogue = Catalogue::embedded();
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let filter = Filter::default();
    let all = reader.events_count().unwrap() as usize;
    for (name, expected) in [("alice", all - 1), ("bob", 1), ("eni-0ffffffffffffffff", 1)] {
        let answer = reconstruct::history(archive, &Subject::parse(name), &filter).unwrap();
        assert_eq!(answer.events_total, expected, "{name}");
        assert!(!answer.timeline.intervals.is_empty(), "{name}");
    }
}

#[test]
fn what_names_one_thing_identifies_and_a_number_or_a_setting_does_not() {
    let catalogue = Catalogue::embedded();
    let identifies = |name| catalogue.identifies(catalogue.member_id(name).unwrap());
    for name in [
        "network_interface",
        "attachment",
        "public_ip",
        "private_ip",
        "vpc",
    ] {
        assert!(identifies(name), "{name}");
    }
    for name in [
        "device_index",
        "delete_on_termination",
        "domain",
        "destination",
        "vlan",
    ] {
        assert!(!identifies(name), "{name}");
    }
}
