//! Measures interpreting and folding: seconds for a case of 1,000,000 network events, one process.
//!
//! The corpus is generated: life cycles of instances with two interfaces and an Elastic IP (launch,
//! allocate, associate, move, detach, terminate, release), ten events each, one account and region.
//! Interpreting uses all threads, folding one. The answer is asserted.
//!
//! `cargo bench --bench fold [-- EVENTS]`

#![allow(clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::reconstruct::{Reading, assemble};
use trailspan::record::{Place, Record, Sha256};

fn record(number: usize, name: &str, request: &str, response: &str) -> Record {
    let time = jiff::Timestamp::from_second(1_700_000_000 + number as i64 / 3).unwrap_or_default();
    let raw = format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","userName":"alice","accountId":"111122223333","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/alice"}},"eventTime":"{time}","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.15","requestParameters":{request},"responseElements":{response},"requestID":"r-{number}","eventID":"{number:012}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    );
    let place = Place {
        source: "corpus.json".into(),
        member: None,
        ordinal: number as u64,
        offset: 0,
        sha256: Sha256::default(),
    };
    Record {
        raw: Arc::from(raw),
        places: vec![place],
    }
}

fn life(cycle: usize) -> Vec<Record> {
    let i = format!("i-{cycle:017x}");
    let eni = |n: usize| format!("eni-{:017x}", 2 * cycle + n);
    let attachment = |n: usize| format!("eni-attach-{:017x}", 3 * cycle + n);
    let allocation = format!("eipalloc-{cycle:017x}");
    let association = |n: usize| format!("eipassoc-{:017x}", 2 * cycle + n);
    let yes = r#"{"_return":true}"#;
    let calls = [
        (
            "RunInstances",
            r#"{"instancesSet":{"items":[{"imageId":"ami-1"}]}}"#.to_owned(),
            format!(
                r#"{{"instancesSet":{{"items":[{{"instanceId":"{i}","networkInterfaceSet":{{"items":[{{"networkInterfaceId":"{}","attachment":{{"attachmentId":"{}","deviceIndex":0,"deleteOnTermination":true}}}}]}}}}]}}}}"#,
                eni(0),
                attachment(0)
            ),
        ),
        (
            "CreateNetworkInterface",
            r#"{"subnetId":"subnet-0a"}"#.to_owned(),
            format!(
                r#"{{"networkInterface":{{"networkInterfaceId":"{}","subnetId":"subnet-0a","vpcId":"vpc-0a"}}}}"#,
                eni(1)
            ),
        ),
        (
            "AttachNetworkInterface",
            format!(
                r#"{{"networkInterfaceId":"{}","instanceId":"{i}","deviceIndex":1}}"#,
                eni(1)
            ),
            format!(r#"{{"attachmentId":"{}"}}"#, attachment(1)),
        ),
        (
            "AllocateAddress",
            r#"{"domain":"vpc"}"#.to_owned(),
            format!(
                r#"{{"allocationId":"{allocation}","publicIp":"198.51.{}.{}","domain":"vpc"}}"#,
                cycle / 256 % 256,
                cycle % 256
            ),
        ),
        (
            "AssociateAddress",
            format!(
                r#"{{"allocationId":"{allocation}","networkInterfaceId":"{}"}}"#,
                eni(0)
            ),
            format!(r#"{{"associationId":"{}"}}"#, association(0)),
        ),
        (
            "AssociateAddress",
            format!(
                r#"{{"allocationId":"{allocation}","networkInterfaceId":"{}"}}"#,
                eni(1)
            ),
            format!(r#"{{"associationId":"{}"}}"#, association(1)),
        ),
        (
            "DisassociateAddress",
            format!(r#"{{"associationId":"{}"}}"#, association(1)),
            yes.to_owned(),
        ),
        (
            "DetachNetworkInterface",
            format!(r#"{{"attachmentId":"{}"}}"#, attachment(1)),
            yes.to_owned(),
        ),
        (
            "TerminateInstances",
            format!(r#"{{"instancesSet":{{"items":[{{"instanceId":"{i}"}}]}}}}"#),
            format!(
                r#"{{"instancesSet":{{"items":[{{"instanceId":"{i}","currentState":{{"name":"shutting-down"}},"previousState":{{"name":"running"}}}}]}}}}"#
            ),
        ),
        (
            "ReleaseAddress",
            format!(r#"{{"allocationId":"{allocation}"}}"#),
            yes.to_owned(),
        ),
    ];
    (0..)
        .zip(calls)
        .map(|(step, (name, request, response))| {
            record(10 * cycle + step, name, &request, &response)
        })
        .collect()
}

fn main() {
    let events = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(1_000_000);
    let cycles = events / 10;
    let records: Vec<Record> = (0..cycles).into_par_iter().flat_map_iter(life).collect();
    let catalogue = Catalogue::embedded();

    let started = Instant::now();
    let readings: Vec<Reading> = records
        .par_iter()
        .filter_map(|record| Reading::of(catalogue, std::slice::from_ref(record)))
        .collect();
    let interpreted = started.elapsed();
    drop(records);

    let started = Instant::now();
    let timeline = assemble(catalogue, readings, &Coverage::default());
    let folded = started.elapsed();

    let count = |relation: &str| {
        timeline
            .intervals
            .iter()
            .filter(|i| i.relation == relation)
            .count()
    };
    assert_eq!(count("eni-attachment"), 2 * cycles);
    assert_eq!(count("eip-association"), 2 * cycles);
    println!("events {events}, threads {}", rayon::current_num_threads());
    println!("interpret  {:8.3} s", interpreted.as_secs_f64());
    println!(
        "fold       {:8.3} s  {} intervals",
        folded.as_secs_f64(),
        timeline.intervals.len()
    );
}
