//! The columns of CSV lead into the objects of JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::interval::Doubt;
use crate::render::csv::{Kind, columns};
use crate::render::json::{
    AttemptObject, Change, CoverageObject, DifferenceObject, DigestObject, FoundObject, HitObject,
    InstantObject, IntervalObject, LogObject, PeriodObject,
};
use crate::render::samples::{
    audit, catalogue, findings, histogram, plan, timeline, verification, with_covered,
};

/// Lists one object of each kind of row.
fn objects() -> Vec<(Kind, Value)> {
    let (catalogue, timeline) = (catalogue(), timeline());
    let interval = || IntervalObject::new(&catalogue, &timeline, &timeline.intervals[2]);
    let difference = DifferenceObject::new(Change::Gone, &[Doubt::PerhapsEnded], interval());
    let attempt = AttemptObject::new(&timeline, &timeline.attempts[1]);
    let verified = verification();
    let findings = findings(&timeline);
    let coverage = with_covered(|covered| json!(CoverageObject::new(covered)));
    vec![
        (Kind::Change, json!(difference)),
        (
            Kind::Instant,
            json!(InstantObject::new(Some(Doubt::PerhapsEnded), interval())),
        ),
        (Kind::Interval, json!(interval())),
        (Kind::Attempt, json!(attempt)),
        (Kind::Hit, json!(HitObject::new(&timeline.events[0]))),
        (Kind::Coverage, coverage["spans"][0].clone()),
        (Kind::Period, json!(PeriodObject::new(&verified.periods[3]))),
        (Kind::Digest, json!(DigestObject::new(&verified.digests[1]))),
        (Kind::Log, json!(LogObject::new(&verified.logs[0]))),
        (Kind::Audit, json!(audit()[0])),
        (Kind::Plan, json!(plan()[0])),
        (Kind::Bucket, json!(histogram().buckets[0])),
        (
            Kind::Finding,
            json!(FoundObject::new(&findings, &findings.found[0])),
        ),
    ]
}

/// Says whether the path leads to a key, be its value null or not.
fn leads_to_a_key(object: &Value, path: &str) -> bool {
    let pointer = path
        .replace(".*.", ".0.")
        .replace(".*", "")
        .replace(".#", "")
        .replace('.', "/");
    object.pointer(&format!("/{pointer}")).is_some()
}

#[test]
fn every_column_leads_to_a_key() {
    // Members and places inside a bundle are written only where they are known; the ids are added.
    let is_optional = |path: &str| {
        path.starts_with("members.")
            || path.ends_with("places.0.member")
            || ["what", "holder"].contains(&path)
    };
    for (kind, object) in objects() {
        for column in columns(kind)
            .iter()
            .filter(|column| !is_optional(&column.path))
        {
            assert!(
                leads_to_a_key(&object, &column.path),
                "{kind:?}: {}",
                column.path
            );
        }
    }
}

#[test]
fn every_member_of_the_contract_has_a_column() {
    let columns: BTreeSet<&str> = columns(Kind::Interval)
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    for member in [
        "network_interface",
        "instance",
        "attachment",
        "allocation",
        "association",
        "public_ip",
        "private_ip",
        "internet_gateway",
        "vpc",
        "subnet",
        "nat_gateway",
        "vpn_gateway",
    ] {
        assert!(columns.contains(member), "{member}");
    }
}
