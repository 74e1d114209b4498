//! Corpora where much happens to one thing: what a fold must not do once for each pair of events.

use trailspan::record::Record;

use super::records::{Call, YES, id, record};

/// A corpus by its number of events.
pub(crate) type Crowd = fn(usize) -> Vec<Record>;

/// Every corpus, by name.
pub(crate) const CROWDS: [(&str, Crowd); 18] = [
    ("interfaces-of-one-subnet", interfaces_of_one_subnet),
    ("events-of-one-second", events_of_one_second),
    ("one-interface-in-one-second", one_interface_in_one_second),
    ("attachments-of-one-instance", attachments_of_one_instance),
    ("associations-of-one-address", associations_of_one_address),
    ("repeats-of-one-association", repeats_of_one_association),
    ("ends-of-one-attachment", ends_of_one_attachment),
    ("ends-of-unknown-addresses", ends_of_unknown_addresses),
    ("deletions-in-one-second", deletions_in_one_second),
    ("refusals-about-one-set", refusals_about_one_set),
    ("groups-of-one-interface", groups_of_one_interface),
    ("one-long-name", one_long_name),
    ("ends-of-one-gateway", ends_of_one_gateway),
    ("open-attachments-to-one-vpc", open_attachments_to_one_vpc),
    (
        "open-associations-of-one-address",
        open_associations_of_one_address,
    ),
    ("peerings-of-many-accounts", peerings_of_many_accounts),
    ("one-peering-of-many-accounts", one_peering_of_many_accounts),
    ("interfaces-of-one-attachment", interfaces_of_one_attachment),
];

fn each_second(calls: impl IntoIterator<Item = Call>) -> Vec<Record> {
    let numbered = (0..).zip(calls);
    numbered
        .map(|(number, call)| record(number, number, &call))
        .collect()
}

fn create(number: usize) -> Call {
    let interface = id("eni", number);
    let (high, low) = (number / 256 % 256, number % 256);
    (
        "CreateNetworkInterface",
        r#"{"subnetId":"subnet-0a"}"#.to_owned(),
        format!(
            r#"{{"networkInterface":{{"networkInterfaceId":"{interface}","subnetId":"subnet-0a","vpcId":"vpc-0a","privateIpAddress":"10.{}.{high}.{low}","groupSet":{{"items":[{{"groupId":"sg-0a"}}]}}}}}}"#,
            number / 65536
        ),
    )
}

fn attach(number: usize, instance: usize) -> Call {
    let [interface, instance] = [id("eni", number), id("i", instance)];
    let attachment = id("eni-attach", number);
    (
        "AttachNetworkInterface",
        format!(
            r#"{{"networkInterfaceId":"{interface}","instanceId":"{instance}","deviceIndex":1}}"#
        ),
        format!(r#"{{"attachmentId":"{attachment}"}}"#),
    )
}

fn detach(number: usize) -> Call {
    let attachment = id("eni-attach", number);
    (
        "DetachNetworkInterface",
        format!(r#"{{"attachmentId":"{attachment}"}}"#),
        YES.to_owned(),
    )
}

fn delete(name: &'static str, key: &str, value: &str) -> Call {
    (name, format!(r#"{{"{key}":"{value}"}}"#), YES.to_owned())
}

fn interfaces_of_one_subnet(events: usize) -> Vec<Record> {
    let deleted = (0..events / 2).map(|number| {
        delete(
            "DeleteNetworkInterface",
            "networkInterfaceId",
            &id("eni", number),
        )
    });
    let ends = [
        delete("DeleteSecurityGroup", "groupId", "sg-0a"),
        delete("DeleteSubnet", "subnetId", "subnet-0a"),
        delete("DeleteVpc", "vpcId", "vpc-0a"),
    ];
    each_second((0..events / 2).map(create).chain(deleted).chain(ends))
}

fn events_of_one_second(events: usize) -> Vec<Record> {
    let calls = (0..events / 2).flat_map(|number| [create(number), attach(number, number)]);
    let numbered = (0..).zip(calls);
    numbered
        .map(|(number, call)| record(number, number / 100_000, &call))
        .collect()
}

fn one_interface_in_one_second(events: usize) -> Vec<Record> {
    let calls = (0..events / 2).flat_map(|_| [attach(0, 0), detach(0)]);
    let numbered = (0..).zip(calls);
    numbered
        .map(|(number, call)| record(number, 0, &call))
        .collect()
}

fn attachments_of_one_instance(events: usize) -> Vec<Record> {
    let begun = (0..events / 2).map(|number| attach(number, 0));
    let ended = (0..events / 2).map(detach);
    each_second(begun.chain(ended))
}

fn associations_of_one_address(events: usize) -> Vec<Record> {
    each_second((0..events).map(|number| {
        let [interface, association] = [id("eni", number), id("eipassoc", number)];
        (
            "AssociateAddress",
            format!(r#"{{"allocationId":"eipalloc-0a","networkInterfaceId":"{interface}"}}"#),
            format!(r#"{{"associationId":"{association}"}}"#),
        )
    }))
}

/// The same again and again, each time under a new id; then each id is ended.
fn repeats_of_one_association(events: usize) -> Vec<Record> {
    let begun = (0..events / 2).map(|number| {
        let association = id("eipassoc", number);
        (
            "AssociateAddress",
            r#"{"allocationId":"eipalloc-0a","networkInterfaceId":"eni-0a"}"#.to_owned(),
            format!(r#"{{"associationId":"{association}"}}"#),
        )
    });
    let ended = (0..events / 2).map(|number| {
        delete(
            "DisassociateAddress",
            "associationId",
            &id("eipassoc", number),
        )
    });
    each_second(begun.chain(ended))
}

/// An interface is given many addresses, then loses many others.
fn ends_of_unknown_addresses(events: usize) -> Vec<Record> {
    let call = |name, net: usize, number: usize| {
        let address = format!("10.{net}.{}.{}", number / 256, number % 256);
        let items = format!(r#"{{"items":[{{"privateIpAddress":"{address}"}}]}}"#);
        (
            name,
            format!(r#"{{"networkInterfaceId":"eni-0a","privateIpAddressesSet":{items}}}"#),
            YES.to_owned(),
        )
    };
    let given = (0..events / 2).map(|number| call("AssignPrivateIpAddresses", 0, number));
    let lost = (0..events / 2).map(|number| call("UnassignPrivateIpAddresses", 1, number));
    each_second(given.chain(lost))
}

/// A subnet with many interfaces is deleted many times in one second.
fn deletions_in_one_second(events: usize) -> Vec<Record> {
    let created = (0..events / 2).map(|number| (number, create(number)));
    let deleted = (0..events / 2).map(|_| {
        let call = delete("DeleteSubnet", "subnetId", "subnet-0a");
        (events, call)
    });
    let numbered = (0..).zip(created.chain(deleted));
    numbered
        .map(|(number, (second, call))| record(number, second, &call))
        .collect()
}

fn ends_of_one_attachment(events: usize) -> Vec<Record> {
    each_second(
        [attach(0, 0)]
            .into_iter()
            .chain((1..events).map(|_| detach(0))),
    )
}

/// Half of the calls put a set to use, each in one more place; the others are refused as it is in use.
fn refusals_about_one_set(events: usize) -> Vec<Record> {
    let used = (0..events / 2).map(|number| {
        let vpc = id("vpc", number);
        (
            "AssociateDhcpOptions",
            format!(r#"{{"dhcpOptionsId":"dopt-0a","vpcId":"{vpc}"}}"#),
            YES.to_owned(),
        )
    });
    let refused = (0..events / 2).map(|_| {
        (
            "DeleteDhcpOptions",
            r#"{"dhcpOptionsId":"dopt-0a"}"#.to_owned(),
            r#"null,"errorCode":"Client.DependencyViolation""#.to_owned(),
        )
    });
    each_second(used.chain(refused))
}

/// One call gives an interface many groups, the others change one of many.
fn groups_of_one_interface(events: usize) -> Vec<Record> {
    let set = |groups: std::ops::Range<usize>| {
        let groups: Vec<String> = groups
            .map(|group| format!(r#"{{"groupId":"{}"}}"#, id("sg", group)))
            .collect();
        (
            "ModifyNetworkInterfaceAttribute",
            format!(
                r#"{{"networkInterfaceId":"eni-0a","groupSet":{{"items":[{}]}}}}"#,
                groups.join(",")
            ),
            YES.to_owned(),
        )
    };
    let many = events.min(10_000);
    each_second((0..events / many).map(|number| set(number..number + many)))
}

/// One launch of many instances, in a subnet whose name is as long as a record allows.
fn one_long_name(events: usize) -> Vec<Record> {
    let rows = events.min(2_000);
    let launch = |number: usize| {
        let long = "x".repeat(100_000);
        let items: Vec<String> = (0..rows)
            .map(|row| {
                let interface = id("eni", rows * number + row);
                format!(
                    r#"{{"networkInterfaceId":"{interface}","attachment":{{"attachmentId":"{interface}"}}}}"#
                )
            })
            .collect();
        let items = items.join(",");
        (
            "RunInstances",
            "null".to_owned(),
            format!(
                r#"{{"instancesSet":{{"items":[{{"instanceId":"i-{long}","networkInterfaceSet":{{"items":[{items}]}}}}]}}}}"#
            ),
        )
    };
    each_second((0..events / rows).map(launch))
}

/// A gateway is detached from one network after another, and never attached.
fn ends_of_one_gateway(events: usize) -> Vec<Record> {
    each_second((0..events).map(|number| {
        let vpc = id("vpc", number);
        (
            "DetachInternetGateway",
            format!(r#"{{"internetGatewayId":"igw-0a","vpcId":"{vpc}"}}"#),
            YES.to_owned(),
        )
    }))
}

/// A response of a call that may have had its effect or not.
const OPEN_OUTCOME: &str = r#"null,"errorCode":"Server.InternalError""#;

fn open_attachments_to_one_vpc(events: usize) -> Vec<Record> {
    each_second((0..events).map(|number| {
        let gateway = id("igw", number);
        (
            "AttachInternetGateway",
            format!(r#"{{"internetGatewayId":"{gateway}","vpcId":"vpc-0a"}}"#),
            OPEN_OUTCOME.to_owned(),
        )
    }))
}

fn open_associations_of_one_address(events: usize) -> Vec<Record> {
    each_second((0..events).map(|number| {
        let interface = id("eni", number);
        (
            "AssociateAddress",
            format!(r#"{{"allocationId":"eipalloc-0a","networkInterfaceId":"{interface}"}}"#),
            OPEN_OUTCOME.to_owned(),
        )
    }))
}

/// Every call is told by another account.
fn each_account(calls: impl IntoIterator<Item = Call>) -> Vec<Record> {
    let own = |number: usize, record: Record| {
        let account = format!(r#""recipientAccountId":"{number:012}""#);
        let raw = record
            .raw
            .replace(r#""recipientAccountId":"111122223333""#, &account);
        Record {
            raw: raw.into(),
            ..record
        }
    };
    let records = (0..).zip(each_second(calls));
    records
        .map(|(number, record)| own(number, record))
        .collect()
}

fn delete_peering(peering: &str) -> Call {
    delete(
        "DeleteVpcPeeringConnection",
        "vpcPeeringConnectionId",
        peering,
    )
}

fn peerings_of_many_accounts(events: usize) -> Vec<Record> {
    each_account((0..events).map(|number| delete_peering(&id("pcx", number))))
}

fn one_peering_of_many_accounts(events: usize) -> Vec<Record> {
    each_account((0..events).map(|_| delete_peering("pcx-0a")))
}

fn interfaces_of_one_attachment(events: usize) -> Vec<Record> {
    each_second((0..events).map(|number| {
        let interface = id("eni", number);
        (
            "ModifyNetworkInterfaceAttribute",
            format!(
                r#"{{"networkInterfaceId":"{interface}","attachment":{{"attachmentId":"eni-attach-1","deleteOnTermination":true}}}}"#
            ),
            YES.to_owned(),
        )
    }))
}
