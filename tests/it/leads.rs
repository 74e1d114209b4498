//! What a question about one thing reads: the records that can bear on it, and not every other one, nor
//! one of them again and again.

use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::interval::{BoundKind, Timeline};
use trailspan::query::Filter;
use trailspan::reconstruct::{self, Answer, Archive, Subject};

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

/// A call of alice's, so many seconds after ten.
fn call(second: usize, name: &str, request: Value, response: Value) -> Value {
    let (hour, minute, rest) = (10 + second / 3_600, second / 60 % 60, second % 60);
    json!({
        "eventVersion": "1.08",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "eventID": format!("0000-{second:05}"),
        "eventTime": format!("2024-03-01T{hour:02}:{minute:02}:{rest:02}Z"),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"},
        "requestParameters": request,
        "responseElements": response,
    })
}

/// Interfaces that each go from one instance to the next: every attachment is tied to every other.
fn chain(links: usize) -> Vec<Value> {
    let attachment = |number: usize, instance: usize, at: usize| {
        call(
            at,
            "AttachNetworkInterface",
            json!({
                "networkInterfaceId": format!("eni-{number:08x}"),
                "instanceId": format!("i-{instance:08x}"),
                "deviceIndex": 1,
            }),
            json!({"attachmentId": format!("eni-attach-{at:08x}")}),
        )
    };
    (0..links)
        .flat_map(|link| {
            let first = attachment(link, link, link);
            [first, attachment(link, link + 1, links + link)]
        })
        .collect()
}

fn history(evidence: &Evidence, id: &str) -> Answer {
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    reconstruct::history(archive, &Subject::parse(id), &Filter::default()).unwrap()
}

#[test]
fn a_chain_of_ties_is_read_in_bounded_work() {
    for (links, is_followed) in [(20, true), (2_000, false)] {
        let evidence = Evidence::of(&chain(links));
        let answer = history(&evidence, "eni-00000000");
        assert_eq!(answer.timeline.intervals.len(), 2);
        assert_eq!(answer.events_total, 2 * links);
        let read = answer.records_read;
        // Each link is read for its interface, its instance and its attachment.
        let most = if is_followed { 6 * links } else { 3 * links };
        assert!(read <= most && answer.folds <= 2, "{links}: {read}");
        let reader = evidence.reader();
        let archive = Archive {
            reader: &reader,
            catalogue: Catalogue::embedded(),
        };
        let whole = reconstruct::timeline(archive, &Filter::default()).unwrap();
        assert_eq!((whole.records_read, whole.folds), (2 * links, 1));
    }
}

#[test]
fn what_was_launched_together_is_read_once_for_all_and_not_at_all_for_one() {
    let items = |number: usize| {
        json!({
            "instanceId": format!("i-{number:08x}"),
            "networkInterfaceSet": {"items": [{
                "networkInterfaceId": format!("eni-{number:08x}"),
                "attachment": {
                    "attachmentId": format!("eni-attach-{number:08x}"),
                    "deviceIndex": 0,
                    "deleteOnTermination": true,
                },
            }]},
        })
    };
    let count = 300;
    let items: Vec<Value> = (0..count).map(items).collect();
    let launched = json!({"instancesSet": {"items": items}});
    let mut calls = vec![call(0, "RunInstances", json!({}), launched)];
    calls.extend((0..count).map(|number| {
        let id = json!([{"instanceId": format!("i-{number:08x}")}]);
        let request = json!({"instancesSet": {"items": id}});
        let states = json!([{
            "instanceId": format!("i-{number:08x}"),
            "previousState": {"name": "running"},
            "currentState": {"name": "shutting-down"},
        }]);
        let response = json!({"instancesSet": {"items": states}});
        call(1 + number, "TerminateInstances", request, response)
    }));
    let evidence = Evidence::of(&calls);
    let one = history(&evidence, "i-00000007");
    assert_eq!((one.events_total, one.folds), (2, 1));
    assert!(one.records_read <= 10, "{}", one.records_read);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let all = reconstruct::explain(archive, "0000-00000")
        .unwrap()
        .unwrap();
    assert!(all.records_read <= 4 * count, "{}", all.records_read);
    assert_eq!(all.folds, 1);
}

#[test]
fn what_an_event_did_in_another_account_is_explained() {
    let connection = json!({"vpcPeeringConnection": {
        "vpcPeeringConnectionId": "pcx-00000001",
        "requesterVpcInfo": {"ownerId": "111122223333", "vpcId": "vpc-00000001"},
        "accepterVpcInfo": {"ownerId": "444455556666", "vpcId": "vpc-00000002"},
    }});
    let id = json!({"vpcPeeringConnectionId": "pcx-00000001"});
    let accepted = call(0, "AcceptVpcPeeringConnection", id.clone(), connection);
    let done = json!({"_return": true});
    let mut deleted = call(60, "DeleteVpcPeeringConnection", id, done);
    deleted["recipientAccountId"] = json!("444455556666");
    let evidence = Evidence::of(&[accepted, deleted]);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let explained = reconstruct::explain(archive, "0000-00060").unwrap();
    let event = explained.unwrap().call.event;
    assert_eq!(
        event.mentions.get("vpc").unwrap()[..],
        ["vpc-00000001".into()]
    );
}

#[test]
fn what_takes_the_place_of_another_is_explained_without_the_former() {
    let associated = |second, interface: &str, association: &str| {
        let request = json!({"allocationId": "eipalloc-00000001", "networkInterfaceId": interface});
        let response = json!({"associationId": association, "_return": true});
        call(second, "AssociateAddress", request, response)
    };
    let mut moved = associated(60, "eni-00000002", "eipassoc-00000002");
    let attached = call(
        30,
        "AttachNetworkInterface",
        json!({
            "networkInterfaceId": "eni-00000002",
            "instanceId": "i-00000002",
            "deviceIndex": 0,
        }),
        json!({"attachmentId": "eni-attach-00000002"}),
    );
    moved["requestParameters"] = json!({
        "allocationId": "eipalloc-00000001",
        "instanceId": "i-00000002",
    });
    let first = associated(0, "eni-00000001", "eipassoc-00000001");
    let evidence = Evidence::of(&[first, attached, moved]);
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let explained = reconstruct::explain(archive, "0000-00060").unwrap();
    let event = explained.unwrap().call.event;
    let interfaces = &event.mentions.get("network_interface").unwrap()[..];
    assert_eq!(interfaces, ["eni-00000002".into()]);
}

/// Returns how the attachments and lifetimes of an interface end.
fn ends(told: &Timeline, interface: &str) -> Vec<BoundKind> {
    let about = told.intervals.iter().filter(|interval| {
        let value = interval.members.get("network_interface");
        value.is_some_and(|value| value.as_str() == interface)
    });
    about.map(|interval| interval.end.kind).collect()
}

#[test]
fn a_refusal_is_disproved_by_a_call_that_is_not_about_the_subject() {
    let created = |second, number: u32| {
        let interface = json!({"networkInterface": {
            "networkInterfaceId": format!("eni-{number:08x}"),
            "subnetId": "subnet-00000001",
        }});
        let request = json!({"subnetId": "subnet-00000001"});
        call(second, "CreateNetworkInterface", request, interface)
    };
    let mut refused = created(600, 9);
    refused["responseElements"] = Value::Null;
    refused["errorCode"] = json!("Client.InvalidSubnetID.NotFound");
    let disproof = created(1_800, 2);
    for (calls, expected) in [
        (vec![created(0, 1), refused.clone()], BoundKind::Inferred),
        (vec![created(0, 1), refused, disproof], BoundKind::Open),
    ] {
        let evidence = Evidence::of(&calls);
        let told = history(&evidence, "eni-00000001").timeline;
        assert_eq!(ends(&told, "eni-00000001"), [expected]);
    }
}

#[test]
fn an_address_is_found_in_every_spelling() {
    let asked = json!({"NetworkInterfaceId": "eni-00000001"});
    let told = json!({
        "networkInterfaceId": "eni-00000001",
        "assignedIpv6Addresses": {"item": "2001:DB8:0:0::0001"},
    });
    let calls = [call(
        0,
        "AssignIpv6Addresses",
        json!({"AssignIpv6AddressesRequest": asked}),
        json!({"AssignIpv6AddressesResponse": told}),
    )];
    let evidence = Evidence::of(&calls);
    for spelling in ["2001:db8::1", "2001:db8:0:0:0:0:0:1", "2001:DB8:0:0::0001"] {
        let answer = history(&evidence, spelling);
        assert_eq!(answer.timeline.intervals.len(), 1, "{spelling}");
    }
}
