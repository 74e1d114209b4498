//! The usual corpus: life cycles of instances with two interfaces and an Elastic IP.

use trailspan::record::Record;

use super::records::{Call, YES, id, record};

/// How many events one life has.
pub(crate) const EVENTS: usize = 10;

/// Makes one life, from launch to release; `second` says when the event of a number is.
pub(crate) fn life(cycle: usize, second: impl Fn(usize) -> usize) -> Vec<Record> {
    let number = EVENTS * cycle;
    (number..)
        .zip(beginning(cycle).iter().chain(&end(cycle)))
        .map(|(number, call)| record(number, second(number), call))
        .collect()
}

/// Names the first interface of a life, which comes and goes with its instance.
pub(crate) fn interface(cycle: usize) -> String {
    eni(cycle, 0)
}

fn eni(cycle: usize, which: usize) -> String {
    id("eni", 2 * cycle + which)
}

fn attachment(cycle: usize, which: usize) -> String {
    id("eni-attach", 2 * cycle + which)
}

fn beginning(cycle: usize) -> [Call; 5] {
    let instance = id("i", cycle);
    let allocation = id("eipalloc", cycle);
    let [first, second] = [eni(cycle, 0), eni(cycle, 1)];
    let [launched, attached] = [attachment(cycle, 0), attachment(cycle, 1)];
    let (high, low) = (cycle / 256 % 256, cycle % 256);
    [
        (
            "RunInstances",
            r#"{"instancesSet":{"items":[{"imageId":"ami-1"}]}}"#.to_owned(),
            format!(
                r#"{{"instancesSet":{{"items":[{{"instanceId":"{instance}","networkInterfaceSet":{{"items":[{{"networkInterfaceId":"{first}","attachment":{{"attachmentId":"{launched}","deviceIndex":0,"deleteOnTermination":true}}}}]}}}}]}}}}"#
            ),
        ),
        (
            "CreateNetworkInterface",
            r#"{"subnetId":"subnet-0a"}"#.to_owned(),
            format!(
                r#"{{"networkInterface":{{"networkInterfaceId":"{second}","subnetId":"subnet-0a","vpcId":"vpc-0a"}}}}"#
            ),
        ),
        (
            "AttachNetworkInterface",
            format!(
                r#"{{"networkInterfaceId":"{second}","instanceId":"{instance}","deviceIndex":1}}"#
            ),
            format!(r#"{{"attachmentId":"{attached}"}}"#),
        ),
        (
            "AllocateAddress",
            r#"{"domain":"vpc"}"#.to_owned(),
            format!(
                r#"{{"allocationId":"{allocation}","publicIp":"198.51.{high}.{low}","domain":"vpc"}}"#
            ),
        ),
        associate(cycle, 0),
    ]
}

fn associate(cycle: usize, which: usize) -> Call {
    let allocation = id("eipalloc", cycle);
    let interface = eni(cycle, which);
    let association = id("eipassoc", 2 * cycle + which);
    (
        "AssociateAddress",
        format!(r#"{{"allocationId":"{allocation}","networkInterfaceId":"{interface}"}}"#),
        format!(r#"{{"associationId":"{association}"}}"#),
    )
}

fn end(cycle: usize) -> [Call; 5] {
    let instance = id("i", cycle);
    let association = id("eipassoc", 2 * cycle + 1);
    let allocation = id("eipalloc", cycle);
    let attached = attachment(cycle, 1);
    [
        associate(cycle, 1),
        (
            "DisassociateAddress",
            format!(r#"{{"associationId":"{association}"}}"#),
            YES.to_owned(),
        ),
        (
            "DetachNetworkInterface",
            format!(r#"{{"attachmentId":"{attached}"}}"#),
            YES.to_owned(),
        ),
        (
            "TerminateInstances",
            format!(r#"{{"instancesSet":{{"items":[{{"instanceId":"{instance}"}}]}}}}"#),
            format!(
                r#"{{"instancesSet":{{"items":[{{"instanceId":"{instance}","currentState":{{"name":"shutting-down"}},"previousState":{{"name":"running"}}}}]}}}}"#
            ),
        ),
        (
            "ReleaseAddress",
            format!(r#"{{"allocationId":"{allocation}"}}"#),
            YES.to_owned(),
        ),
    ]
}
